"""Images over HTTP, through the same guarded line as the hosts."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

import attrs
import httpcore

from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.request import HttpRequest
from llama_marketing.adapters.wire.transport import HostTransport
from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BlockedEndpoint,
    DeadlineExceeded,
    HostError,
    InvalidRequest,
)
from llama_marketing.domain.media import (
    FETCH_SECONDS,
    MAX_IMAGE_BYTES,
    NOT_FETCHED,
    image_of,
    too_slow,
    unfetched,
)
from llama_marketing.ports.media import MediaSource

MAX_URL_CHARACTERS: Final = 4096
"""The longest URL that is called."""

_ACCEPT: Final = "image/jpeg, image/png, image/webp, image/gif"
_BAD_URL: Final = "must be an https URL"

Fault = InvalidRequest | HostError


@functools.cache
def _trusted() -> ssl.SSLContext:
    """The public authorities, read once: that takes longer than most images."""
    return httpcore.default_ssl_context()


def _transport(guard: EndpointGuard) -> HostTransport:
    return HostTransport(guard, max_connections=1, ssl_context=_trusted())


@attrs.frozen
class HttpMediaSource(MediaSource):
    """Fetches each image over a line of its own, closed afterwards.

    The servers of images are many and are asked once: nothing is gained by keeping a line to
    them, so there is nothing to close.
    """

    guard: EndpointGuard
    transport: Callable[[EndpointGuard], HostTransport] = attrs.field(
        default=_transport, repr=False
    )

    def fetch(self, url: str, deadline: Deadline) -> ImagePart:
        """The image; a fault is raised here alone, so that no frame holds what a server said."""
        found = self._fetched(url, deadline)
        if isinstance(found, ImagePart):
            return found
        raise found

    def _fetched(self, url: str, deadline: Deadline) -> ImagePart | Fault:
        if not _may_be_called(url):
            return unfetched(_BAD_URL)
        latest = deadline.monotonic() + FETCH_SECONDS
        limit = attrs.evolve(deadline, expires_at=min(deadline.expires_at, latest), answer_by=None)
        body = self._body(url, limit)
        if isinstance(body, BlockedEndpoint):
            return BlockedEndpoint(str(body), user_message=NOT_FETCHED)
        if isinstance(body, DeadlineExceeded) and (
            limit.expires_at == deadline.expires_at or deadline.passed()
        ):
            return too_slow()
        image = None if isinstance(body, HostError) else image_of(body)
        return image or unfetched()

    def _body(self, url: str, limit: Deadline) -> bytes | HostError:
        """What a plain 200 brings; nothing for any other answer."""
        transport = self.transport(self.guard)
        try:
            answer = transport.open(HttpRequest("GET", url, {"accept": _ACCEPT}), limit)
            if isinstance(answer, HostError):
                return answer
            if answer.status != 200:
                answer.close()
                return b""
            return answer.read(MAX_IMAGE_BYTES)
        finally:
            transport.close()


def _may_be_called(url: str) -> bool:
    """Whether it is an http(s) URL with a host and without a user or a password in it."""
    if len(url) > MAX_URL_CHARACTERS or not url.isprintable():
        return False
    try:
        parts = urlsplit(url)
        told = bool(parts.hostname) and parts.port != 0
    except ValueError:
        # A port out of range, or half a bracket.
        return False
    return told and parts.scheme in ("http", "https") and "@" not in parts.netloc
