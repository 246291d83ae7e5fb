"""When a breaker opens, what a probe does, and that it always closes again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.resilience.breaker import (
    FAILURES_IN_A_ROW,
    LEAST_CALLS,
    OPEN_FOR,
    WINDOW,
    Breaker,
)


def failed(breaker: Breaker, times: int, now: float) -> Breaker:
    """The breaker after failures at one moment."""
    for _ in range(times):
        breaker = breaker.failed(now, now)
    return breaker


def test_five_failures_in_a_row_open_it() -> None:
    assert failed(Breaker(), FAILURES_IN_A_ROW - 1, 1.0).allows(1.0)
    opened = failed(Breaker(), FAILURES_IN_A_ROW, 1.0)
    assert not opened.allows(1.0)
    assert opened.seconds_left(1.0) == OPEN_FOR


def test_an_answer_between_failures_starts_the_row_anew() -> None:
    breaker = failed(Breaker(), FAILURES_IN_A_ROW - 1, 1.0).answered(1.0, 1.0)
    assert failed(breaker, FAILURES_IN_A_ROW - 1, 1.0).allows(1.0)


def test_half_of_ten_calls_in_one_window_open_it() -> None:
    breaker = Breaker()
    for _ in range(LEAST_CALLS // 2):
        assert breaker.allows(5.0)
        breaker = breaker.answered(5.0, 5.0).failed(5.0, 5.0)
    assert not breaker.allows(5.0)


def test_failures_of_an_earlier_window_are_forgotten() -> None:
    breaker = Breaker()
    for _ in range(4):
        breaker = breaker.answered(5.0, 5.0).failed(5.0, 5.0)
    later = 5.0 + WINDOW
    breaker = breaker.answered(later, later).failed(later, later)
    assert breaker.allows(later)
    assert (breaker.calls, breaker.failures) == (2, 1)


def test_an_open_one_lets_one_probe_through_at_its_time() -> None:
    opened = failed(Breaker(), FAILURES_IN_A_ROW, 0.0)
    assert not opened.allows(OPEN_FOR - 0.1)
    assert opened.allows(OPEN_FOR)
    probing = opened.called(OPEN_FOR)
    assert not probing.allows(OPEN_FOR + 1.0)
    assert probing.seconds_left(OPEN_FOR + 1.0) == OPEN_FOR - 1.0


def test_a_probe_that_is_answered_closes_it_and_one_that_fails_opens_it_anew() -> None:
    probing = failed(Breaker(), FAILURES_IN_A_ROW, 0.0).called(OPEN_FOR)
    closed = probing.answered(OPEN_FOR + 1.0, OPEN_FOR)
    assert closed.allows(OPEN_FOR + 1.0)
    assert closed.open_until is None
    again = probing.failed(OPEN_FOR + 1.0, OPEN_FOR)
    assert not again.allows(OPEN_FOR + 1.0)
    assert again.allows(2 * OPEN_FOR + 1.0)


def test_a_probe_that_never_reports_is_taken_for_lost() -> None:
    probing = failed(Breaker(), FAILURES_IN_A_ROW, 0.0).called(OPEN_FOR)
    assert probing.allows(2 * OPEN_FOR)


def test_a_call_of_a_closed_one_changes_nothing() -> None:
    breaker = Breaker().answered(1.0, 1.0)
    assert breaker.called(2.0) == breaker


def test_a_host_that_asked_for_time_gets_it_and_is_open_to_all_afterwards() -> None:
    """Not to one probe: all who waited may call."""
    waiting = Breaker().told_to_wait(10.0, 42.0)
    assert waiting.asked_to_wait(51.9)
    assert not waiting.allows(51.9)
    assert waiting.seconds_left(12.0) == 40.0
    assert waiting.allows(52.0)
    assert waiting.called(52.0).allows(52.0)
    assert not waiting.asked_to_wait(52.0)


def test_neither_a_shorter_wish_nor_an_older_answer_nor_a_failure_shortens_the_wait() -> None:
    waiting = Breaker().told_to_wait(10.0, 100.0)
    assert not waiting.told_to_wait(11.0, 1.0).allows(100.0)
    assert not waiting.answered(12.0, 9.0).allows(100.0)
    assert not failed(waiting, FAILURES_IN_A_ROW, 12.0).allows(100.0)
    opened = failed(Breaker(), FAILURES_IN_A_ROW, 10.0).told_to_wait(10.0, 0.5)
    assert not opened.allows(11.0)


def test_a_report_of_a_call_from_before_the_last_change_changes_nothing() -> None:
    """Calls that were out when the host fell silent report long after it is back."""
    opened = failed(Breaker(), FAILURES_IN_A_ROW, 20.0)
    assert opened.answered(21.0, 19.0) == opened
    closed = opened.called(35.0).answered(36.0, 35.0)
    assert failed(closed, 1, 36.0).in_a_row == 1
    for _ in range(20):
        closed = closed.failed(50.0, 19.0)
    assert closed.allows(50.0)
    assert closed.in_a_row == 0


@given(st.lists(st.tuples(st.sampled_from("afcw"), st.integers(0, 40)), max_size=60))
def test_whatever_happened_it_allows_a_call_again_in_the_end(
    steps: list[tuple[str, float]],
) -> None:
    breaker, now = Breaker(), 0.0
    for step, seconds in steps:
        now += seconds
        if step == "a":
            breaker = breaker.answered(now, now)
        elif step == "f":
            breaker = breaker.failed(now, now)
        elif step == "c" and breaker.allows(now):
            breaker = breaker.called(now)
        elif step == "w":
            breaker = breaker.told_to_wait(now, seconds)
        left = breaker.seconds_left(now)
        assert (left == 0.0) == breaker.allows(now)
        assert left <= max(40.0, OPEN_FOR)
    assert breaker.allows(now + max(40.0, OPEN_FOR) + 0.001)
