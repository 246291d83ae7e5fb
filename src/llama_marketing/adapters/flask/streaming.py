"""A generation's events as server-sent events, whatever the reader does.

A WSGI server writes from the thread that iterates the body, and a thread that waits for a host
can neither write a heartbeat nor notice that its reader left. So one pump thread a stream
takes the events off the host, and the body waits for them no longer than a heartbeat.
"""

from __future__ import annotations

import logging
import queue
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from flask import Response

from llama_marketing.adapters.sse.encoder import comment
from llama_marketing.domain.errors import Overloaded
from llama_marketing.domain.generation.models import StreamEvent

HEARTBEAT_SECONDS = 5.0
PROBE_SECONDS = 1.0
"""How often a silent stream looks whether its reader is still there."""
PUT_SECONDS = 1.0
SLOW_READER_SECONDS = 30.0
"""How long a reader may leave a full queue unread before it counts as gone."""
QUEUE_FRAMES = 64
LONGEST_WRITE = 32
"""Frames that are joined into one write when the reader is behind."""

_log = logging.getLogger("llama_marketing.http")


class EventStream(Protocol):
    """What a generation's stream looks like to the body."""

    def __iter__(self) -> Iterator[StreamEvent]: ...

    def close(self) -> None: ...


class StreamGate:
    """Lets at most ``limit`` streams be open at once, so that streams never starve the rest."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._open = 0
        self._lock = threading.Lock()

    def enter(self) -> None:
        """Take a place; raises Overloaded when there is none, before anything is reserved."""
        with self._lock:
            if self._open >= self._limit:
                raise Overloaded("every place for a stream is taken", retry_after=2)
            self._open += 1

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._open -= 1


class SseBody:
    """The body of one streamed answer; iterated and closed by the WSGI server.

    However it ends, the stream is closed, which settles its books, and ``on_end`` is called
    once.
    """

    def __init__(
        self,
        stream: EventStream,
        encode: Callable[[StreamEvent], bytes],
        on_end: Callable[[], None],
        heartbeat: float = HEARTBEAT_SECONDS,
        reader_left: Callable[[], bool] = lambda: False,
    ) -> None:
        self._stream = stream
        self._encode = encode
        self._on_end = on_end
        self._heartbeat = heartbeat
        self._reader_left = reader_left
        self._frames: queue.Queue[bytes | None] = queue.Queue(QUEUE_FRAMES)
        self._pump: threading.Thread | None = None
        self._left = threading.Event()
        self._lock = threading.Lock()
        self._ended = False
        self._complete = False
        self._recorded: list[bytes] = []
        self._keep: Callable[[str | None], None] | None = None

    def record(self, keep: Callable[[str | None], None]) -> None:
        """Have ``keep`` called once at the end: with every frame, or None if it broke off."""
        self._keep = keep

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if self._ended:
            raise StopIteration
        if self._pump is None:
            self._pump = threading.Thread(target=self._run, name="llama-sse", daemon=True)
            self._pump.start()
        frame = self._next_frame()
        if frame is None:
            self.close()
            raise StopIteration
        return frame + self._waiting()

    def close(self) -> None:
        """End it: the reader left, or everything is written. May be called more than once."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        self._left.set()
        try:
            self._stream.close()
        finally:
            self._on_end()
            if self._keep is not None:
                whole = b"".join(self._recorded).decode("ascii") if self._complete else None
                self._keep(whole)

    def _next_frame(self) -> bytes | None:
        """Wait for a frame, at most a heartbeat; None at the end, and when the reader left."""
        beat_at = time.monotonic() + self._heartbeat
        while (left := beat_at - time.monotonic()) > 0:
            try:
                return self._frames.get(timeout=min(left, PROBE_SECONDS))
            except queue.Empty:
                if self._reader_left():
                    return None
        return comment()

    def _waiting(self) -> bytes:
        """What else is ready, without waiting; the end marker is put back."""
        more: list[bytes] = []
        while len(more) < LONGEST_WRITE:
            try:
                frame = self._frames.get_nowait()
            except queue.Empty:
                break
            if frame is None:
                self._frames.put_nowait(None)
                break
            more.append(frame)
        return b"".join(more)

    def _run(self) -> None:
        try:
            for event in self._stream:
                frame = self._encode(event)
                if self._keep is not None:
                    self._recorded.append(frame)
                # Not the end of the loop: a stream that was closed in the middle ends it, too.
                self._complete = event.event in ("done", "error")
                if not self._put(frame):
                    return
        except Exception:  # noqa: BLE001 - a thread must not end in silence
            # The stream booked itself before it raised; the reader just sees the line end.
            _log.exception("a stream ended with an unexpected error")
        finally:
            self._put(None)

    def _put(self, frame: bytes | None) -> bool:
        """Hand a frame over; False when the reader left or has not read for too long."""
        waited = 0.0
        while not self._left.is_set():
            try:
                self._frames.put(frame, timeout=PUT_SECONDS)
                return True
            except queue.Full:
                waited += PUT_SECONDS
                if waited >= SLOW_READER_SECONDS:
                    _log.info("a reader stopped reading its stream")
                    self.close()
        return False


def probe_of(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """Whether the reader hung up, where the WSGI server shows its socket; else never known.

    A server itself notices only at the second write after it, which is two heartbeats.
    """
    line = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
    if not isinstance(line, socket.socket):
        return lambda: False

    def hung_up() -> bool:
        try:
            return line.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True

    return hung_up


def sse_response(body: SseBody) -> Response:
    """The answer around a body, with the headers that keep proxies from holding it back."""
    response = Response(body, mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(body.close)
    return response
