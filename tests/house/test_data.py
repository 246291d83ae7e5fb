"""Facts in data files carry the day they were read and where."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.house.sources import PACKAGE

FILES = sorted((PACKAGE / "adapters" / "package_data" / "files").rglob("*.toml"))
NAMES = {"placements", "surfaces"}
"""Tables that only name things of ours; what is known of them stands in dated rows."""


def rows(content: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row of every table of a file, or the whole file where it is one row."""
    if not any(isinstance(value, list) for value in content.values()):
        yield "file", content
    for table, value in content.items():
        if isinstance(value, list) and table not in NAMES:
            for number, row in enumerate(value, 1):
                yield f"[[{table}]] {row.get('id', number)}", row


def test_there_is_data() -> None:
    """The rules below would hold for an empty folder too."""
    assert {path.name for path in FILES} >= {"hosts.toml", "limits.toml", "models.toml"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_row_has_a_date_and_a_source(path: Path) -> None:
    """Who doubts a number finds when and where it was read."""
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    listed = list(rows(content))

    assert listed
    undated = [name for name, row in listed if not isinstance(row.get("as_of"), date)]
    unsourced = [name for name, row in listed if not str(row.get("source", "")).strip()]
    assert (undated, unsourced) == ([], [])
