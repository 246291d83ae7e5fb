"""The platforms' limits from the bundled TOML file, with the operator's rows laid over them."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TypeVar

import attrs

from llama_marketing.adapters.package_data.files import read_rows
from llama_marketing.domain.compliance.models import LimitSpec, PlatformRules, Surface
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.domain.model import Model
from llama_marketing.ports.platform_rules import PlatformRulesSource

FILE = "limits.toml"
_Row = TypeVar("_Row", bound=Model)


@attrs.define(eq=False)
class PackagedPlatformRules(PlatformRulesSource):
    """Reads ``limits.toml`` at the first use, once.

    ``override`` is the operator's folder with a file of the same name: a surface is laid over
    the bundled one by its ``id``, a limit by its ``rule_id``. Safe between threads.
    """

    _override: Path | None = None
    _lock: Lock = attrs.field(factory=Lock, init=False, repr=False)
    _rules: PlatformRules | None = attrs.field(default=None, init=False, repr=False)

    def rules(self) -> PlatformRules:
        """The rules, always the same object.

        Raises SettingsError with the file and the row for what cannot be read or breaks a rule.
        """
        if self._rules is None:
            with self._lock:
                if self._rules is None:
                    self._rules = self._read()
        return self._rules

    def _read(self) -> PlatformRules:
        surfaces = self._rows(Surface, "surfaces", "id")
        limits = self._rows(LimitSpec, "limits", "rule_id")
        try:
            return PlatformRules(surfaces=surfaces, rows=limits)
        except InvalidRequest as error:
            raise SettingsError(f"{FILE}: {error}") from error

    def _rows(self, kind: type[_Row], table: str, key: str) -> tuple[_Row, ...]:
        rows = []
        for fields in read_rows(FILE, table, (key,), self._override):
            try:
                rows.append(kind.read(fields))
            except InvalidRequest as error:
                raise SettingsError(f"{FILE} [[{table}]] {fields[key]}: {error}") from error
        return tuple(rows)
