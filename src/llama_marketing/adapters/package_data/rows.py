"""Typed rows out of the bundled TOML files, read at the first use, once."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

import attrs

from llama_marketing.adapters.package_data.files import read_rows
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.domain.model import Model

_Kept = TypeVar("_Kept")
_Row = TypeVar("_Row", bound=Model)


@attrs.define(eq=False)
class PackagedRows(ABC, Generic[_Kept]):
    """What is made of the rows of some files; safe between threads.

    ``override`` is the operator's folder with files of the same names.
    """

    _override: Path | None = None
    _lock: Lock = attrs.field(factory=Lock, init=False, repr=False)
    _kept: _Kept | None = attrs.field(default=None, init=False, repr=False)

    @abstractmethod
    def _read(self) -> _Kept:
        """Make it of the files."""

    def _once(self) -> _Kept:
        """Always the same object; raises SettingsError as ``_read`` and ``_rows`` do."""
        if self._kept is None:
            with self._lock:
                if self._kept is None:
                    self._kept = self._read()
        return self._kept

    def _rows(self, kind: type[_Row], file_name: str, table: str, *key: str) -> tuple[_Row, ...]:
        """The rows of a table; raises SettingsError with the file and the row."""
        rows = []
        for fields in read_rows(file_name, table, key, self._override):
            try:
                rows.append(kind.read(fields))
            except InvalidRequest as error:
                name = " ".join(str(fields[part]) for part in key)
                raise SettingsError(f"{file_name} [[{table}]] {name}: {error}") from error
        return tuple(rows)
