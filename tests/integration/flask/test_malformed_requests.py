"""Requests that no client should send get a clear 4xx and leave no trace."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.integration.flask.app import Door, assert_problem, door, meta_path
from tests.integration.flask.malformed import CHECKED, Case, cases

CASES = cases()
SPANISH = re.compile(
    r"\b(el|la|los|las|de|del|en|no|se|un|una|esa|este|para|con|lo|que|al)\b", re.IGNORECASE
)


@pytest.fixture(scope="module")
def opened(store: str) -> Iterator[Door]:
    """One app for all of them, so that the one before could harm the next."""
    with door() as made:
        yield made


def test_there_are_more_than_two_hundred_kinds() -> None:
    """Each is another method, path, body or header."""
    kinds = {(c.method, c.path, c.body, tuple(sorted(c.headers.items()))) for c in CASES}

    assert len(kinds) > 200
    assert len(kinds) >= len(CASES) - 5


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_malformed_request_is_refused_and_leaves_no_trace(opened: Door, case: Case) -> None:
    """A problem of the right status and code in Spanish; nothing sent, booked or changed."""
    before, calls = opened.everything(), opened.host_calls

    # The test client counts the bytes itself where a header says their number.
    length = {"CONTENT_LENGTH": case.headers.get("Content-Length", "")}
    answer = opened.http.open(
        case.path,
        method=case.method,
        data=case.body,
        headers=case.headers,
        environ_overrides=length if length["CONTENT_LENGTH"] else {},
    )

    problem = assert_problem(answer, case.status, case.code)
    assert SPANISH.search(problem["detail"]), problem["detail"]
    assert opened.everything() == before
    assert opened.host_calls == calls
    good = opened.http.post(f"{meta_path()}/check", json=CHECKED)
    assert good.status_code == 200


def test_a_good_request_works_afterwards(opened: Door) -> None:
    """After all of the above, a post is generated and booked."""
    answer = opened.generate()

    assert answer.status_code == 200
    assert opened.entries() == 1
