"""Worker threads for the calls of one operation."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from typing import TypeVar

from llama_marketing.ports.parallel import Parallel

Item = TypeVar("Item")
Result = TypeVar("Result")


class ThreadParallel(Parallel):
    """Runs on a pool of threads that starts with the first use; a single item needs none.

    A caller's own executor may be given; it is then the caller's to close.
    """

    def __init__(self, executor: Executor | None = None, workers: int = 16) -> None:
        self._executor = executor
        self._own: ThreadPoolExecutor | None = None
        self._workers = workers
        self._lock = threading.Lock()

    def map(self, function: Callable[[Item], Result], items: Iterable[Item]) -> Sequence[Result]:
        """The results in order."""
        work = list(items)
        if len(work) < 2:
            return [function(item) for item in work]
        futures: list[Future[Result]] = []
        try:
            futures.extend(self._pool().submit(function, item) for item in work[1:])
            results = [function(work[0])]
            for item, future in zip(work[1:], futures, strict=True):
                # What no worker has taken up yet the caller does itself, so a full pool can
                # delay an operation but never stop it.
                results.append(function(item) if future.cancel() else future.result())
            return results
        finally:
            # After an error too nothing may go on behind the caller's back. A cancelled one will
            # never run, but only a free worker would tell, so it is not waited for.
            wait([future for future in futures if not future.cancel()])

    def close(self) -> None:
        """End our own threads once their work is done."""
        with self._lock:
            pool, self._own = self._own, None
        if pool is not None:
            pool.shutdown(wait=True)

    def _pool(self) -> Executor:
        if self._executor is not None:
            return self._executor
        with self._lock:
            if self._own is None:
                self._own = ThreadPoolExecutor(self._workers, "llama-marketing")
            return self._own
