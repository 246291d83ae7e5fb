"""A calendar as CSV for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from llama_marketing.domain.calendar.models import CalendarEntry

HEADER = ("fecha", "hora", "plataforma", "tipo", "objetivo", "tema", "texto", "hashtags")
# Excel, LibreOffice and Google Sheets run a cell that begins so (OWASP, CSV injection, 2026-11);
# the full-width forms too, in some languages.
_RUN = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def calendar_csv(entries: Iterable[CalendarEntry]) -> str:
    """One header line and one row an entry, every cell quoted, lines ended by CR LF (RFC 4180).

    A cell that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    rows = [HEADER, *(_row(entry) for entry in entries)]
    return "".join(",".join(map(_cell, row)) + "\r\n" for row in rows)


def _row(entry: CalendarEntry) -> tuple[str, ...]:
    return (
        entry.date,
        entry.time,
        entry.platform.value,
        entry.type.value,
        entry.objective.value,
        entry.topic,
        entry.copy,
        " ".join(entry.hashtags),
    )


def _cell(text: str) -> str:
    safe = f"'{text}" if text.lstrip(" ").startswith(_RUN) else text
    return '"' + safe.replace('"', '""') + '"'
