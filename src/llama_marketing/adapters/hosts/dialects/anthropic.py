"""The dialect of Anthropic's Messages API.

Facts: Anthropic's API reference and errors page, anthropic 2.12.0; seen 2026-11-22. The
version stands in the row's ``headers``. A reply's ``warnings`` are those of the OpenAI
dialect.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from llama_marketing.adapters.hosts.dialects.answers import object_in
from llama_marketing.adapters.hosts.dialects.anthropic_answers import (
    FINISH,
    INPUT_FIELDS,
    MESSAGE_DELTA,
    MESSAGE_START,
    MESSAGE_STOP,
    event_kind,
    read_delta,
    read_models,
    read_reply,
)
from llama_marketing.adapters.hosts.dialects.event_stream import EventStreamDialect
from llama_marketing.adapters.hosts.dialects.json_body import has_too_many_values
from llama_marketing.adapters.hosts.dialects.request_body import (
    base64_text,
    chat_path,
    laid_over,
    post,
    sampling,
    system_text,
    turns,
)
from llama_marketing.adapters.sse.decoder import Decoder, ServerSentEvent
from llama_marketing.adapters.wire.request import HttpRequest
from llama_marketing.domain.catalog.hosts import JsonMode
from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatDelta,
    ChatReply,
    HostTarget,
    Message,
    Role,
    ServedModel,
)

_SAMPLING: Final = ("temperature", "top_p")
_UNTAKEN_BOUNDS: Final = frozenset(
    {
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
    }
)
"""Keywords that a schema may not hold: a 400 (agentjido/req_llm issue 302, memorize-everything
issue 93 of 2026-05-01, docs.rs systemprompt-models 0.44.0)."""
_NAMED_SCHEMAS: Final = frozenset({"properties", "$defs", "definitions"})
"""Keywords whose members are names of the caller's, not keywords."""


class AnthropicDecoder(Decoder):
    """Server-sent events, of which every ``message_delta`` tells its usage in full.

    ``message_start`` tells the input tokens, ``message_delta`` may tell the output alone.
    """

    __slots__ = ("_input_tokens",)

    def __init__(self) -> None:
        super().__init__()
        self._input_tokens: dict[str, Any] = {}

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """Answer the events that ``chunk`` completes, in order."""
        return [self._completed(event) for event in super().feed(chunk)]

    def end(self) -> ServerSentEvent | None:
        """Answer the event that the end of the body cut off, None where nothing is left."""
        event = super().end()
        return None if event is None else self._completed(event)

    def _completed(self, event: ServerSentEvent) -> ServerSentEvent:
        if has_too_many_values(event.data):
            # Whoever reads the stream refuses it; here it must not be parsed.
            return event
        kind = event_kind(event)
        if kind not in (MESSAGE_START, MESSAGE_DELTA):
            return event
        try:
            data = json.loads(event.data)
            if not isinstance(data, dict):
                return event
            usage = object_in(
                object_in(data, "message") if kind == MESSAGE_START else data, "usage"
            )
            self._input_tokens |= {
                name: usage[name] for name in INPUT_FIELDS if usage.get(name) is not None
            }
            if kind == MESSAGE_START or not usage:
                return event
            whole = {**data, "usage": {**usage, **self._input_tokens}}
            return event._replace(data=json.dumps(whole))
        except (ValueError, RecursionError):
            return event


@attrs.frozen
class AnthropicDialect(EventStreamDialect):
    """Messages; pure but for ``now``, which only dates a retry hint."""

    def decoder(self) -> AnthropicDecoder:
        """Server-sent events with whole usage."""
        return AnthropicDecoder()

    def request(self, target: HostTarget, call: ChatCall, stream: bool) -> HttpRequest:
        """The message's request, with nothing in it that the row does not allow."""
        messages = turns(call)
        sent = sampling(target.row, call)
        body: dict[str, Any] = {
            "model": call.model,
            "max_tokens": call.max_tokens,
            "messages": [_turn(message) for message in messages if message.role is not Role.SYSTEM],
            **{name: sent[name] for name in _SAMPLING if name in sent},
        }
        if system := system_text(messages):
            body["system"] = system
        if call.schema is not None and target.row.json_mode is JsonMode.JSON_SCHEMA:
            schema = _taken_schema(call.schema.schema)
            body["output_config"] = {"format": {"type": "json_schema", "schema": schema}}
        if stream:
            body["stream"] = True
        accept = self.stream_type if stream else "application/json"
        body = laid_over(body, call.traits.extra_body)
        return post(target, chat_path(target, call, stream), body, accept)

    def reply(self, status: int, headers: Mapping[str, str], body: bytes) -> ChatReply:
        """Read a whole message."""
        return read_reply(headers, body)

    def delta(self, event: ServerSentEvent) -> ChatDelta | None:
        """Read one event of a stream."""
        return read_delta(event)

    def knows_finish(self, word: str) -> bool:
        """Whether a reason is one that is known here."""
        return word in FINISH

    def ends(self, event: ServerSentEvent) -> bool:
        """Whether this is ``message_stop``."""
        return event_kind(event) == MESSAGE_STOP

    def models(self, status: int, headers: Mapping[str, str], body: bytes) -> Sequence[ServedModel]:
        """Read ``{"data": [...]}``."""
        return read_models(headers, body)


def _turn(message: Message) -> dict[str, Any]:
    if not message.images:
        return {"role": message.role.value, "content": message.content}
    parts: list[dict[str, Any]] = [
        {
            "type": "image",
            "source": {
                "type": "base64",
                "media_type": image.media_type,
                "data": base64_text(image),
            },
        }
        for image in message.images
    ]
    if message.content:
        # A block without text is a 400.
        parts.append({"type": "text", "text": message.content})
    return {"role": message.role.value, "content": parts}


def _taken_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema without the bounds that are refused; our reader checks them anyway."""
    return {
        name: _taken_value(name, value)
        for name, value in schema.items()
        if name not in _UNTAKEN_BOUNDS
    }


def _taken_value(name: str, value: object) -> object:
    if isinstance(value, list):
        return [_taken_schema(part) if isinstance(part, Mapping) else part for part in value]
    if not isinstance(value, Mapping):
        return value
    if name in _NAMED_SCHEMAS:
        return {key: _taken_value("", part) for key, part in value.items()}
    return _taken_schema(value)
