"""Tasks that start at once."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from llama_marketing.testing.races import run_together


def test_answers_come_in_the_order_of_the_tasks() -> None:
    """Whichever thread is done first; and all tasks run at the same time."""
    meeting = threading.Barrier(3, timeout=30)

    def task(number: int) -> int:
        meeting.wait()
        return number

    assert run_together([partial(task, number) for number in (7, 5, 6)]) == [7, 5, 6]


def test_the_first_tasks_error_is_raised() -> None:
    """In the order of the tasks, once all have ended."""
    ended: list[int] = []

    def fail(number: int) -> None:
        ended.append(number)
        raise LookupError(number)

    with pytest.raises(LookupError, match="0"):
        run_together([lambda: fail(0), lambda: fail(1)])
    assert sorted(ended) == [0, 1]


def test_a_task_that_does_not_end_is_named_and_holds_nobody_up() -> None:
    """By its place."""
    over = threading.Event()
    try:
        with pytest.raises(AssertionError, match=r"of 2 tasks these did not end: \[1\]"):
            run_together([bool, over.wait], seconds=0.05)
    finally:
        over.set()
