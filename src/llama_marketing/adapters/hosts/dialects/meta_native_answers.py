"""Reads what Meta's Llama API answered in its own shape, until 2026-07-06.

Facts: llama-api-client 0.6.0 and strands-agents' reader of it, seen 2026-11-22.
"""

from __future__ import annotations

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
)
from llama_marketing.adapters.hosts.dialects.json_body import MAX_MODEL_ID, MAX_WORD, short_word
from llama_marketing.adapters.hosts.dialects.reported_usage import believable_usage
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.chat.models import (
    ChatDelta,
    ChatReply,
    FinishReason,
    ReportedUsage,
    ServedModel,
)
from llama_marketing.domain.errors import BadPayload

FINISH: Final[FinishTable] = {
    "stop": FinishReason.STOP,
    "tool_calls": FinishReason.STOP,
    "length": FinishReason.LENGTH,
}
"""The words of the client's types."""
_METRICS: Final[Mapping[str, str]] = {
    "num_prompt_tokens": "prompt_tokens",
    "num_completion_tokens": "completion_tokens",
    "num_total_tokens": "total_tokens",
}


def read_reply(headers: Mapping[str, str], body: bytes) -> ChatReply:
    """Read a whole answer; raises a HostError where it is none."""
    data = answer_object(headers, body)
    message = data.get("completion_message")
    if not isinstance(message, dict):
        raise BadPayload("the answer has no message")
    word = short_word(message.get("stop_reason"), MAX_WORD)
    reported = data.get("metrics")
    usage = _believable_usage(reported)
    text = _text(message.get("content"))
    return ChatReply(
        text=text,
        finish_reason=finish_with(
            finish_of(word, FINISH) or FinishReason.ERROR, word, bool(text.strip())
        ),
        host_finish=word,
        usage=usage,
        model=short_word(data.get("model"), MAX_MODEL_ID),
        warnings=warnings_of(reported or None, usage, word, FINISH),
    )


def read_delta(event: ServerSentEvent) -> ChatDelta | None:
    """Read one event of a stream, None where it says nothing; raises a HostError.

    The metrics come in an event of their own, after the one that is ``complete``.
    """
    data = event_object(event)
    if data is None:
        return None
    raise_told_error(event, data)
    inner = object_in(data, "event")
    text = bounded(_text(inner.get("delta")))
    word = short_word(inner.get("stop_reason"), MAX_WORD)
    usage = _believable_usage(inner.get("metrics"))
    if not text and not word and usage is None:
        return None
    return ChatDelta(text, finish_of(word, FINISH), word, usage)


def read_models(headers: Mapping[str, str], body: bytes) -> tuple[ServedModel, ...]:
    """Read ``{"data": [...]}``; raises a HostError where it is none."""
    return models_of(headers, body)


def _text(content: object) -> str:
    """A text, or an object of the type text; a tool call has none."""
    if isinstance(content, Mapping) and content.get("type", "text") == "text":
        content = content.get("text")
    return content if isinstance(content, str) else ""


def _believable_usage(metrics: object) -> ReportedUsage | None:
    """Read ``[{"metric": "num_prompt_tokens", "value": 12.0}]``; the last of a name counts."""
    if not isinstance(metrics, list):
        return None
    usage: dict[str, Any] = {}
    for metric in metrics:
        name = metric.get("metric") if isinstance(metric, Mapping) else None
        if isinstance(name, str) and name in _METRICS:
            usage[_METRICS[name]] = _whole(metric.get("value"))
    return believable_usage(usage)


def _whole(value: object) -> object:
    """A number without a fraction as an integer; everything else as it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
