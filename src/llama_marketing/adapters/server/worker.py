"""gunicorn's threaded worker, with all its threads there from the start."""

from __future__ import annotations

import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

HEAD_SECONDS = 6.0
"""How long a request's head may take to come in whole."""
BODY_SECONDS = 8
"""How long the next bytes of a request's body may take."""


class ReadyThreadWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Starts every thread of its pool at once, and lets no half-sent request keep one.

    The first hundred streams then wait for no thread to start, and the number of threads says
    at any moment how many streams are open. gunicorn itself would wait for the rest of a request
    for ever, also while it is asked to stop.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._heads: dict[Any, float] = {}
        """The connections whose next request is being read, and since when."""

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """The pool, each of its threads started."""
        threads = int(self.cfg.threads)
        pool = ThreadPoolExecutor(max_workers=threads)
        together = threading.Barrier(threads + 1)
        for _ in range(threads):
            pool.submit(together.wait)
        together.wait()
        return pool

    def handle(self, conn: Any) -> Any:
        """Read a request and answer it, in a thread of the pool."""
        patience = struct.pack("ll", BODY_SECONDS, 0)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
        self._heads[conn] = time.monotonic()
        try:
            return super().handle(conn)
        finally:
            self._heads.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head is there."""
        self._heads.pop(conn, None)
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Drop who is late with a request; the main loop asks about once a second."""
        super().murder_pending()
        late = time.monotonic() - HEAD_SECONDS
        for conn, since in self._heads.copy().items():
            if since < late:
                _drop(conn.sock)


def _drop(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        # It is gone already.
        return
