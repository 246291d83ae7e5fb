"""What the dialects that stream server-sent events have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import attrs

from llama_marketing.adapters.hosts.dialects.answers import stray_failure
from llama_marketing.adapters.hosts.dialects.dialect import Dialect
from llama_marketing.adapters.hosts.dialects.failures import failure_of
from llama_marketing.adapters.hosts.dialects.request_body import get
from llama_marketing.adapters.hosts.dialects.retry_hint import utc_now
from llama_marketing.adapters.sse.decoder import Decoder
from llama_marketing.adapters.wire.request import HttpRequest
from llama_marketing.domain.chat.models import HostTarget
from llama_marketing.domain.errors import HostError


@attrs.frozen
class EventStreamDialect(Dialect):
    """A dialect over server-sent events; pure but for ``now``, which only dates a retry hint."""

    now: Callable[[], datetime] = utc_now
    stream_type: str = "text/event-stream"

    def decoder(self) -> Decoder:
        """Server-sent events."""
        return Decoder()

    def stray(self, line: bytes) -> HostError | None:
        """The fault in a bare JSON object that stands in the stream without ``data:``."""
        return stray_failure(line)

    def models_request(self, target: HostTarget) -> HttpRequest:
        """The request for the models that the host lists."""
        return get(target, target.row.models_path)

    def failure(self, status: int, headers: Mapping[str, str], body: bytes) -> HostError:
        """Name the fault behind a status other than 200."""
        return failure_of(status, headers, body, self.now())
