"""The pool of connections, over the network of our own."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpcore
import httpx

from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.network import (
    LOOK_SECONDS,
    GuardedBackend,
    Resolver,
    TimeLimits,
)

_KEEP_ALIVE_SECONDS: Final = 30.0

Origin = tuple[bytes, bytes, int | None]


class Compartments:
    """How many exchanges each origin has open: one that hangs must not take every line.

    Only origins with an open exchange are held, so the pool's own bound is theirs too.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: dict[Origin, int] = {}
        self._changed = threading.Condition()

    def enter(self, origin: Origin, seconds: float, limits: TimeLimits) -> float:
        """Wait for a place, and answer the seconds that are left; raises httpcore's PoolTimeout."""
        with self._changed:
            while self._open.get(origin, 0) >= self._most:
                look = min(seconds, limits.left(), LOOK_SECONDS)
                if look <= 0.0:
                    raise httpcore.PoolTimeout("the origin has all its lines in use")
                self._changed.wait_for(lambda: self._open.get(origin, 0) < self._most, look)
                seconds -= look
            self._open[origin] = self._open.get(origin, 0) + 1
        return min(seconds, limits.left())

    def leave(self, origin: Origin) -> None:
        """Give a place back."""
        with self._changed:
            self._open[origin] -= 1
            if not self._open[origin]:
                del self._open[origin]
            self._changed.notify_all()


class PooledTransport(httpx.BaseTransport):
    """httpx's transport over httpcore's pool with our own network below.

    Requests must carry a :class:`TimeLimits` in the place of each timeout.
    """

    def __init__(
        self,
        guard: EndpointGuard,
        max_connections: int,
        max_to_one_origin: int,
        resolver: Resolver,
        ssl_context: ssl.SSLContext | None,
    ) -> None:
        self._compartments = Compartments(max_to_one_origin)
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or httpcore.default_ssl_context(),
            max_connections=max_connections,
            max_keepalive_connections=max_connections,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
            network_backend=GuardedBackend(guard, resolver),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raises httpcore's exceptions."""
        url, timeouts = request.url, request.extensions["timeout"]
        origin = (url.raw_scheme, url.raw_host, url.port)
        left = self._compartments.enter(origin, timeouts["pool"], timeouts["connect"])
        extensions = {**request.extensions, "timeout": {**timeouts, "pool": left}}
        try:
            answer = self._pool.handle_request(_as_httpcore(request, extensions))
        except BaseException:
            self._compartments.leave(origin)
            raise
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_PooledBody(answer, lambda: self._compartments.leave(origin)),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Drop all connections."""
        self._pool.close()


def _as_httpcore(request: httpx.Request, extensions: dict[str, Any]) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        ),
        headers=request.headers.raw,
        content=request.content,
        extensions=extensions,
    )


class _PooledBody(httpx.SyncByteStream):
    """The body of an answer; closed once, by its one owner."""

    def __init__(self, answer: httpcore.Response, closed: Callable[[], None]) -> None:
        self._answer = answer
        self._closed = closed

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        try:
            self._answer.close()
        finally:
            self._closed()
