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


def test_what_is_older_than_a_minute_counts_no_longer() -> None:
    budget = RetryBudget()
    for _ in range(40):
        budget = budget.requested(0.0)
    assert retries(budget, WINDOW, 100) == 3
    spent = RetryBudget()
    for _ in range(3):
        after = spent.retried(50.0)
        assert after is not None
        spent = after
    assert spent.retried(109.9) is None
    assert spent.retried(110.0) is not None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 20)), max_size=200))
def test_no_minute_has_more_than_its_share_wherever_it_begins(
    steps: list[tuple[bool, int]],
) -> None:
    budget, now = RetryBudget(), 0.0
    requests: list[float] = []
    done: list[float] = []
    for is_retry, seconds in steps:
        now += seconds
        if is_retry:
            after = budget.retried(now)
            if after is not None:
                budget = after
                done.append(now)
        else:
            budget = budget.requested(now)
            requests.append(now)
    for end in done:
        inside = [moment for moment in done if end - WINDOW < moment <= end]
        asked = [moment for moment in requests if end - WINDOW < moment <= end]
        assert len(inside) <= 3 + len(asked) / 10
