"""iCalendar as RFC 5545 wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from llama_marketing.domain.calendar.icalendar import LONGEST_LINE, calendar_ics
from llama_marketing.domain.calendar.models import CalendarEntry
from tests.unit.domain.calendar.samples import entry

MEXICO = ZoneInfo("America/Mexico_City")
MADE_AT = datetime(2026, 11, 28, 20, 0, 5, tzinfo=UTC)


def written(*entries: CalendarEntry) -> str:
    """The calendar ``gen1`` of Mexico City."""
    return calendar_ics(entries, "gen1", MEXICO, MADE_AT)


def test_an_entry_is_an_event_at_its_hour() -> None:
    """Half past nine in Mexico City is half past three in the afternoon UTC."""
    assert written(entry()).split("\r\n") == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//llama-marketing//content calendar//ES",
        "BEGIN:VEVENT",
        "UID:gen1-1@llama-marketing",
        "DTSTAMP:20261128T200005Z",
        "DTSTART:20261205T153000Z",
        "DTEND:20261205T154500Z",
        "SUMMARY:instagram (feed): Café",
        "DESCRIPTION:Café de altura\\n\\n#Cafe #Chiapas",
        "CATEGORIES:instagram,feed,sales",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_each_entry_has_an_id_of_its_own() -> None:
    """Importing the same calendar again changes its events and adds none."""
    text = written(entry(), entry(hashtags=()))

    assert text.count("UID:gen1-1@") == text.count("UID:gen1-2@") == 1
    assert "DESCRIPTION:Café de altura\r\n" in text
    assert "VEVENT" not in written()


def test_text_cannot_end_its_property() -> None:
    """Line ends, commas, semicolons and backslashes are escaped, control characters left out."""
    text = written(entry(topic="a\r\nEND:VCALENDAR", copy="x;y,z\\\x00\x07\r\tñ", hashtags=()))

    assert "SUMMARY:instagram (feed): a\\nEND:VCALENDAR\r\n" in text
    assert "DESCRIPTION:x\\;y\\,z\\\\\\n\tñ\r\n" in text
    assert text.count("\r\nEND:VCALENDAR\r\n") == 1


def test_a_long_line_is_folded_between_characters() -> None:
    """No part has more than 75 octets, and unfolded it is the text again."""
    copy = "ñandú 😀 " * 40
    text = written(entry(copy=copy.strip(), hashtags=()))

    assert max(len(line.encode()) for line in text.split("\r\n")) <= LONGEST_LINE
    assert f"DESCRIPTION:{copy.strip()}\r\n" in text.replace("\r\n ", "")
