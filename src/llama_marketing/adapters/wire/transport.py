"""The one transport: every request to a host goes through here.

It works on httpx's low-level transport API, without ``httpx.Client``, so there is nothing
that follows redirects, keeps cookies, reads netrc or honours proxy variables. Faults are
*answered*, not raised: an exception that left from here would carry frames that hold the
request's headers, and so the key.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final, cast

import httpx

from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.faults import before_answer, inside_answer
from llama_marketing.adapters.wire.logs import hide_wire_values
from llama_marketing.adapters.wire.network import (
    CONNECT_SECONDS,
    Resolver,
    TimedStream,
    TimeLimits,
    resolve,
)
from llama_marketing.adapters.wire.pool import PooledTransport
from llama_marketing.adapters.wire.request import BEARER_HEADER, DEFAULT_PORTS, HttpRequest
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadPayload,
    BlockedEndpoint,
    DeadlineExceeded,
    HostError,
    HostUnreachable,
    HostWork,
    Truncated,
)

MAX_LINES: Final = 1024
"""Lines open at once in one process."""
MAX_LINES_TO_ONE_ORIGIN: Final = 256
"""More than a process serves at once, so that all of its streams may go to one host; and few
enough of all lines that a host which hangs never takes those of another."""
MAX_BODY_BYTES: Final = 8 * 1_048_576
"""The most bytes of one answer that are read, whole or streamed."""
IDLE_SECONDS: Final = 20.0
"""How long a stream that has begun may be silent."""
POOL_SECONDS: Final = 3.0
"""How long a call may wait for a line where all that may be are taken."""
_DRAIN_SECONDS: Final = 0.05


def _version() -> str:
    try:
        return version("llama-marketing")
    except PackageNotFoundError:
        return "0"


class HostTransport:
    """Opens exchanges with hosts; safe between threads. Make it after a fork.

    ``transport`` is a transport of the caller's own; then names are resolved and judged by
    it alone, and the total deadline is checked between chunks only.
    """

    def __init__(
        self,
        guard: EndpointGuard | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        max_connections: int = MAX_LINES,
        max_to_one_origin: int = MAX_LINES_TO_ONE_ORIGIN,
        resolver: Resolver = resolve,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard or EndpointGuard()
        self._own = transport is None
        self._transport = transport or PooledTransport(
            self._guard, max_connections, max_to_one_origin, resolver, ssl_context
        )
        self._user_agent = f"llama-marketing/{_version()}"
        hide_wire_values()

    def open(self, request: HttpRequest, deadline: Deadline) -> OpenAnswer | HostError:
        """Send a request; answers once the head of the answer is in, or the fault."""
        try:
            url = httpx.URL(request.url)
            port = url.port or DEFAULT_PORTS[url.scheme]
        except (httpx.InvalidURL, KeyError, ValueError):
            return HostUnreachable("the endpoint is no http(s) URL")
        secure = url.scheme == "https"
        if self._guard.literal_is_closed(url.raw_host.decode("ascii"), port, secure):
            return BlockedEndpoint("the operator does not allow this address")
        if deadline.passed():
            return DeadlineExceeded("no time was left to call", work=HostWork.NONE)
        limits = TimeLimits(deadline, secure)
        return self._send(request, url, limits)

    def _send(
        self, request: HttpRequest, url: httpx.URL, limits: TimeLimits
    ) -> OpenAnswer | HostError:
        """Talk to httpx: the one place where the key is in the clear, so nothing is raised."""
        headers = {
            "host": url.netloc.decode("ascii"),
            "user-agent": self._user_agent,
            "accept-encoding": "identity",
            **request.headers,
        }
        failure: HostError
        try:
            added = _proof(request, headers, limits.deadline)
            if isinstance(added, HostError):
                return added
            headers |= added
            response = self._transport.handle_request(
                httpx.Request(
                    request.method,
                    url,
                    headers=headers,
                    content=request.body,
                    extensions={"timeout": self._timeouts(limits)},
                )
            )
            return OpenAnswer(response, limits)
        except Exception as error:  # noqa: BLE001 - any of them would carry the key away
            failure = before_answer(error, limits.deadline)
        return failure

    def _timeouts(self, limits: TimeLimits) -> dict[str, Any]:
        left = limits.left()
        pool = min(POOL_SECONDS, left)
        if self._own:
            return {"connect": limits, "read": limits, "write": limits, "pool": pool}
        connect = min(CONNECT_SECONDS, left)
        return {"connect": connect, "read": left, "write": left, "pool": pool}

    def close(self) -> None:
        """Drop all connections; answers that are open break off."""
        self._transport.close()


def _proof(
    request: HttpRequest, headers: Mapping[str, str], deadline: Deadline
) -> Mapping[str, str] | HostError:
    """The headers that show who asks: the key, else a signature, else none."""
    if request.key:
        bearer = request.key_header == BEARER_HEADER
        return {request.key_header: f"{'Bearer ' if bearer else ''}{request.key.reveal()}"}
    if request.signer is not None:
        return request.signer.sign(request, headers, deadline)
    return {}


class OpenAnswer:
    """The head of an answer, and its body as it arrives.

    ``received_bytes`` counts the body's bytes. Read it in one thread; :meth:`close` may be
    called from any, and drops the line at once.
    """

    def __init__(self, response: httpx.Response, limits: TimeLimits) -> None:
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers
        self.received_bytes = 0
        # What httpx types as either kind of stream is the sync one under a sync transport.
        self._body = cast(httpx.SyncByteStream, response.stream)
        self._line = response.extensions.get("network_stream")
        self._limits = limits
        limits.answered = True
        self._chunks: Iterator[bytes] | None = None
        self._ended = False
        self._closed = False
        self._released = False
        self._reading = threading.Lock()

    @property
    def encoded(self) -> bool:
        """Whether the body is not plain, though that was asked for."""
        return self.headers.get("content-encoding", "identity").strip().lower() != "identity"

    def begin_stream(self) -> None:
        """From here on the host may not be silent for long."""
        self._limits.idle = IDLE_SECONDS

    def end_within(self, seconds: float) -> None:
        """From here on the rest may take that long at most, all of it together."""
        self._limits.end_within(seconds)

    def read(self, max_bytes: int = MAX_BODY_BYTES) -> bytes | HostError:
        """The whole body, and give the connection back; or the fault."""
        # A host may cut its body into a million parts, and a list of them would hold it many times.
        body = bytearray()
        while isinstance(part := self.next_chunk(max_bytes), bytes):
            body += part
        self.close()
        return bytes(body) if part is None else part

    def read_begun(self, max_bytes: int, seconds: float) -> bytes:
        """What of the body comes in that time, and before the answer is due; then close.

        For what only adds to a status: a host that stalls there must not cost the time in
        which another one could answer.
        """
        deadline = self._limits.deadline
        self.end_within(min(seconds, deadline.remaining_to_answer()))
        body = bytearray()
        while isinstance(part := self.next_chunk(max_bytes), bytes):
            body += part
        self.close()
        return bytes(body)

    def next_chunk(self, max_bytes: int = MAX_BODY_BYTES) -> bytes | HostError | None:
        """Wait for the next bytes of the body; None at its end, or the fault."""
        with self._reading:
            chunk = self._next()
        if self._closed:
            return Truncated("the line was closed on our side")
        if isinstance(chunk, bytes):
            self.received_bytes += len(chunk)
            if self.received_bytes > max_bytes:
                return BadPayload("the answer is over the size that is read", work=HostWork.PARTIAL)
        return chunk

    def _next(self) -> bytes | HostError | None:
        if self._closed:
            return None
        if self._limits.left() <= 0.0:
            return DeadlineExceeded("the answer took too long", work=HostWork.PARTIAL)
        failure: HostError
        try:
            if self._chunks is None:
                self._chunks = iter(self._body)
            chunk = next(self._chunks, None)
            self._ended = chunk is None
            return chunk
        except Exception as error:  # noqa: BLE001 - its frames hold the request
            failure = inside_answer(error, self._limits.deadline)
        return failure

    def finish(self) -> None:
        """The answer is complete: take its end off the line if it is there, then close."""
        self._limits.idle = _DRAIN_SECONDS
        self.next_chunk()
        self.close()

    def close(self) -> None:
        """Give the connection back, or drop it where the body is not at its end."""
        self._closed = True
        if not self._ended and not self._released and isinstance(self._line, TimedStream):
            self._line.abort()
        self._release()

    def _release(self) -> None:
        # A thread that reads holds the lock; it wakes, fails, and closes in its turn.
        if self._reading.acquire(blocking=False):
            try:
                if not self._released:
                    self._released = True
                    self._body.close()
            finally:
                self._reading.release()
