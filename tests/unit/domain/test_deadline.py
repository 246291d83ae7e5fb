"""Deadline: the time that is left, never negative."""

from __future__ import annotations

from llama_marketing.domain.deadline import Deadline


def test_what_is_left_goes_down_to_nothing() -> None:
    """At the moment itself the deadline has passed."""
    now = [10.0]
    deadline = Deadline(12.0, lambda: now[0])
    seen = []
    for moment in (10.0, 11.5, 12.0, 99.0):
        now[0] = moment
        seen.append((deadline.remaining(), deadline.passed()))

    assert seen == [(2.0, False), (0.5, False), (0.0, True), (0.0, True)]
    assert "lambda" not in repr(deadline)


def test_it_comes_early_when_nobody_waits_any_more() -> None:
    """Whatever time is left."""
    left = [False]
    deadline = Deadline(100.0, lambda: 40.0, lambda: left[0])
    assert (deadline.remaining(), deadline.passed()) == (60.0, False)

    left[0] = True

    assert (deadline.remaining(), deadline.passed()) == (0.0, True)
