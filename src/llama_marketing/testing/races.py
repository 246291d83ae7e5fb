"""Tasks that start at once, for the tests of what threads may do together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

Answer = TypeVar("Answer")

PATIENCE_SECONDS = 120.0
"""How long all tasks may take together; far more than any race needs."""


def run_together(
    tasks: Sequence[Callable[[], Answer]], seconds: float = PATIENCE_SECONDS
) -> list[Answer]:
    """Run each task in a thread of its own, all let go at the same moment; their answers in order.

    Raises the first task's error in that order, and AssertionError for a task that did not end
    within ``seconds``. A thread that the interpreter lost keeps no other one waiting.
    """
    gate, ready = threading.Event(), threading.Semaphore(0)
    answers: dict[int, Answer] = {}
    errors: dict[int, BaseException] = {}

    def run(number: int) -> None:
        ready.release()
        gate.wait()
        try:
            answers[number] = tasks[number]()
        except BaseException as error:  # noqa: BLE001 - it is raised by the caller's thread
            errors[number] = error

    places = range(len(tasks))
    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in places]
    until = time.monotonic() + seconds
    for thread in threads:
        thread.start()
        # One after the other: Python refuses to install the tracers of two threads at once.
        ready.acquire(timeout=max(0.0, until - time.monotonic()))
    gate.set()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    if errors:
        raise errors[min(errors)]
    missing = [number for number in places if number not in answers]
    assert missing == [], f"of {len(tasks)} tasks these did not end: {missing[:10]}"
    return [answers[number] for number in places]
