"""Reads the tables of the bundled TOML files, with the operator's rows laid over them."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Any

from llama_marketing.domain.errors import SettingsError

Row = dict[str, Any]


def read_rows(file_name: str, table: str, key: tuple[str, ...], override: Path | None) -> list[Row]:
    """The rows ``[[table]]`` of a bundled file, changed by the operator's file of the same name.

    An operator's row whose ``key`` fields equal a bundled row's replaces the fields it names;
    one with a new key is appended. Numbers with a point are Decimal, never float. The
    operator's folder may lack the file. Raises SettingsError, with the file's name, for a file
    that cannot be read, is not TOML, or holds a row without its key.
    """
    bundled = resources.files(__package__) / "files" / file_name
    rows = _parse(bundled.read_bytes(), file_name, table)
    merged = {_key_of(row, key, file_name, table): row for row in rows}
    if len(merged) != len(rows):
        raise SettingsError(f"{file_name}: two rows of [[{table}]] have the same key")
    for place, row in _override_rows(file_name, table, override):
        row_key = _key_of(row, key, place, table)
        merged[row_key] = _laid_over(merged.get(row_key, {}), row)
    return list(merged.values())


def _laid_over(bundled: Row, own: Row) -> Row:
    """A bundled row with the operator's fields over it.

    Who says a status anew, or points a retired host at another address, takes the bundled date
    of retirement away; it told of what the operator replaced.
    """
    row = bundled | own
    if "retired_on" not in own and ("status" in own or "base_url" in own):
        row.pop("retired_on", None)
        if "status" not in own and row.get("status") == "retired":
            row["status"] = "live"
    return row


def _override_rows(file_name: str, table: str, override: Path | None) -> list[tuple[str, Row]]:
    if override is None:
        return []
    path = override / file_name
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        if override.is_dir():
            return []
        raise SettingsError(f"{override} is not a folder") from None
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}") from error
    return [(str(path), row) for row in _parse(content, str(path), table)]


def _parse(content: bytes, place: str, table: str) -> list[Row]:
    try:
        tables = tomllib.loads(content.decode(), parse_float=Decimal)
    except ValueError as error:
        # Also what decode() raises: neither quotes more than a position.
        raise SettingsError(f"{place} is not valid TOML: {error}") from error
    rows = tables.get(table, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise SettingsError(f"{place}: {table} must be written as [[{table}]] rows")
    return rows


def _key_of(row: Row, key: tuple[str, ...], place: str, table: str) -> tuple[str, ...]:
    missing = [name for name in key if row.get(name) in (None, "")]
    if missing:
        raise SettingsError(
            f"{place}: a row of [[{table}]] lacks {', '.join(missing)}, part of its key"
        )
    return tuple(str(row[name]) for name in key)
