"""An error as problem JSON: short, whole, and with the headers that say when to come back."""

from __future__ import annotations

import pytest
from flask import Response

from llama_marketing.adapters.flask.problems import LONGEST_DETAIL, problem, problem_body, status_of
from llama_marketing.domain.errors import (
    HostRateLimited,
    InvalidRequest,
    LlamaMarketingError,
    NotFound,
    Overloaded,
    QuotaExceeded,
    Unauthorized,
)


def made(error: LlamaMarketingError) -> Response:
    """The answer."""
    return problem(error, "r-1")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (QuotaExceeded("x", retry_after=518_400), "518400"),
        (HostRateLimited("x", retry_after=0.2), "1"),
        (HostRateLimited("x", retry_after=2.01), "3"),
        (Overloaded("x", retry_after=0), "1"),
        (Overloaded("x"), None),
        (NotFound("x"), None),
    ],
)
def test_retry_after_is_whole_seconds_rounded_up(
    error: LlamaMarketingError, told: str | None
) -> None:
    """Never zero, which would invite to come back at once."""
    assert made(error).headers.get("Retry-After") == told


def test_only_401_names_the_scheme() -> None:
    assert made(Unauthorized("x")).headers["WWW-Authenticate"] == "Bearer"
    assert "WWW-Authenticate" not in made(NotFound("x")).headers


@pytest.mark.parametrize("character", ["x", "ñ", "☕", "\U0001f600"])
def test_a_long_sentence_is_cut_visibly(character: str) -> None:
    """So that the whole stays below 8 KB."""
    answer = made(InvalidRequest("x", user_message=character * 5000))
    detail = problem_body(InvalidRequest("x", user_message=character * 5000), "r-1")["detail"]

    assert len(answer.get_data()) <= 8192
    assert len(detail) == LONGEST_DETAIL
    assert detail.endswith(f"{character}…")


def test_a_sentence_of_exactly_the_limit_is_whole() -> None:
    sentence = "x" * LONGEST_DETAIL

    assert problem_body(InvalidRequest("", user_message=sentence), "r-1")["detail"] == sentence


def test_a_class_of_somebody_else_has_the_status_of_its_parent() -> None:
    """The nearest one."""

    class Theirs(NotFound):
        """Derived elsewhere."""

    assert status_of(Theirs("x")) == 404
    assert status_of(LlamaMarketingError()) == 500
