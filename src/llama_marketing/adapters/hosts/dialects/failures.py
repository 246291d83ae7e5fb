"""Names the fault behind an OpenAI-shaped error, in all the shapes that hosts give it.

By status first, then by the code, last by the words of the message. The host's text is only
looked at, never passed on: it may quote the key. A code is passed on when it is one of those
known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import attrs

from llama_marketing.adapters.hosts.dialects.retry_hint import retry_hint
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    HostError,
    HostRateLimited,
    HostRetired,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    NoCredit,
    Refused,
)

PROMPT_TOO_LONG: Final = "El texto es demasiado largo para el modelo seleccionado. Acórtalo."
NOT_ACCEPTED: Final = "El proveedor no aceptó la solicitud."

_MODEL_CODES: Final = frozenset(
    {
        "model_not_found",
        "model_decommissioned",
        "model_not_available",
        "model_not_supported",
        "dedicated_endpoint_not_running",
    }
)
_CONTEXT_CODES: Final = frozenset(
    {"exceed_context_size_error", "context_length_exceeded", "context_window_exceeded"}
)
_CONTEXT_WORDS: Final = (
    "context length",
    "context size",
    "context window",
    "maximum context",
    "too long",
    "too many tokens",
)
_RATE_CODES: Final = frozenset(
    {
        "rate_limit_exceeded",
        "rate_limit_error",
        "dynamic_request_limited",
        "dynamic_token_limited",
        "capacity_exceeded",
    }
)
_REFUSAL_CODES: Final = frozenset({"content_filter", "content_policy_violation"})
_KEY_CODES: Final = frozenset({"invalid_api_key", "authentication_error", "invalid_authentication"})
_CREDIT_CODES: Final = frozenset({"insufficient_credits", "credit_limit", "account_suspended"})
_OTHER_CODES: Final = frozenset(
    {
        "invalid_request_error",
        "not_found_error",
        "api_error",
        "unavailable_error",
        "server_error",
        "tool_use_failed",
        "json_validate_failed",
        "extra_forbidden",
    }
)
_KNOWN_CODES: Final = (
    _MODEL_CODES
    | _CONTEXT_CODES
    | _RATE_CODES
    | _REFUSAL_CODES
    | _KEY_CODES
    | _CREDIT_CODES
    | _OTHER_CODES
)


@attrs.frozen(slots=True, repr=False)
class ErrorWords:
    """What an error body says: its codes and types, its message, a status of its own."""

    codes: frozenset[str] = frozenset()
    message: str = ""
    status: int | None = None

    @classmethod
    def read(cls, data: object) -> ErrorWords:
        """Collect the words of any known shape: object, text, detail, fault or flat."""
        if not isinstance(data, Mapping):
            return cls()
        inner = data.get("error")
        if not isinstance(inner, Mapping):
            inner = {"message": inner if isinstance(inner, str) else data.get("detail")}
        fault = data.get("fault")
        layers: list[Mapping[str, Any]] = [inner, data]
        if isinstance(fault, Mapping):
            layers.append(fault)
        values = [
            layer.get(name)
            for layer in layers
            for name in ("code", "type", "error_type", "status_code")
        ]
        texts = [layer.get(name) for layer in layers for name in ("message", "faultstring")]
        return cls(
            codes=frozenset(value.lower() for value in values if isinstance(value, str)),
            message=" ".join(text for text in texts if isinstance(text, str)).lower()[:2000],
            status=next((value for value in values if _is_fault_status(value)), None),
        )

    def has(self, codes: frozenset[str]) -> bool:
        """Whether one of the codes is among the host's."""
        return not codes.isdisjoint(self.codes)

    @property
    def tells_too_long(self) -> bool:
        """Whether the prompt does not fit the model."""
        return self.has(_CONTEXT_CODES) or any(word in self.message for word in _CONTEXT_WORDS)

    @property
    def tells_no_model(self) -> bool:
        """Whether the host does not serve the model."""
        return self.has(_MODEL_CODES) or "non-serverless model" in self.message


def has_error(data: Mapping[str, Any]) -> bool:
    """Whether a JSON object is an error in one of the shapes that a 200 answer may hold."""
    return bool(data.get("error")) or data.get("object") == "error"


def failure_of(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> HostError:
    """Name the fault behind a status other than 200."""
    try:
        words = ErrorWords.read(json.loads(body.decode("utf-8")))
    except (ValueError, RecursionError):
        words = ErrorWords()
    hint = retry_hint(headers, words.message, now)
    return _failure(status, words, hint, HostWork.NONE)


def failure_inside(data: Mapping[str, Any]) -> HostError:
    """Name the fault that an answer tells after its 200."""
    words = ErrorWords.read(data)
    if words.status is not None:
        return _failure(words.status, words, None, HostWork.PARTIAL)
    for codes, status in ((_RATE_CODES, 429), (_KEY_CODES, 401), (_CREDIT_CODES, 402)):
        if words.has(codes):
            return _failure(status, words, None, HostWork.PARTIAL)
    if words.has(_REFUSAL_CODES) or words.tells_no_model or words.tells_too_long:
        return _failure(400, words, None, HostWork.PARTIAL)
    return HostUnreachable(_told("the host failed inside its answer", words), work=HostWork.PARTIAL)


def _failure(status: int, words: ErrorWords, hint: float | None, work: HostWork) -> HostError:
    kind, user_message = _kind(status, words)
    return kind(
        _told(f"the host answered {status}", words),
        user_message=user_message,
        status=status,
        work=work,
        retry_after=hint if kind in (HostRateLimited, HostUnreachable) else None,
    )


def _kind(status: int, words: ErrorWords) -> tuple[type[HostError], str]:
    by_status = _STATUS_KINDS.get(status)
    if by_status is not None:
        return by_status, ""
    if status >= 500 or status == 408:
        return HostUnreachable, ""
    if words.has(_REFUSAL_CODES):
        return Refused, ""
    if status == 413 and words.has(_RATE_CODES):
        return HostRateLimited, ""
    if words.tells_too_long:
        return BadPayload, PROMPT_TOO_LONG
    if status == 404 or words.tells_no_model:
        return ModelNotServed, ""
    if status == 403 or words.has(_KEY_CODES):
        return BadKey, ""
    return BadPayload, NOT_ACCEPTED if status >= 400 else ""


_STATUS_KINDS: Final[Mapping[int, type[HostError]]] = {
    401: BadKey,
    402: NoCredit,
    410: HostRetired,
    412: NoCredit,
    429: HostRateLimited,
    498: HostRateLimited,
}


def _told(sentence: str, words: ErrorWords) -> str:
    known = sorted(words.codes & _KNOWN_CODES)
    return f"{sentence} ({known[0]})" if known else sentence


def _is_fault_status(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 400 <= value < 600
