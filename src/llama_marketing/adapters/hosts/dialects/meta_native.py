"""The dialect of Meta's Llama API in its own shape, which Meta closed on 2026-07-06.

It stays for who still has access. Facts: llama-api-client 0.6.0 of 2025-12-18, seen
2026-11-22. A reply's ``warnings`` are those of the OpenAI dialect.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from llama_marketing.adapters.hosts.dialects.event_stream import EventStreamDialect
from llama_marketing.adapters.hosts.dialects.meta_native_answers import (
    FINISH,
    read_delta,
    read_models,
    read_reply,
)
from llama_marketing.adapters.hosts.dialects.request_body import (
    chat_path,
    chat_turn,
    laid_over,
    post,
    sampling,
    turns,
)
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.adapters.wire.request import HttpRequest
from llama_marketing.domain.catalog.hosts import JsonMode
from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    ChatReply,
    HostTarget,
    ServedModel,
)

_SAMPLING: Final = ("temperature", "top_p")


@attrs.frozen
class MetaNativeDialect(EventStreamDialect):
    """Completion messages; pure but for ``now``, which only dates a retry hint."""

    def request(self, target: HostTarget, call: ChatCall, stream: bool) -> HttpRequest:
        """The completion's request, with nothing in it that the row does not allow."""
        row = target.row
        sent = sampling(row, call)
        body: dict[str, Any] = {
            "model": call.model,
            "messages": [chat_turn(message) for message in turns(call)],
            row.token_field: call.max_tokens,
            **{name: sent[name] for name in _SAMPLING if name in sent},
        }
        if call.schema is not None and row.json_mode is JsonMode.JSON_SCHEMA:
            # It takes no other kind, and no ``strict``.
            named = {"name": call.schema.name, "schema": dict(call.schema.schema)}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
        body["stream"] = stream
        accept = self.stream_type if stream else "application/json"
        body = laid_over(body, call.traits.extra_body)
        return post(target, chat_path(target, call, stream), body, accept)

    def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> ChatReply:
        """Read a whole answer."""
        return read_reply(headers, body)

    def delta(self, event: ServerSentEvent) -> ChatDelta | None:
        """Read one event of a stream."""
        return read_delta(event)

    def knows_finish(self, word: str) -> bool:
        """Whether a reason is one that is known here."""
        return word in FINISH

    def ends(self, event: ServerSentEvent) -> bool:
        """Whether this is ``[DONE]``: Meta has no such word, but a gateway may add it."""
        return event.data.startswith("[DONE]")

    def models(self, status: int, headers: Mapping[str, str], body: bytes) -> Sequence[ServedModel]:
        """Read ``{"data": [...]}``."""
        return read_models(headers, body)
