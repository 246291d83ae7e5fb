"""The route of the feedback: what a user thinks of a generation."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Request

from llama_marketing.adapters.flask import Action, Principal
from llama_marketing.testing.invariants import assert_books_agree
from tests.integration.flask.app import Door, assert_problem, door, meta_path
from tests.unit.app.samples import MONTH, OTHER, TENANT, books_of


def whoever_says(
    request: Request, action: Action, organization_id: str | None, client_id: str | None
) -> Principal:
    """The user that the request names."""
    return Principal(request.headers.get("X-User", "ana"))


def generated(opened: Door) -> str:
    """The id of a new generation."""
    answer = opened.generate()
    assert answer.json is not None
    return str(answer.json["id"])


def feedback_path(generation_id: str, client: str = meta_path()) -> str:
    """Where a generation is rated."""
    return f"{client}/generations/{generation_id}/feedback"


def ratings(opened: Door) -> tuple[int, int]:
    """The sum and the number of the month's ratings; the books agree."""
    books = books_of(opened.container)
    assert_books_agree(books, TENANT, MONTH)
    month = books.month_rollup(TENANT, MONTH)
    return month.rating_sum, month.ratings


@pytest.mark.story("107.7")
def test_the_last_rating_of_each_user_counts() -> None:
    """A number, thumbs, and changes of mind; each answer says how the generation stands."""
    with door(authorize=whoever_says) as opened:
        path = feedback_path(generated(opened))
        given: list[tuple[str, dict[str, Any]]] = [
            ("ana", {"rating": 4}),
            ("ana", {"rating": 4}),
            ("luis", {"thumbs": "down"}),
            ("ana", {"thumbs": "up", "rating": None}),
            ("luis", {"rating": 2, "clientId": "cli1"}),
        ]
        answers = [
            opened.http.post(path, json=body, headers={"X-User": user}) for user, body in given
        ]

        assert [answer.status_code for answer in answers] == [200] * 5
        told = [answer.get_json() for answer in answers]
        assert {body.pop("id") for body in told} == {path.split("/")[-2]}
        assert told == [
            {"rating": 4, "ratings": 1, "averageRating": 4.0},
            {"rating": 4, "ratings": 1, "averageRating": 4.0},
            {"rating": 1, "ratings": 2, "averageRating": 2.5},
            {"rating": 5, "ratings": 2, "averageRating": 3.0},
            {"rating": 2, "ratings": 2, "averageRating": 3.5},
        ]
        assert ratings(opened) == (7, 2)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"rating": 4, "thumbs": "up"},
        {"rating": None, "thumbs": None},
        {"rating": 0},
        {"rating": 6},
        {"rating": -1},
        {"rating": True},
        {"rating": 4.5},
        {"rating": "4"},
        {"rating": [4]},
        {"thumbs": "sideways"},
        {"thumbs": True},
        {"rating": 4, "stars": 4},
        {"rating": 4, "clientId": "cli2"},
        {"rating": 4, "userId": "luis"},
    ],
)
def test_what_is_no_rating_is_refused(body: dict[str, Any]) -> None:
    """With a sentence, and nothing is counted."""
    with door() as opened:
        answer = opened.http.post(feedback_path(generated(opened)), json=body)

        told = assert_problem(answer, 422, "invalid_request")
        assert told["detail"].endswith(".")
        assert ratings(opened) == (0, 0)


def test_neither_and_both_are_told_apart_from_a_wrong_field() -> None:
    """The sentence names the two ways to rate."""
    with door() as opened:
        told = assert_problem(
            opened.http.post(feedback_path("gen1"), json={}), 422, "invalid_request"
        )

    assert "«rating»" in told["detail"] and "«thumbs»" in told["detail"]


def test_only_the_client_s_own_generations_are_found() -> None:
    """An unknown id and another client's are the same answer; a bad id is none."""
    with door() as opened:
        theirs = generated(opened)
        body = {"rating": 5}

        unknown = opened.http.post(feedback_path("unknown"), json=body)
        foreign = opened.http.post(feedback_path(theirs, meta_path(OTHER)), json=body)
        bad = opened.http.post(feedback_path("a b"), json=body)

        told = [
            {**assert_problem(answer, 404, "not_found"), "requestId": ""}
            for answer in (unknown, foreign)
        ]
        assert told[0] == told[1]
        assert_problem(bad, 400, "invalid_request")
        assert ratings(opened) == (0, 0)


def test_a_validation_is_not_found() -> None:
    """It is in the books, but nobody reads its text."""
    with door() as opened:
        opened.http.post(f"{meta_path().replace('/ai/meta', '/ai-providers/meta')}/validate")
        (entry,) = (
            e for e in books_of(opened.container).entries(TENANT, "2026-11-01", "2026-11-30")
        )

        answer = opened.http.post(feedback_path(entry.id), json={"rating": 5})

        assert entry.use_case is None
        assert_problem(answer, 404, "not_found")


def test_the_same_key_gets_the_first_answer_and_rates_once() -> None:
    """After another user's rating too; another body under it is refused."""
    with door(authorize=whoever_says) as opened:
        path, key = feedback_path(generated(opened)), {"X-Idempotency-Key": "k-feedback-1"}
        first = opened.http.post(path, json={"rating": 2}, headers=key)
        opened.http.post(path, json={"rating": 5})
        again = opened.http.post(path, json={"rating": 2}, headers=key)
        other = opened.http.post(path, json={"rating": 1}, headers=key)

        assert (again.status_code, again.data) == (200, first.data)
        assert_problem(other, 422, "idempotency_mismatch")
        assert ratings(opened) == (5, 1)


def test_the_answer_comes_in_the_case_that_was_chosen() -> None:
    """Of field names."""
    with door(json_case="snake") as opened:
        answer = opened.http.post(feedback_path(generated(opened)), json={"thumbs": "up"})

    assert answer.json is not None
    assert answer.json["average_rating"] == 5.0
    assert "averageRating" not in answer.json
