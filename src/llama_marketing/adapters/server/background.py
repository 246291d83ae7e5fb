"""Work on jobs in a thread of the server, where they wait in the store."""

from __future__ import annotations

import threading

from llama_marketing.app.job_worker import JobWorker

STOP_SECONDS = 5.0
"""How long a stop waits for parts that were begun; what is cut off then is taken up again."""


class BackgroundWorker:
    """One thread that does the parts of jobs until it is told to stop."""

    def __init__(self, worker: JobWorker) -> None:
        self._stop = threading.Event()
        # A daemon: a part that takes long does not keep the process from ending.
        self._thread = threading.Thread(
            target=worker.work, args=(self._stop,), name="llama-marketing-jobs", daemon=True
        )

    def start(self) -> None:
        """Begin; parts that a dead process left are taken up too."""
        self._thread.start()

    def stop(self) -> None:
        """Take up nothing new, and wait a little for what runs."""
        self._stop.set()
        self._thread.join(STOP_SECONDS)
