"""A kept calendar as a file for other programs."""

from __future__ import annotations

from datetime import datetime, tzinfo
from enum import StrEnum

from llama_marketing.domain.calendar.icalendar import calendar_ics
from llama_marketing.domain.calendar.spreadsheet import calendar_csv
from llama_marketing.domain.errors import NotFound
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.generation.models import GenerationResponse
from llama_marketing.domain.generation.results.content_calendar import ContentCalendar


class CalendarFormat(StrEnum):
    """In which form a calendar is taken along."""

    CSV = "csv"
    ICS = "ics"


def calendar_file(record: GenerationRecord, form: CalendarFormat, zone: tzinfo) -> str:
    """The calendar of a kept generation in that form; its hours are those of ``zone``.

    Raises NotFound for a generation that is no calendar.
    """
    response = None if record.response is None else GenerationResponse.read(record.response)
    if response is None or not isinstance(response.result, ContentCalendar):
        raise NotFound(
            f"generation {record.id} is no calendar",
            user_message="Esta generación no es un calendario de contenido.",
        )
    entries = response.result.entries
    if form is CalendarFormat.CSV:
        return calendar_csv(entries)
    return calendar_ics(entries, record.id, zone, datetime.fromisoformat(record.created_at))
