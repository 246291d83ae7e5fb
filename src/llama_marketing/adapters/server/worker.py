"""gunicorn's threaded worker, with all its threads there from the start."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from gunicorn.workers.gthread import ThreadWorker


class ReadyThreadWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Starts every thread of its pool at once.

    The first hundred streams then wait for no thread to start, and the number of threads says
    at any moment how many streams are open.
    """

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """The pool, each of its threads started."""
        threads = int(self.cfg.threads)
        pool = ThreadPoolExecutor(max_workers=threads)
        together = threading.Barrier(threads + 1)
        for _ in range(threads):
            pool.submit(together.wait)
        together.wait()
        return pool
