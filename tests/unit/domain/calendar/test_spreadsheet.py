"""CSV: what was written comes back, and no spreadsheet runs it."""

from __future__ import annotations

import csv

import pytest

from llama_marketing.domain.calendar.spreadsheet import HEADER, calendar_csv
from tests.unit.domain.calendar.samples import entry


def test_a_calendar_is_a_header_and_one_row_an_entry() -> None:
    """Commas, quotes and line ends of a text stay in their cell."""
    text = calendar_csv([entry(), entry(copy='Dos\n"líneas", ñ')])

    assert text.endswith("\r\n")
    header, first, second = csv.reader(text.splitlines(keepends=True))
    assert tuple(header) == HEADER
    assert first == [
        "2026-12-05", "09:30", "instagram", "feed", "sales", "Café", "Café de altura",
        "#Cafe #Chiapas",
    ]  # fmt: skip
    assert second[6] == 'Dos\n"líneas", ñ'


@pytest.mark.parametrize("text", ["=1+1", "+52", "-2", "@SUM(A1)", "\t=1", "  =1", "＝1", "\r=1"])
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(text: str) -> None:
    """In every column of free text."""
    row = calendar_csv([entry(topic=text, copy=text)]).partition("\r\n")[2]

    assert row.count(f'"\'{text}"') == 2


def test_no_entries_are_a_header_alone() -> None:
    """Hashtags are no formulas."""
    assert calendar_csv([]) == ",".join(f'"{name}"' for name in HEADER) + "\r\n"
    assert '"#Cafe #Chiapas"' in calendar_csv([entry()])
