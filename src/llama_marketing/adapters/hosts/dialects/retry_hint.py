"""Reads how long a host asks to wait, in every dialect that hosts use for it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

MAX_SECONDS: Final = 120.0
"""A longer hint is cut to this."""

_UNITS: Final = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6}
_DURATION: Final = re.compile(r"(?:\d{1,9}(?:\.\d{1,12})?(?:h|ms|m|us|µs|s))+", re.ASCII)
_PART: Final = re.compile(r"(\d{1,9}(?:\.\d{1,12})?)(h|ms|m|us|µs|s)", re.ASCII)
_PROSE: Final = re.compile(rf"try again in ({_DURATION.pattern})", re.ASCII | re.IGNORECASE)
_LEFT: Final = "x-ratelimit-remaining-"
_RESET: Final = "x-ratelimit-reset-"
_NUMBER: Final = re.compile(r"\d{1,18}(?:\.\d{1,12})?", re.ASCII)


def utc_now() -> datetime:
    """The time that dates a hint where the answer has no date of its own."""
    return datetime.now(UTC)


def retry_hint(
    headers: Mapping[str, str], text: str, now: datetime, delay: str = ""
) -> float | None:
    """Seconds to wait, from 0 to 120, or None where the host gives no hint that can be read.

    Looks at ``retry-after-ms``, ``retry-after`` (a number, a date, a duration as Go writes
    it), ``delay`` (a duration of the error's own, such as Google's ``retryDelay``), the
    sentence "try again in 1m0.36s" in ``text``, and last at when a limit that is used up
    starts anew. A date in the past is 0. ``now`` is used where the answer has no date of its
    own.
    """
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return min(milliseconds / 1000.0, MAX_SECONDS)
    value = headers.get("retry-after", "").strip()
    seconds = _number(value)
    if seconds is None:
        seconds = _duration(value)
    if seconds is None:
        seconds = _until(value, headers.get("date", ""), now)
    if seconds is None:
        seconds = _duration(delay)
    if seconds is None and (prose := _PROSE.search(text[:2000])) is not None:
        seconds = _duration(prose[1])
    if seconds is None:
        seconds = _reset(headers)
    return None if seconds is None else min(max(seconds, 0.0), MAX_SECONDS)


def _number(text: str) -> float | None:
    return float(text) if _NUMBER.fullmatch(text.strip()) else None


def _duration(text: str) -> float | None:
    if not _DURATION.fullmatch(text):
        return None
    return math.fsum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))


def _reset(headers: Mapping[str, str]) -> float | None:
    """The latest ``x-ratelimit-reset-*`` of the limits of which nothing is left.

    Groq sends both on every answer (console.groq.com/docs/rate-limits, seen 2026-11-22), so a
    reset alone says nothing; only durations count, as the hosts that send numbers mean
    different things by them.
    """
    waits = (
        _duration(headers.get(_RESET + name.removeprefix(_LEFT), "").strip())
        for name, left in headers.items()
        if name.startswith(_LEFT) and _number(left) == 0
    )
    return max((wait for wait in waits if wait is not None), default=None)


def _until(text: str, sent: str, now: datetime) -> float | None:
    moment = _moment(text)
    if moment is None:
        return None
    return (moment - (_moment(sent) or now)).total_seconds()


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ArithmeticError, LookupError, TypeError, ValueError):
        # All that the parser raises for a year, an hour or a zone that no calendar has.
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
