"""Entries for the tests of calendars."""

from __future__ import annotations

from typing import Any

from llama_marketing.domain.calendar.models import CalendarEntry


def entry(**fields: Any) -> CalendarEntry:
    """A post about coffee in December."""
    given: dict[str, Any] = {
        "date": "2026-12-05",
        "time": "09:30",
        "platform": "instagram",
        "type": "feed",
        "objective": "sales",
        "topic": "Café",
        "copy": "Café de altura",
        "hashtags": ("#Cafe", "#Chiapas"),
    }
    return CalendarEntry.read(given | fields)
