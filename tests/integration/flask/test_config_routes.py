"""The routes of the configuration: every method, both cases, and the key that never comes out."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.domain.errors import BadKey
from llama_marketing.testing.hosts import FakeChatHosts
from tests.integration.flask.app import (
    CONFIGURED,
    Door,
    assert_problem,
    config_path,
    door,
    made_app,
    sent_key,
)
from tests.unit.app.samples import API_KEY, OTHER, container_over, hosts_of, post

CONFIG = config_path()
MASK = "********KLMN"


@pytest.fixture
def opened() -> Iterator[Door]:
    """An app with one configured client."""
    with door() as made:
        yield made


@pytest.mark.story("101.1")
def test_crear_config_meta_ai_endpoint_persiste_cifrado(tmp_path: Path) -> None:
    """POST config, then look into the file: the key is there sealed, and nowhere in the clear."""
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    with container_over(FakeChatHosts(otherwise=post()), None, **store) as container:
        _, http = made_app(container)
        headers = {"X-Idempotency-Key": "k1"}
        answer = http.post(CONFIG, json=CONFIGURED, headers=headers)
        http.post(f"{CONFIG}/validate", json={"apiKey": API_KEY + "typed"})

        assert answer.status_code == 201
        assert answer.json is not None and answer.json["apiKeyMasked"] == MASK
        assert http.get(CONFIG).json == answer.json
        on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    afterwards = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    for written in (on_disk, afterwards):
        assert b"gAAAA" in written, "a Fernet token"
        assert b"deepinfra" in written
        for form in (API_KEY.encode(), base64.b64encode(API_KEY.encode()), API_KEY[::-1].encode()):
            assert form not in written
        assert b"0123456789abcdefghij" not in written
    with container_over(FakeChatHosts(otherwise=post()), None, **store) as container:
        _, again = made_app(container)
        assert again.post(f"{CONFIG}/validate", json={}).json["outcome"] == "ok"  # type: ignore[index]  # a JSON answer
        assert sent_key(hosts_of(container)) == API_KEY


def test_post_creates_and_a_second_one_conflicts(opened: Door) -> None:
    """201 with the whole configuration, then 409."""
    answer = opened.http.post(config_path(OTHER), json=CONFIGURED)

    assert answer.status_code == 201
    assert answer.mimetype == "application/json"
    body = answer.json
    assert body is not None
    assert body["clientId"] == OTHER.client_id
    assert body["revision"] == 1
    assert body["quotaMonthly"] == 50
    assert_problem(opened.http.post(config_path(OTHER), json=CONFIGURED), 409, "config_exists")


def test_get_answers_the_mask_and_never_the_key(opened: Door) -> None:
    """Neither in the body nor in a header."""
    answer = opened.http.get(CONFIG)

    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["apiKey"] == answer.json["apiKeyMasked"] == MASK
    assert API_KEY not in answer.text + str(answer.headers)
    assert answer.headers["Cache-Control"] == "no-store"
    assert_problem(opened.http.get(config_path(OTHER)), 404, "config_not_found")


def test_put_changes_only_what_is_sent(opened: Door) -> None:
    """In either case of the names; the key stays, also when its mask comes back."""
    answer = opened.http.put(
        CONFIG, json={"apiKey": MASK, "parameters": {"topP": 0.5}, "quota_monthly": 7}
    )

    body = answer.json
    assert answer.status_code == 200 and body is not None
    assert (body["revision"], body["quotaMonthly"]) == (2, 7)
    assert (body["parameters"]["topP"], body["parameters"]["temperature"]) == (0.5, 0.7)
    assert body["apiKeyMasked"] == MASK
    assert opened.generate().status_code == 200
    assert sent_key(opened.hosts) == API_KEY
    assert_problem(opened.http.put(config_path(OTHER), json={}), 404, "config_not_found")


@pytest.mark.parametrize("tag", ['"1"', "1", 'W/"1"'])
def test_put_takes_the_seen_revision_from_if_match(opened: Door, tag: str) -> None:
    """The first save passes, the second one saw an old revision."""
    first, second = (
        opened.http.put(CONFIG, json={"enabled": enabled}, headers={"If-Match": tag})
        for enabled in (False, True)
    )

    assert first.status_code == 200
    assert_problem(second, 409, "revision_conflict")
    assert opened.http.get(CONFIG).json["enabled"] is False  # type: ignore[index]  # a JSON answer


def test_the_body_s_revision_goes_before_if_match(opened: Door) -> None:
    """Both may be sent; ``*`` asks for nothing."""
    sent = {"If-Match": '"9"'}
    assert opened.http.put(CONFIG, json={"revision": 1}, headers=sent).status_code == 200
    assert opened.http.put(CONFIG, json={}, headers={"If-Match": "*"}).status_code == 200


def test_delete_forgets_the_configuration(opened: Door) -> None:
    """204 without a body, then 404."""
    answer = opened.http.delete(CONFIG)

    assert (answer.status_code, answer.data) == (204, b"")
    assert_problem(opened.http.get(CONFIG), 404, "config_not_found")
    assert_problem(opened.http.delete(CONFIG), 404, "config_not_found")
    assert_problem(opened.generate(), 409, "not_configured")


def test_patch_enabled_switches_and_keeps_the_rest(opened: Door) -> None:
    """Off: generating is refused; on again: it works with the same key."""
    off = opened.http.patch(f"{CONFIG}/enabled", json={"enabled": False, "clientId": "cli1"})

    assert off.status_code == 200 and off.json is not None
    assert (off.json["enabled"], off.json["apiKeyMasked"]) == (False, MASK)
    assert_problem(opened.generate(), 409, "disabled")
    assert opened.http.patch(f"{CONFIG}/enabled", json={"enabled": True}).status_code == 200
    assert opened.generate().status_code == 200


@pytest.mark.parametrize("name", ["modelId", "model_id"])
def test_post_model_selects_a_model_of_the_catalog(opened: Door, name: str) -> None:
    """In either case of the name."""
    answer = opened.http.post(f"{CONFIG}/model", json={name: "llama-3.1-8b-instruct"})

    assert answer.status_code == 200 and answer.json is not None
    assert answer.json["selectedModelId"] == "llama-3.1-8b-instruct"


@pytest.mark.parametrize("body", [None, {}, {"client_id": "cli1"}])
def test_validate_tries_what_is_stored(opened: Door, body: dict[str, str] | None) -> None:
    """Without a body too; one completion, nothing saved."""
    before = opened.http.get(CONFIG).json

    answer = opened.http.post(f"{CONFIG}/validate", json=body) if body is not None else (
        opened.http.post(f"{CONFIG}/validate")
    )  # fmt: skip

    assert answer.status_code == 200 and answer.json is not None
    assert set(answer.json) == {"outcome", "latencyMs", "model", "message"}
    assert answer.json["outcome"] == "ok"
    assert len(opened.hosts.calls) == 1
    assert opened.http.get(CONFIG).json == before


def test_validate_answers_200_whatever_the_outcome(opened: Door) -> None:
    """Typed fields are laid over the stored ones; what fails is an outcome."""
    with door(FakeChatHosts(served=(BadKey("401"),))) as made:
        answer = made.http.post(f"{CONFIG}/validate", json={"apiKey": API_KEY + "typed"})

        assert answer.status_code == 200 and answer.json is not None
        assert answer.json["outcome"] == "bad_key"
        assert API_KEY not in answer.text
    assert_problem(
        opened.http.post(f"{config_path(OTHER)}/validate", json={}), 404, "config_not_found"
    )


def test_snake_case_goes_out_where_the_operator_wants_it() -> None:
    """Field names only; input takes both anyway."""
    with door(json_case="snake") as made:
        body = made.http.put(CONFIG, json={"quotaMonthly": 3}).json

        assert body is not None
        assert body["quota_monthly"] == 3
        assert body["parameters"]["max_tokens"] == 2048
        assert not [name for name in body if name != name.lower()]
