"""A kept calendar becomes a file; nothing else does."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from llama_marketing.domain.errors import NotFound
from llama_marketing.domain.generation.calendar_files import CalendarFormat, calendar_file
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.testing.samples import sample_response
from tests.unit.domain.calendar.samples import entry


def record(response: dict[str, Any] | None) -> GenerationRecord:
    """A kept generation of that answer."""
    return GenerationRecord(
        id="gen1",
        created_at="2026-11-28T20:00:05.000000Z",
        expires_at="2027-02-28T20:00:05.000000Z",
        request={},
        response=response,
    )


def test_a_calendar_is_written_in_either_form() -> None:
    """Stamped by when it was made, under the generation's id."""
    kept = sample_response().model_dump(mode="json")
    kept |= {"use_case": "content_calendar", "result": {"entries": [entry().model_dump()]}}

    table = calendar_file(record(kept), CalendarFormat.CSV, UTC)
    events = calendar_file(record(kept), CalendarFormat.ICS, UTC)
    assert '"Café de altura"' in table
    assert "UID:gen1-1@llama-marketing\r\nDTSTAMP:20261128T200005Z\r\n" in events
    assert "DTSTART:20261205T093000Z" in events


@pytest.mark.parametrize("response", [None, sample_response().model_dump(mode="json")])
def test_what_is_no_calendar_is_not_found(response: dict[str, Any] | None) -> None:
    """A generation that failed, or of another use case."""
    with pytest.raises(NotFound, match="gen1 is no calendar") as caught:
        calendar_file(record(response), CalendarFormat.CSV, UTC)
    assert "calendario" in caught.value.user_message
