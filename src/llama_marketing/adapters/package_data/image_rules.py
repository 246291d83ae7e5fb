"""The limits on pictures from the bundled TOML file, with the operator's rows laid over them."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TypeVar

import attrs

from llama_marketing.adapters.package_data.files import read_rows
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.domain.imaging.placements import ImageLimit, ImagePlacement, ImageRules
from llama_marketing.domain.model import Model
from llama_marketing.ports.image_rules import ImageRulesSource

FILE = "images.toml"
_Row = TypeVar("_Row", bound=Model)


@attrs.define(eq=False)
class PackagedImageRules(ImageRulesSource):
    """Reads ``images.toml`` at the first use, once; safe between threads.

    ``override`` is the operator's folder with a file of the same name: a placement is laid over
    the bundled one by its ``id``, a limit by its ``rule_id``.
    """

    _override: Path | None = None
    _lock: Lock = attrs.field(factory=Lock, init=False, repr=False)
    _rules: ImageRules | None = attrs.field(default=None, init=False, repr=False)

    def rules(self) -> ImageRules:
        """The rules, always the same object.

        Raises SettingsError with the file and the row for what cannot be read or breaks a rule.
        """
        if self._rules is None:
            with self._lock:
                if self._rules is None:
                    self._rules = self._read()
        return self._rules

    def _read(self) -> ImageRules:
        placements = self._rows(ImagePlacement, "placements", "id")
        limits = self._rows(ImageLimit, "image_limits", "rule_id")
        try:
            return ImageRules(placements=placements, limits=limits)
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
