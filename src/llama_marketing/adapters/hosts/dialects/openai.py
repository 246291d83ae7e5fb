"""The dialect that most hosts speak: OpenAI's chat completions, as the host's row bends it.

``ChatReply.warnings`` are fixed words: ``dropped_parameter:<name>`` (put in by the client),
``usage_not_believable`` and ``unknown_finish_reason``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from llama_marketing.adapters.hosts.dialects.event_stream import EventStreamDialect
from llama_marketing.adapters.hosts.dialects.openai_answers import (
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
    ReplySchema,
    ServedModel,
)


@attrs.frozen
class OpenAiDialect(EventStreamDialect):
    """Chat completions; pure but for ``now``, which only dates a retry hint."""

    def request(self, target: HostTarget, call: ChatCall, stream: bool) -> HttpRequest:
        """The completion's request, with nothing in it that the row does not allow."""
        row = target.row
        body: dict[str, Any] = {
            "model": call.model,
            "messages": [chat_turn(message) for message in turns(call)],
            row.token_field: call.max_tokens,
            **sampling(row, call),
        }
        response_format = _response_format(row.json_mode, call.schema)
        if response_format is not None:
            body["response_format"] = response_format
        body["stream"] = stream
        if stream and row.stream_usage:
            body["stream_options"] = {"include_usage": True}
        body = laid_over(body, call.traits.extra_body)
        accept = self.stream_type if stream else "application/json"
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
        """Whether this is ``[DONE]``."""
        return event.data.startswith("[DONE]")

    def models(self, status: int, headers: Mapping[str, str], body: bytes) -> Sequence[ServedModel]:
        """Read ``{"data": [...]}`` or a bare array."""
        return read_models(headers, body)


def _response_format(mode: JsonMode, schema: ReplySchema | None) -> dict[str, Any] | None:
    if schema is None or mode is JsonMode.NONE:
        return None
    if mode is JsonMode.JSON_OBJECT:
        return {"type": "json_object"}
    if mode is JsonMode.JSON_OBJECT_SCHEMA:
        return {"type": "json_object", "schema": dict(schema.schema)}
    return {
        "type": "json_schema",
        "json_schema": {"name": schema.name, "schema": dict(schema.schema), "strict": True},
    }
