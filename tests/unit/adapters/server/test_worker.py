"""The worker's threads are there from the start."""

from __future__ import annotations

import threading
from types import SimpleNamespace

from llama_marketing.adapters.server.worker import ReadyThreadWorker


def test_every_thread_of_the_pool_is_started() -> None:
    """So that their number does not grow with the first streams."""
    worker = object.__new__(ReadyThreadWorker)
    worker.cfg = SimpleNamespace(threads=7)
    before = threading.active_count()

    pool = worker.get_thread_pool()

    assert threading.active_count() == before + 7
    assert pool.submit(lambda: "answers").result(10) == "answers"
    pool.shutdown()
