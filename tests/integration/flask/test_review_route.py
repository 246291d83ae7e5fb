"""The route of the review: what a person decides about a generation, shown in the history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from llama_marketing.domain.errors import HostUnreachable
from tests.integration.flask.app import USER, Door, assert_problem, door, meta_path
from tests.unit.app.samples import NOW, OTHER

HISTORY = f"{meta_path()}/generations"
AT = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.fixture
def opened() -> Iterator[Door]:
    """An app with one configured client."""
    with door() as made:
        yield made


def generated(opened: Door) -> str:
    """The path of a new generation."""
    return f"{HISTORY}/{opened.generate().get_json()['id']}"


def decision(approved: bool, reason: str = "") -> dict[str, Any]:
    """A review as it is shown."""
    return {"approved": approved, "reason": reason, "userId": USER, "reviewedAt": AT}


@pytest.mark.story("103.16")
def test_a_review_is_shown_in_the_history_together_with_the_ratings(opened: Door) -> None:
    """One by one and in the list; the last decision counts, the others stay."""
    path = generated(opened)
    fresh = opened.http.get(path).get_json()
    first = opened.http.post(f"{path}/review", json={"approved": False, "reason": "Sin precio"})
    opened.http.post(f"{path}/feedback", json={"rating": 4})
    second = opened.http.post(f"{path}/review", json={"approved": True, "clientId": "cli1"})
    one = opened.http.get(path).get_json()
    (listed,) = opened.http.get(HISTORY).get_json()["items"]

    assert (fresh["review"], fresh["reviews"]) == (None, [])
    assert (fresh["ratings"], fresh["averageRating"]) == (0, None)
    assert first.status_code == second.status_code == 200
    assert first.get_json()["review"] == decision(False, "Sin precio")
    assert one["review"] == decision(True)
    assert one["reviews"] == [decision(False, "Sin precio"), decision(True)]
    assert (one["ratings"], one["averageRating"]) == (1, 4.0)
    assert one == listed == second.json
    assert one["request"] == fresh["request"] and one["response"] == fresh["response"]


def test_snake_case_goes_out_too() -> None:
    """As everywhere."""
    with door(json_case="snake") as opened:
        path = f"{HISTORY}/{opened.generate().get_json()['id']}"
        body = opened.http.post(f"{path}/review", json={"approved": True}).get_json()

    assert body["average_rating"] is None
    assert (body["review"]["user_id"], body["review"]["reviewed_at"]) == (USER, AT)


@pytest.mark.parametrize(
    "body",
    [
        {}, {"approved": None}, {"approved": "yes"}, {"approved": 1}, {"reason": "Bien"},
        {"approved": True, "reason": "x" * 2001}, {"approved": True, "reason": None},
        {"approved": True, "rating": 5}, {"approved": True, "clientId": "cli2"},
    ],
)  # fmt: skip
def test_what_is_no_decision_is_refused(opened: Door, body: dict[str, Any]) -> None:
    """Nothing is kept of it."""
    path = generated(opened)

    assert_problem(opened.http.post(f"{path}/review", json=body), 422, "invalid_request")
    assert opened.http.get(path).get_json()["review"] is None


def test_a_generation_that_failed_has_nothing_to_review(opened: Door) -> None:
    """It is told so in Spanish."""
    opened.hosts.otherwise = HostUnreachable("down")
    opened.generate()
    (failed,) = opened.http.get(HISTORY).get_json()["items"]
    answer = opened.http.post(f"{HISTORY}/{failed['id']}/review", json={"approved": True})

    assert (
        "no hay contenido que revisar" in assert_problem(answer, 422, "invalid_request")["detail"]
    )


def test_what_is_not_the_client_s_is_not_found(opened: Door) -> None:
    """Exactly as an unknown one; a deleted one stays away."""
    path = generated(opened)
    foreign = f"{meta_path(OTHER)}/generations/{path.rsplit('/', 1)[1]}/review"
    for there in (foreign, f"{HISTORY}/nothing/review"):
        assert_problem(opened.http.post(there, json={"approved": True}), 404, "not_found")
    bad = opened.http.post(f"{HISTORY}/a.b/review", json={"approved": True})
    assert_problem(bad, 400, "invalid_request")

    opened.http.delete(path)
    gone = opened.http.post(f"{path}/review", json={"approved": True})
    assert_problem(gone, 404, "not_found")
