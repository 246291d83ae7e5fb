"""A generation's events as server-sent events, whatever the reader does.

A WSGI server writes from the thread that iterates the body, and a thread that waits for a host
can neither write a heartbeat nor notice that its reader left. So one pump thread a stream
takes the events off the host, and the body waits for them no longer than a heartbeat.
"""

from __future__ import annotations

import logging
import queue
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, Self

from flask import Response

from llama_marketing.adapters.sse.encoder import comment
from llama_marketing.domain.errors import LlamaMarketingError, Overloaded
from llama_marketing.domain.generation.models import StreamEvent

HEARTBEAT_SECONDS = 5.0
PROBE_SECONDS = 1.0
"""How often a silent stream looks whether its reader is still there."""
PUT_SECONDS = 1.0
SLOW_READER_SECONDS = 30.0
"""How long one write may wait for a reader before that reader counts as gone."""
QUEUE_FRAMES = 64
LONGEST_WRITE = 32
"""Frames that are joined into one write when the reader is behind."""

_HUNG_UP: int | None = getattr(select, "POLLRDHUP", None)
"""Linux alone tells it; elsewhere a reader that left is noticed by the writes that fail."""

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


class ReaderLine:
    """The line to who reads a stream; where the WSGI server hides its socket, nothing is known.

    A server itself notices a reader that left only at the second write after it, which is two
    heartbeats, and one that stopped reading never.
    """

    def __init__(self, line: socket.socket | None = None) -> None:
        self._line = line

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> Self:
        """The line of a request, by its WSGI environment."""
        line = environ.get("gunicorn.socket") or environ.get("werkzeug.socket")
        return cls(line if isinstance(line, socket.socket) else None)

    def hung_up(self) -> bool:
        """Whether the reader left."""
        if self._line is None or _HUNG_UP is None:
            return False
        if self._line.fileno() < 0:
            return True
        # Not a look at the next byte: what else was sent would stand before the line's end, and
        # a TLS line or one with a timeout cannot be looked at so.
        poll = select.poll()
        poll.register(self._line.fileno(), _HUNG_UP)
        return bool(poll.poll(0))

    def drop(self) -> None:
        """Cut it, so that a write that waits in another thread ends."""
        if self._line is not None:
            try:
                # The plain socket's: TLS's own would wait for the reader.
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)
            except OSError:
                # It is down already, which is what was asked for.
                return


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
        reader: ReaderLine | None = None,
    ) -> None:
        self._stream = stream
        self._encode = encode
        self._on_end = on_end
        self._heartbeat = heartbeat
        self._reader = reader or ReaderLine()
        self._frames: queue.Queue[bytes | None] = queue.Queue(QUEUE_FRAMES)
        self._pump: threading.Thread | None = None
        self._left = threading.Event()
        self._lock = threading.Lock()
        self._ended = False
        self._complete = False
        self._writing_since: float | None = None
        self._recorded: list[bytes] = []
        self._keep: Callable[[str | None], None] | None = None

    def record(self, keep: Callable[[str | None], None]) -> None:
        """Have ``keep`` called once at the end: with every frame, or None if it broke off."""
        self._keep = keep

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        self._writing_since = None
        if self._ended:
            raise StopIteration
        if self._pump is None:
            self._pump = threading.Thread(target=self._run, name="llama-sse", daemon=True)
            self._pump.start()
        frame = self._next_frame()
        if frame is None:
            self.close()
            raise StopIteration
        frame += self._waiting()
        self._writing_since = time.monotonic()
        return frame

    def close(self) -> None:
        """End it: the reader left, or everything is written. May be called more than once."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
        self._left.set()
        try:
            self._stream.close()
        except LlamaMarketingError as error:
            # Nobody is there to be told; the sweep books what the store could not take now.
            _log.error("a stream is not booked before a sweep: %s", error.code)
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
                if self._reader.hung_up():
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
            if self._put(None):
                self._await_writer()

    def _put(self, frame: bytes | None) -> bool:
        """Hand a frame over; False when the reader left or has not read for too long."""
        while not self._left.is_set():
            try:
                self._frames.put(frame, timeout=PUT_SECONDS)
                return True
            except queue.Full:
                self._drop_a_stuck_reader()
        return False

    def _await_writer(self) -> None:
        """Stay until all is written: the writer cannot see that it waits for ever."""
        while not self._left.wait(PUT_SECONDS):
            self._drop_a_stuck_reader()

    def _drop_a_stuck_reader(self) -> None:
        since = self._writing_since
        if since is not None and time.monotonic() - since >= SLOW_READER_SECONDS:
            _log.info("a reader stopped reading its stream")
            self._reader.drop()
            self.close()


def sse_response(body: SseBody) -> Response:
    """The answer around a body, with the headers that keep proxies from holding it back."""
    response = Response(body, mimetype="text/event-stream")
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    response.call_on_close(body.close)
    return response
