"""Retries stay within a tenth of the requests and three besides, in every minute."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.resilience.retry_budget import WINDOW, RetryBudget


def retries(budget: RetryBudget, now: float, wanted: int) -> int:
    """How many of so many retries the budget allows at one moment."""
    allowed = 0
    for _ in range(wanted):
        after = budget.retried(now)
        if after is None:
            break
        budget, allowed = after, allowed + 1
    return allowed


def test_three_are_free() -> None:
    assert retries(RetryBudget(), 0.0, 10) == 3


def test_every_ten_requests_pay_for_one_more() -> None:
    budget = RetryBudget()
    for _ in range(40):
        budget = budget.requested(0.0)
    assert retries(budget, 0.0, 100) == 7


def test_a_new_minute_starts_with_nothing() -> None:
    budget = RetryBudget()
    for _ in range(40):
        budget = budget.requested(0.0)
    assert retries(budget, WINDOW, 100) == 3


@given(st.lists(st.tuples(st.booleans(), st.floats(0.0, 20.0)), max_size=200))
def test_no_minute_has_more_than_its_share(steps: list[tuple[bool, float]]) -> None:
    budget, now = RetryBudget(), 0.0
    requests = done = 0
    minutes = 1
    for is_retry, seconds in steps:
        now += seconds
        before = budget.window_started
        if is_retry:
            after = budget.retried(now)
            budget, done = (budget, done) if after is None else (after, done + 1)
        else:
            budget, requests = budget.requested(now), requests + 1
        minutes += budget.window_started != before
    assert done <= requests / 10 + 3 * minutes
