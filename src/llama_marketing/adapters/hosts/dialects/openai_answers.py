"""Reads what OpenAI-shaped hosts answer, tolerant of every shape that was seen in the wild."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llama_marketing.adapters.hosts.dialects.answers import (
    answer_object,
    bounded,
    event_object,
    finish_of,
    finish_with,
    first_object,
    models_of,
    raise_told_error,
    warnings_of,
    window_of,
)
from llama_marketing.adapters.hosts.dialects.failures import failure_inside
from llama_marketing.adapters.hosts.dialects.json_body import (
    MAX_MODEL_ID,
    MAX_WORD,
    short_word,
)
from llama_marketing.adapters.hosts.dialects.reported_usage import believable_usage
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.chat.models import (
    ChatDelta,
    ChatReply,
    FinishReason,
    ReportedUsage,
    ServedModel,
)
from llama_marketing.domain.errors import BadPayload, HostWork

_FILTERED: Final = "content_filter"
FINISH: Final[Mapping[str, FinishReason]] = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,
    "tool_calls": FinishReason.STOP,
    "function_call": FinishReason.STOP,
    _FILTERED: FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "abort": FinishReason.ERROR,
    "error": FinishReason.ERROR,
}
"""Words of all servers that speak this shape."""
_CONTEXT_FIELDS: Final = ("max_model_len", "context_length", "context_window")


def read_reply(headers: Mapping[str, str], body: bytes) -> ChatReply:
    """Read a whole answer; raises a HostError where it is none."""
    data = answer_object(headers, body)
    choice = first_object(data.get("choices"))
    message = None if choice is None else choice.get("message")
    if choice is None or not isinstance(message, dict):
        raise BadPayload("the answer has no message")
    word = short_word(choice.get("finish_reason"), MAX_WORD)
    reported = _reported_usage(data)
    usage = believable_usage(reported)
    filtered = word == _FILTERED
    text = "" if filtered else _content(message.get("content"))
    return ChatReply(
        text=text,
        finish_reason=finish_with(
            finish_of(word, FINISH) or FinishReason.ERROR, word, bool(text.strip())
        ),
        host_finish=word,
        usage=usage,
        model=short_word(data.get("model"), MAX_MODEL_ID),
        refusal=filtered or bool(message.get("refusal")),
        warnings=warnings_of(reported, usage, word, FINISH),
    )


def read_delta(event: ServerSentEvent) -> ChatDelta | None:
    """Read one event of a stream, None where it says nothing; raises a HostError."""
    data = event_object(event)
    if data is None:
        return None
    raise_told_error(event, data)
    if _groq_error(data):
        raise failure_inside(data)
    reported = _reported_usage(data)
    usage = None if reported is None else believable_usage(reported)
    choices = data.get("choices")
    choice = first_object(choices)
    if choice is None:
        if choices:
            raise BadPayload("the stream's choices are none", work=HostWork.PARTIAL)
        return None if usage is None else ChatDelta(usage=usage)
    return _delta_of(choice, usage, short_word(data.get("model"), MAX_MODEL_ID))


def _delta_of(choice: dict[str, Any], usage: ReportedUsage | None, model: str) -> ChatDelta:
    delta = choice.get("delta")
    if not isinstance(delta, dict):
        delta = {}
    word = short_word(choice.get("finish_reason"), MAX_WORD)
    filtered = word == _FILTERED
    text = "" if filtered else bounded(_content(delta.get("content")))
    refusal = filtered or bool(delta.get("refusal"))
    return ChatDelta(text, finish_of(word, FINISH), word, usage, model, refusal)


def read_models(headers: Mapping[str, str], body: bytes) -> tuple[ServedModel, ...]:
    """Read ``{"data": [...]}`` or a bare array; raises a HostError where it is neither."""
    return models_of(headers, body, _context_window)


def _content(content: object) -> str:
    """A text, or the text parts of a list; anything else is no text."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    texts = (part.get("text") for part in content if isinstance(part, dict))
    return "".join(text for text in texts if isinstance(text, str))


def _reported_usage(data: dict[str, Any]) -> object:
    usage = data.get("usage")
    if usage is None and isinstance(groq := data.get("x_groq"), dict):
        return groq.get("usage")
    return usage


def _groq_error(data: dict[str, Any]) -> bool:
    groq = data.get("x_groq")
    return isinstance(groq, dict) and bool(groq.get("error"))


def _context_window(entry: Mapping[str, Any]) -> int | None:
    meta = entry.get("meta")
    # llama.cpp says it in ``meta``, as the window that the model was trained with.
    trained = meta.get("n_ctx_train") if isinstance(meta, dict) else None
    windows = (window_of(value) for value in (*map(entry.get, _CONTEXT_FIELDS), trained))
    return next((window for window in windows if window is not None), None)
