"""Reads what Anthropic's Messages API answers.

Facts: Anthropic's API reference, anthropic 2.12.0; seen 2026-11-22.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from llama_marketing.adapters.hosts.dialects.answers import (
    FinishTable,
    answer_object,
    bounded,
    event_object,
    finish_of,
    finish_with,
    models_of,
    object_in,
    raise_told_error,
    warnings_of,
    window_of,
)
from llama_marketing.adapters.hosts.dialects.json_body import MAX_MODEL_ID, MAX_WORD, short_word
from llama_marketing.adapters.hosts.dialects.reported_usage import (
    MAX_TOKENS,
    count_of,
    count_or_zero,
)
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.chat.models import (
    ChatDelta,
    ChatReply,
    FinishReason,
    ReportedUsage,
    ServedModel,
)
from llama_marketing.domain.errors import BadPayload

MESSAGE_START: Final = "message_start"
MESSAGE_DELTA: Final = "message_delta"
MESSAGE_STOP: Final = "message_stop"
_BLOCK_START: Final = "content_block_start"
_BLOCK_DELTA: Final = "content_block_delta"
_EVENTS: Final = frozenset(
    {MESSAGE_START, MESSAGE_DELTA, MESSAGE_STOP, _BLOCK_START, _BLOCK_DELTA, "content_block_stop"}
)

_READ_FIELD: Final = "cache_read_input_tokens"
_WRITE_FIELD: Final = "cache_creation_input_tokens"
INPUT_FIELDS: Final = ("input_tokens", _READ_FIELD, _WRITE_FIELD)
"""The parts of the input; none of them holds another."""

_REFUSAL: Final = "refusal"
FINISH: Final[FinishTable] = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    _REFUSAL: FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "tool_use": FinishReason.STOP,
    # Nobody asked for the host's own tools, so whoever wants to go on with them is not done.
    "pause_turn": FinishReason.ERROR,
}
"""The closed list of the reference."""


def read_reply(headers: Mapping[str, str], body: bytes) -> ChatReply:
    """Read a whole message; raises a HostError where it is none."""
    data = answer_object(headers, body)
    blocks = data.get("content")
    if not isinstance(blocks, list):
        raise BadPayload("the answer has no content")
    word = short_word(data.get("stop_reason"), MAX_WORD)
    reported = data.get("usage")
    usage = _believable_usage(reported)
    refusal = word == _REFUSAL
    text = "" if refusal else "".join(_block_text(block) for block in blocks)
    finish = finish_of(word, FINISH, FinishReason.ERROR) or FinishReason.ERROR
    return ChatReply(
        text=text,
        finish_reason=finish_with(finish, word, bool(text.strip())),
        host_finish=word,
        usage=usage,
        model=short_word(data.get("model"), MAX_MODEL_ID),
        refusal=refusal,
        warnings=warnings_of(reported, usage, word, FINISH),
    )


def read_delta(event: ServerSentEvent) -> ChatDelta | None:
    """Read one event of a stream, None where it says nothing; raises a HostError.

    Thinking, pings, and events and deltas of a name not known here say nothing.
    """
    data = event_object(event, _EVENTS)
    if data is None:
        return None
    raise_told_error(event, data)
    kind = _kind(event, data)
    if kind == MESSAGE_START:
        model = short_word(object_in(data, "message").get("model"), MAX_MODEL_ID)
        return ChatDelta(model=model) if model else None
    if kind == MESSAGE_DELTA:
        return _finish_delta(data)
    text = ""
    if kind == _BLOCK_START:
        text = _block_text(data.get("content_block"))
    elif kind == _BLOCK_DELTA and object_in(data, "delta").get("type") == "text_delta":
        text = _text(object_in(data, "delta"))
    return ChatDelta(bounded(text)) if text else None


def read_models(headers: Mapping[str, str], body: bytes) -> tuple[ServedModel, ...]:
    """Read ``{"data": [...]}``; raises a HostError where it is none."""
    return models_of(headers, body, lambda entry: window_of(entry.get("max_input_tokens")))


def event_kind(event: ServerSentEvent) -> str:
    """What an event is: by its name, or by its ``type`` where a proxy took the name away."""
    if event.event != "message":
        return event.event
    try:
        data = json.loads(event.data)
    except (ValueError, RecursionError):
        return event.event
    return _kind(event, data) if isinstance(data, dict) else event.event


def _kind(event: ServerSentEvent, data: Mapping[str, Any]) -> str:
    if event.event != "message":
        return event.event
    kind = data.get("type")
    return kind if isinstance(kind, str) else event.event


def _finish_delta(data: Mapping[str, Any]) -> ChatDelta | None:
    word = short_word(object_in(data, "delta").get("stop_reason"), MAX_WORD)
    usage = _believable_usage(data.get("usage"))
    if not word and usage is None:
        return None
    finish = finish_of(word, FINISH, FinishReason.ERROR)
    return ChatDelta("", finish, word, usage, "", word == _REFUSAL)


def _believable_usage(usage: object) -> ReportedUsage | None:
    """The three parts of the input summed; None where any number cannot be believed."""
    if not isinstance(usage, Mapping):
        return None
    counts = [count_of(usage.get("input_tokens"))]
    counts += [count_or_zero(usage.get(name)) for name in (_READ_FIELD, _WRITE_FIELD)]
    tokens_out = count_of(usage.get("output_tokens"))
    fresh, read, written = counts
    if fresh is None or read is None or written is None or tokens_out is None:
        return None
    total = fresh + read + written
    return ReportedUsage(total, tokens_out, read, written) if total <= MAX_TOKENS else None


def _block_text(block: object) -> str:
    """The text of a block of text; thinking and anything else has none."""
    if not isinstance(block, Mapping) or block.get("type") != "text":
        return ""
    return _text(block)


def _text(part: Mapping[str, Any]) -> str:
    text = part.get("text")
    return text if isinstance(text, str) else ""
