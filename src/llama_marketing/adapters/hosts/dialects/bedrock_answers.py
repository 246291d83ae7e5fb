"""Reads what Bedrock's Converse answers, whole, in events and in faults.

Names of the faults: botocore 1.44.8, service model bedrock-runtime, and its sentences as users
report them (2026-11-22): open-science issue 53, vercel/ai issue 4163, LibreChat issue 12787.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from llama_marketing.adapters.hosts.dialects.answers import (
    answer_object,
    bounded,
    event_object,
    finish_of,
    finish_with,
    object_in,
    warnings_of,
)
from llama_marketing.adapters.hosts.dialects.bedrock_events import EXCEPTION
from llama_marketing.adapters.hosts.dialects.error_words import ErrorWords
from llama_marketing.adapters.hosts.dialects.failures import (
    NOT_ACCEPTED,
    PROMPT_TOO_LONG,
    failure_of,
)
from llama_marketing.adapters.hosts.dialects.json_body import MAX_WORD, short_word
from llama_marketing.adapters.hosts.dialects.reported_usage import count_of
from llama_marketing.adapters.hosts.dialects.retry_hint import retry_hint
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.chat.models import ChatDelta, ChatReply, FinishReason, ReportedUsage
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    NoCredit,
)

FINISH: Final[Mapping[str, FinishReason]] = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "tool_use": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "content_filtered": FinishReason.STOP,
    "guardrail_intervened": FinishReason.STOP,
    "malformed_model_output": FinishReason.ERROR,
    "malformed_tool_use": FinishReason.ERROR,
}
"""The enumeration of the service model."""
_REFUSALS: Final = frozenset({"content_filtered", "guardrail_intervened"})
_EVENTS: Final = frozenset({"contentBlockDelta", "messageStop", "metadata", EXCEPTION})

_KINDS: Final[Mapping[str, type[HostError]]] = {
    "accessdeniedexception": BadKey,
    "unrecognizedclientexception": BadKey,
    "invalidclienttokenid": BadKey,
    "expiredtoken": BadKey,
    "expiredtokenexception": BadKey,
    "invalidsignatureexception": BadKey,
    "signaturedoesnotmatch": BadKey,
    "incompletesignature": BadKey,
    "incompletesignatureexception": BadKey,
    "missingauthenticationtoken": BadKey,
    "missingauthenticationtokenexception": BadKey,
    "requestexpired": BadKey,
    "resourcenotfoundexception": ModelNotServed,
    "throttlingexception": HostRateLimited,
    "servicequotaexceededexception": HostRateLimited,
    "modelnotreadyexception": HostUnreachable,
    "modeltimeoutexception": HostUnreachable,
    "modelerrorexception": HostUnreachable,
    "modelstreamerrorexception": HostUnreachable,
    "serviceunavailableexception": HostUnreachable,
    "internalserverexception": HostUnreachable,
    "internalfailure": HostUnreachable,
    "validationexception": BadPayload,
}
"""By the fault's type in lower case: a stream spells it with a small first letter."""
_NO_MODEL: Final = (
    "access to the model",
    "model access is denied",
    "model identifier is invalid",
    "on-demand throughput isn",
    "end of its life",
)
_NO_CREDIT: Final = ("invalid_payment_instrument",)


def read_reply(headers: Mapping[str, str], body: bytes) -> ChatReply:
    """Read a whole answer; raises a HostError where it is none."""
    data = answer_object(headers, body)
    content = object_in(object_in(data, "output"), "message").get("content")
    if not isinstance(content, list):
        raise BadPayload("the answer has no message")
    word = short_word(data.get("stopReason"), MAX_WORD)
    reported = data.get("usage")
    usage = believable_usage(reported)
    text = "".join(_text(block) for block in content)
    finish = finish_of(word, FINISH, FinishReason.ERROR) or FinishReason.ERROR
    return ChatReply(
        text=text,
        finish_reason=finish_with(finish, word, bool(text.strip())),
        host_finish=word,
        usage=usage,
        refusal=word in _REFUSALS,
        warnings=warnings_of(reported, usage, word, FINISH),
    )


def read_delta(event: ServerSentEvent) -> ChatDelta | None:
    """Read one event of a stream, None where it says nothing; raises a HostError."""
    if event.event not in _EVENTS:
        return None
    data = event_object(event, _EVENTS)
    if data is None:
        return None
    if event.event == EXCEPTION:
        raise _failure(
            "the host failed inside its answer", data.get("type"), data.get("message"), None
        )
    if event.event == "contentBlockDelta":
        text = bounded(_text(data.get("delta")))
        return ChatDelta(text) if text else None
    if event.event == "metadata":
        usage = believable_usage(data.get("usage"))
        return None if usage is None else ChatDelta(usage=usage)
    word = short_word(data.get("stopReason"), MAX_WORD)
    finish = finish_of(word, FINISH, FinishReason.ERROR)
    return ChatDelta(finish_reason=finish, host_finish=word, refusal=word in _REFUSALS)


def believable_usage(usage: object) -> ReportedUsage | None:
    """Read Converse's ``usage``; None where it cannot be believed.

    What was read from the cache and written to it stands beside ``inputTokens``; the input is
    the sum of the three.
    """
    if not isinstance(usage, Mapping):
        return None
    fresh, tokens_out = count_of(usage.get("inputTokens")), count_of(usage.get("outputTokens"))
    if fresh is None or tokens_out is None:
        return None
    total = usage.get("totalTokens")
    if total is not None and (count_of(total) or 0) < fresh + tokens_out:
        return None
    cached = count_of(usage.get("cacheReadInputTokens")) or 0
    written = count_of(usage.get("cacheWriteInputTokens")) or 0
    return ReportedUsage(fresh + cached + written, tokens_out, cached, written)


def failure_of_status(
    status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> HostError:
    """Name the fault behind a status other than 200.

    By the status where that alone decides who is asked next, then by the type, else as at
    other hosts.
    """
    try:
        data = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        data = {}
    words: dict[str, Any] = data if isinstance(data, dict) else {}
    kind = headers.get("x-amzn-errortype") or words.get("__type") or words.get("code")
    message = words.get("message") or words.get("Message")
    by_status = _kind_of(status)
    if by_status is None and _type_name(kind) not in _KINDS:
        return failure_of(status, headers, body, now)
    sentence, hint = f"the host answered {status}", retry_hint(headers, "", now)
    if by_status is None:
        failure = _failure(sentence, kind, message, hint)
    else:
        failure = by_status(_told(sentence, _type_name(kind)), retry_after=hint)
    failure.status = status
    failure.work = HostWork.NONE
    return failure


def _kind_of(status: int) -> type[HostError] | None:
    """What a status means whatever type stands beside it; 424 is a model that failed."""
    if status == 429:
        return HostRateLimited
    return HostUnreachable if status in (408, 424) or status >= 500 else None


def _told(sentence: str, name: str) -> str:
    """A fault's sentence; it names the type only where that is a known one."""
    return f"{sentence} ({name})" if name in _KINDS else sentence


def _failure(sentence: str, kind: object, message: object, hint: float | None) -> HostError:
    """The fault of a type."""
    name = _type_name(kind)
    made, user_message = _kind(name, message.lower()[:2000] if isinstance(message, str) else "")
    return made(
        _told(sentence, name),
        user_message=user_message,
        work=HostWork.PARTIAL,
        retry_after=hint if made in (HostRateLimited, HostUnreachable) else None,
    )


def _kind(name: str, message: str) -> tuple[type[HostError], str]:
    kind = _KINDS.get(name, HostUnreachable)
    if kind not in (BadKey, BadPayload):
        return kind, ""
    if any(words in message for words in _NO_CREDIT):
        return NoCredit, ""
    if any(words in message for words in _NO_MODEL):
        return ModelNotServed, ""
    if kind is BadKey:
        return BadKey, ""
    too_long = ErrorWords(message=message).tells_too_long
    return BadPayload, PROMPT_TOO_LONG if too_long else NOT_ACCEPTED


def _type_name(kind: object) -> str:
    """``aws.service#ThrottlingException:http://...`` without what stands around it."""
    text = kind if isinstance(kind, str) else ""
    return text.partition(":")[0].rpartition("#")[2].strip().lower()[:MAX_WORD]


def _text(block: object) -> str:
    text = block.get("text") if isinstance(block, dict) else None
    return text if isinstance(text, str) else ""
