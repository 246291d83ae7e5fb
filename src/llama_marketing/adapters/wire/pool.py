"""The pool of connections, over the network of our own."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import Final

import httpcore
import httpx

from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.network import GuardedBackend, Resolver

_KEEP_ALIVE_SECONDS: Final = 30.0


class PooledTransport(httpx.BaseTransport):
    """httpx's transport over httpcore's pool with our own network below.

    Requests must carry a :class:`TimeLimits` in the place of each timeout.
    """

    def __init__(
        self,
        guard: EndpointGuard,
        max_connections: int,
        resolver: Resolver,
        ssl_context: ssl.SSLContext | None,
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or httpcore.default_ssl_context(),
            max_connections=max_connections,
            max_keepalive_connections=max_connections,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
            network_backend=GuardedBackend(guard, resolver),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raises httpcore's exceptions."""
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=request.url.raw_scheme,
                    host=request.url.raw_host,
                    port=request.url.port,
                    target=request.url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.content,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_PooledBody(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Drop all connections."""
        self._pool.close()


class _PooledBody(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
