"""A calendar as iCalendar (RFC 5545), which every calendar program reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from llama_marketing.domain.calendar.models import CalendarEntry

LONGEST_LINE = 75
"""Octets of a line before it is folded (RFC 5545, 3.1)."""
DURATION = timedelta(minutes=15)
"""How long a publication blocks the calendar of who publishes it."""

_STAMP = "%Y%m%dT%H%M%SZ"
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


def calendar_ics(
    entries: Iterable[CalendarEntry], calendar_id: str, zone: tzinfo, made_at: datetime
) -> str:
    """One event an entry, at its hour in ``zone``; folded lines, ended by CR LF.

    ``calendar_id`` makes the events' ids, so that importing it again changes them and adds
    none. ``made_at`` is an aware moment.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//llama-marketing//content calendar//ES"]
    for number, entry in enumerate(entries, 1):
        lines += _event(entry, f"{calendar_id}-{number}@llama-marketing", zone, made_at)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(entry: CalendarEntry, uid: str, zone: tzinfo, made_at: datetime) -> list[str]:
    start = datetime.fromisoformat(f"{entry.date}T{entry.time}").replace(tzinfo=zone)
    begins = start.astimezone(UTC)
    said = "\n\n".join(text for text in (entry.copy, " ".join(entry.hashtags)) if text)
    kinds = f"{entry.platform.value},{entry.type.value},{entry.objective.value}"
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(uid)}",
        f"DTSTAMP:{made_at.astimezone(UTC).strftime(_STAMP)}",
        f"DTSTART:{begins.strftime(_STAMP)}",
        f"DTEND:{(begins + DURATION).strftime(_STAMP)}",
        f"SUMMARY:{_text(f'{entry.platform.value} ({entry.type.value}): {entry.topic}')}",
        f"DESCRIPTION:{_text(said)}",
        f"CATEGORIES:{kinds}",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    """A value of type TEXT: escaped, and without the control characters it cannot hold."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(char for char in lines if char in "\n\t" or (char >= " " and char != "\x7f"))
    return kept.translate(_ESCAPES)


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, never inside a character; each next starts blank."""
    part, size = "", 0
    for char in line:
        octets = len(char.encode("utf-8", "replace"))
        if size + octets > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + char, size + octets
    yield part
