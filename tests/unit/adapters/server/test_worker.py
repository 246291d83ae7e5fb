"""The worker's threads are there from the start."""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from types import SimpleNamespace

import attrs
import pytest

from llama_marketing.adapters.server.worker import HEAD_SECONDS, ReadyThreadWorker


def test_every_thread_of_the_pool_is_started() -> None:
    """So that their number does not grow with the first streams."""
    worker = object.__new__(ReadyThreadWorker)
    worker.cfg = SimpleNamespace(threads=7)
    before = threading.active_count()

    pool = worker.get_thread_pool()

    assert threading.active_count() == before + 7
    assert pool.submit(lambda: "answers").result(10) == "answers"
    pool.shutdown()


@attrs.frozen(eq=False)
class Connection:
    """What the worker needs of gunicorn's."""

    sock: socket.socket


def test_only_who_is_late_with_a_request_is_dropped() -> None:
    """A head that is still coming in, and an answer that is being written, stay."""
    worker = object.__new__(ReadyThreadWorker)
    worker.pending_conns = deque()
    pairs = [socket.socketpair() for _ in range(3)]
    late, fresh, gone = (Connection(ours) for ours, _ in pairs)
    gone.sock.close()
    now = time.monotonic()
    worker._heads = {late: now - HEAD_SECONDS - 1, gone: now - HEAD_SECONDS - 1, fresh: now}

    worker.murder_pending()

    late.sock.settimeout(10)
    assert late.sock.recv(1) == b""
    fresh.sock.setblocking(False)
    with pytest.raises(BlockingIOError):
        fresh.sock.recv(1)
    for ours, theirs in pairs:
        ours.close()
        theirs.close()
