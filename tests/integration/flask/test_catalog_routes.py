"""The routes of the catalog: hosts, models, comparison, advice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.flask.app import CATALOG, Door, assert_problem, door


@pytest.fixture(scope="module")
def opened(store: str) -> Iterator[Door]:
    """An app; the catalog belongs to no client."""
    with door(configured=False) as made:
        yield made


def test_get_hosts_lists_every_provider(opened: Door) -> None:
    """Under ``hosts``."""
    answer = opened.http.get(f"{CATALOG}/hosts")

    assert answer.status_code == 200 and answer.json is not None
    assert set(answer.json) == {"hosts"}
    assert {"together", "groq", "self_hosted"} <= {host["id"] for host in answer.json["hosts"]}


def test_get_models_lists_the_catalog(opened: Door) -> None:
    """Under ``models``, each with its hosts and prices."""
    answer = opened.http.get(f"{CATALOG}/models")

    assert answer.status_code == 200 and answer.json is not None
    models = {model["id"]: model for model in answer.json["models"]}
    assert {"llama-3.3-70b-instruct", "llama-3.1-8b-instruct"} <= models.keys()
    (first, *_) = models["llama-3.3-70b-instruct"]["hosts"]
    assert {"host", "hostModelId", "status", "costPer1MInput", "priceAsOf"} <= first.keys()


@pytest.mark.parametrize(
    "query",
    [
        "family=llama-3.1",
        "capability=vision",
        "costBand=low",
        "cost_band=low",
        "host=groq",
        "host=groq&liveOnly=true",
        "host=groq&live_only=true",
        "sort=price",
        "family=&sort=name",
    ],
)
def test_get_models_filters(opened: Door, query: str) -> None:
    """Each filter by its name in either case; an empty one asks for nothing."""
    answer = opened.http.get(f"{CATALOG}/models?{query}")

    assert answer.status_code == 200 and answer.json is not None
    models = answer.json["models"]
    if query.startswith("family=llama"):
        assert {model["family"] for model in models} == {"llama-3.1"}
    if query.startswith("capability"):
        assert models and all("vision" in model["capabilities"] for model in models)
    if query.startswith("cost"):
        assert {model["costBand"] for model in models} <= {"low"}
    if query.startswith("host"):
        assert all("groq" in {row["host"] for row in model["hosts"]} for model in models)


def test_get_compare_sets_models_side_by_side(opened: Door) -> None:
    """Two or three ids, separated by commas."""
    ids = "llama-3.3-70b-instruct,llama-3.1-8b-instruct"
    answer = opened.http.get(f"{CATALOG}/models/compare?ids={ids}")

    assert answer.status_code == 200
    assert all(model_id in answer.text for model_id in ids.split(","))
    assert_problem(opened.http.get(f"{CATALOG}/models/compare?ids=x,y"), 422, "invalid_request")


@pytest.mark.parametrize("query", ["useCase=social_post", "use_case=social_post&host=deepinfra"])
def test_get_suggest_answers_models_best_first(opened: Door, query: str) -> None:
    """Under ``models``, as the list does."""
    answer = opened.http.get(f"{CATALOG}/models/suggest?{query}")

    assert answer.status_code == 200 and answer.json is not None
    assert set(answer.json) == {"models"}
    assert answer.json["models"][0]["id"]


def test_snake_case_goes_out(opened: Door) -> None:
    """Also inside lists."""
    with door(configured=False, json_case="snake") as made:
        body = made.http.get(f"{CATALOG}/models").json

        assert body is not None
        assert "context_window" in body["models"][0]
        assert "host_model_id" in body["models"][0]["hosts"][0]
