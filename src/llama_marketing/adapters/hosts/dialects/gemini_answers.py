"""Reads what Google's Gemini API answers.

Facts: Google's API reference, google-genai 3.4.0; seen 2026-11-22.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from llama_marketing.adapters.hosts.dialects.answers import (
    FinishTable,
    answer_object,
    bounded,
    entries_of,
    event_object,
    finish_of,
    first_object,
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
from llama_marketing.domain.errors import BadPayload, HostWork

_REFUSALS: Final = frozenset(
    {
        "SAFETY",
        "RECITATION",
        "LANGUAGE",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "IMAGE_SAFETY",
        "IMAGE_PROHIBITED_CONTENT",
        "IMAGE_RECITATION",
        "ESCALATION",
        "MODEL_ARMOR",
    }
)
_ERRORS: Final = frozenset(
    {
        "OTHER",
        "MALFORMED_RESPONSE",
        "MALFORMED_FUNCTION_CALL",
        "UNEXPECTED_TOOL_CALL",
        "TOO_MANY_TOOL_CALLS",
        "MISSING_THOUGHT_SIGNATURE",
        "NO_IMAGE",
        "IMAGE_OTHER",
        "PUP_LIMITED_DISABLED",
        "FINISH_REASON_UNSPECIFIED",
    }
)
FINISH: Final[FinishTable] = {
    "STOP": FinishReason.STOP,
    "MAX_TOKENS": FinishReason.LENGTH,
    "CONTINUATION": FinishReason.LENGTH,
    **dict.fromkeys(_REFUSALS, FinishReason.STOP),
    **dict.fromkeys(_ERRORS, FinishReason.ERROR),
}
"""The closed list of the reference."""
_INPUT_FIELD: Final = "promptTokenCount"
_OUTPUT_FIELDS: Final = ("candidatesTokenCount", "thoughtsTokenCount")
_NAME_PREFIX: Final = "models/"


def read_reply(headers: Mapping[str, str], body: bytes) -> ChatReply:
    """Read a whole answer; raises a HostError where it is none."""
    data = answer_object(headers, body)
    candidate = first_object(data.get("candidates"))
    blocked = _block_reason(data) if candidate is None else ""
    if candidate is None and not blocked:
        raise BadPayload("the answer has no candidate")
    candidate = candidate or {}
    word = short_word(candidate.get("finishReason"), MAX_WORD)
    reported = data.get("usageMetadata")
    usage = _believable_usage(reported)
    refusal = bool(blocked) or word in _REFUSALS
    finish = FinishReason.STOP if blocked else finish_of(word, FINISH, FinishReason.ERROR)
    return ChatReply(
        text="" if refusal else _text(candidate),
        finish_reason=finish or FinishReason.ERROR,
        host_finish=blocked or word,
        usage=usage,
        model=short_word(data.get("modelVersion"), MAX_MODEL_ID),
        refusal=refusal,
        warnings=warnings_of(reported, usage, word, FINISH),
    )


def read_delta(event: ServerSentEvent) -> ChatDelta | None:
    """Read one event of a stream, None where it says nothing; raises a HostError.

    The usage of an event is that of all events up to it, so it is told only where the answer
    is whole: who breaks off before gets an estimate, not a number that is too low.
    """
    data = event_object(event)
    if data is None:
        return None
    raise_told_error(event, data)
    candidates = data.get("candidates")
    candidate = first_object(candidates)
    if candidate is not None:
        return _delta_of(candidate, data)
    if candidates:
        raise BadPayload("the stream's candidates are none", work=HostWork.PARTIAL)
    reported = data.get("usageMetadata")
    if blocked := _block_reason(data):
        usage, model = _believable_usage(reported), _model(data)
        return ChatDelta("", FinishReason.STOP, blocked, usage, model, refusal=True)
    if not any(name in object_in(data, "usageMetadata") for name in _OUTPUT_FIELDS):
        return None
    usage = _believable_usage(reported)
    return None if usage is None else ChatDelta(usage=usage)


def read_models(headers: Mapping[str, str], body: bytes) -> tuple[ServedModel, ...]:
    """Read ``{"models": [...]}``; raises a HostError where it is none."""
    named = [
        (entry["name"].removeprefix(_NAME_PREFIX)[:MAX_MODEL_ID], entry.get("inputTokenLimit"))
        for entry in entries_of(headers, body, "models")
        if isinstance(entry.get("name"), str)
    ]
    return tuple(ServedModel(name, window_of(window)) for name, window in named if name)


def _delta_of(candidate: Mapping[str, Any], data: Mapping[str, Any]) -> ChatDelta:
    word = short_word(candidate.get("finishReason"), MAX_WORD)
    refusal = word in _REFUSALS
    return ChatDelta(
        text="" if refusal else bounded(_text(candidate)),
        finish_reason=finish_of(word, FINISH, FinishReason.ERROR),
        host_finish=word,
        usage=_believable_usage(data.get("usageMetadata")) if word else None,
        model=_model(data),
        refusal=refusal,
    )


def _block_reason(data: Mapping[str, Any]) -> str:
    return short_word(object_in(data, "promptFeedback").get("blockReason"), MAX_WORD)


def _model(data: Mapping[str, Any]) -> str:
    return short_word(data.get("modelVersion"), MAX_MODEL_ID)


def _text(candidate: Mapping[str, Any]) -> str:
    """The text of a candidate's parts, without what the model only thought."""
    parts = object_in(candidate, "content").get("parts")
    if not isinstance(parts, list):
        return ""
    texts = [
        part.get("text") for part in parts if isinstance(part, dict) and not part.get("thought")
    ]
    return "".join(text for text in texts if isinstance(text, str))


def _believable_usage(usage: object) -> ReportedUsage | None:
    """Thoughts are billed as output; None where any number cannot be believed.

    A counter of 0 is left out by the host. So that a counter that is missing does not pass for
    0, the total must then be the sum of the others. Cached tokens are a part of the prompt's,
    and count as 0 where they cannot be: they could only lower the price.
    """
    if not isinstance(usage, Mapping):
        return None
    counts = [count_or_zero(usage.get(name)) for name in (_INPUT_FIELD, *_OUTPUT_FIELDS)]
    tokens_in, told, thought = counts
    if tokens_in is None or told is None or thought is None or told + thought > MAX_TOKENS:
        return None
    total = count_of(usage.get("totalTokenCount"))
    whole = tokens_in + told + thought
    if usage.get(_INPUT_FIELD) is None or all(usage.get(name) is None for name in _OUTPUT_FIELDS):
        if total != whole:
            return None
    elif usage.get("totalTokenCount") is not None and (total is None or total < whole):
        return None
    cached = count_of(usage.get("cachedContentTokenCount")) or 0
    return ReportedUsage(tokens_in, told + thought, cached if cached <= tokens_in else 0)
