"""Names the fault behind a host's error, in all the shapes that hosts give it.

By status first, then by the code, last by the words of the message. The host's text is only
looked at, never passed on: it may quote the key. A code is passed on when it is one of those
known here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from llama_marketing.adapters.hosts.dialects.error_words import ErrorWords
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


def has_error(data: Mapping[str, Any]) -> bool:
    """Whether a JSON object is an error in one of the shapes that a 200 answer may hold."""
    return bool(data.get("error")) or data.get("object") == "error"


def failure_of(status: int, headers: Mapping[str, str], body: bytes, now: datetime) -> HostError:
    """Name the fault behind a status other than 200."""
    try:
        words = ErrorWords.read(json.loads(body.decode("utf-8")))
    except (ValueError, RecursionError):
        words = ErrorWords()
    hint = None
    if not words.tells_day_quota:
        hint = retry_hint(headers, words.message, now, words.retry_delay)
    return _failure(status, words, hint, HostWork.NONE)


def failure_inside(data: Mapping[str, Any]) -> HostError:
    """Name the fault that an answer tells after its 200."""
    words = ErrorWords.read(data)
    if words.status is not None:
        return _failure(words.status, words, None, HostWork.PARTIAL)
    told = ((words.tells_rate, 429), (words.tells_bad_key, 401), (words.tells_no_credit, 402))
    for tells, status in told:
        if tells:
            return _failure(status, words, None, HostWork.PARTIAL)
    if words.tells_refusal or words.tells_no_model or words.tells_too_long:
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
    if words.tells_refusal:
        return Refused, ""
    if status == 413 and words.tells_rate:
        return HostRateLimited, ""
    if words.tells_too_long:
        return BadPayload, PROMPT_TOO_LONG
    if words.tells_no_credit:
        return NoCredit, ""
    if status == 404 or words.tells_no_model:
        return ModelNotServed, ""
    if status == 403 or words.tells_bad_key:
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
    return f"{sentence} ({words.known_code})" if words.known_code else sentence
