"""The routes of the history: list, one, delete."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from llama_marketing.domain.errors import HostUnreachable
from tests.integration.flask.app import ASKED, Door, assert_problem, door, meta_path
from tests.unit.app.samples import COPY, OTHER, StandingClock

HISTORY = f"{meta_path()}/generations"


@pytest.fixture
def opened() -> Iterator[Door]:
    """An app whose client has three generations, the last one failed."""
    with door() as made:
        made.generate()
        made.generate(prompt="Rebajas")
        made.hosts.otherwise = HostUnreachable("down")
        made.generate(prompt="Nada")
        yield made


def test_get_lists_the_newest_first_page_by_page(opened: Door) -> None:
    """With the next page's cursor, null on the last one."""
    first = opened.http.get(f"{HISTORY}?limit=2").json
    assert first is not None
    second = opened.http.get(f"{HISTORY}?limit=2&cursor={first['nextCursor']}").json
    assert second is not None

    prompts = [item["request"]["prompt"] for item in first["items"] + second["items"]]
    assert prompts == ["Nada", "Rebajas", ASKED["prompt"]]
    assert second["nextCursor"] is None
    failed, good, _ = first["items"] + second["items"]
    assert (failed["outcome"], failed["errorCode"]) == ("failed", "host_unreachable")
    assert failed["response"] is None
    assert good["request"]["useCase"] == "social_post"
    assert good["response"]["tokensUsed"]["totalTokens"] == 17
    assert good["response"]["content"] == COPY


def test_get_lists_nothing_for_a_client_without_history(opened: Door) -> None:
    """Also one that was never configured."""
    answer = opened.http.get(f"{meta_path(OTHER)}/generations")

    assert answer.status_code == 200
    assert answer.json == {"items": [], "nextCursor": None}


def test_get_one_answers_what_the_list_has(opened: Door) -> None:
    """By its id."""
    newest = opened.http.get(HISTORY).json["items"][1]  # type: ignore[index]  # a JSON answer

    assert opened.http.get(f"{HISTORY}/{newest['id']}").json == newest
    assert_problem(opened.http.get(f"{HISTORY}/nothing"), 404, "not_found")


def test_another_client_s_generation_is_not_found(opened: Door) -> None:
    """Exactly as an unknown one."""
    newest = opened.http.get(HISTORY).json["items"][0]["id"]  # type: ignore[index]  # it is JSON
    path = f"{meta_path(OTHER)}/generations"
    for method in ("GET", "DELETE"):
        foreign = opened.http.open(f"{path}/{newest}", method=method)
        unknown = opened.http.open(f"{path}/nothing", method=method)
        told = [
            {**assert_problem(answer, 404, "not_found"), "requestId": ""}
            for answer in (foreign, unknown)
        ]
        assert told[0] == told[1]
    assert opened.http.get(f"{HISTORY}/{newest}").status_code == 200


def test_delete_forgets_one_and_the_books_keep_it(opened: Door) -> None:
    """204, then 404; the entries stay."""
    newest = opened.http.get(HISTORY).json["items"][0]["id"]  # type: ignore[index]  # it is JSON
    answer = opened.http.delete(f"{HISTORY}/{newest}")

    assert (answer.status_code, answer.data) == (204, b"")
    assert_problem(opened.http.get(f"{HISTORY}/{newest}"), 404, "not_found")
    assert_problem(opened.http.delete(f"{HISTORY}/{newest}"), 404, "not_found")
    assert opened.entries() == 3


def test_an_expired_generation_is_gone() -> None:
    """After the days of retention."""
    clock = StandingClock()
    with door(clock=clock) as opened:
        generated = opened.generate().json["id"]  # type: ignore[index]  # a JSON answer
        clock.go_on(91 * 86_400)

        assert_problem(opened.http.get(f"{HISTORY}/{generated}"), 404, "not_found")
        assert opened.http.get(HISTORY).json["items"] == []  # type: ignore[index]  # it is JSON


def test_snake_case_goes_out_at_every_depth() -> None:
    """The kept request and answer too."""
    with door(json_case="snake") as opened:
        opened.generate()
        body = opened.http.get(HISTORY).json

        assert body is not None
        (item,) = body["items"]
        assert body["next_cursor"] is None
        assert item["request"]["use_case"] == "social_post"
        assert item["response"]["tokens_used"]["total_tokens"] == 17
