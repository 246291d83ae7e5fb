"""Facts about Meta's ads from the bundled TOML files, with the operator's rows laid over them."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import TypeVar

import attrs

from llama_marketing.adapters.package_data.files import read_rows
from llama_marketing.domain.ads.policies import PolicyRule
from llama_marketing.domain.ads.rules import AdRules, CallToAction, Objective, Placement
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.domain.model import Model
from llama_marketing.ports.ad_rules import AdRulesSource

ADS = "ads.toml"
POLICIES = "policies.toml"
_Row = TypeVar("_Row", bound=Model)


@attrs.define(eq=False)
class PackagedAdRules(AdRulesSource):
    """Reads ``ads.toml`` and ``policies.toml`` at the first use, once.

    ``override`` is the operator's folder with files of the same names. Safe between threads.
    """

    _override: Path | None = None
    _lock: Lock = attrs.field(factory=Lock, init=False, repr=False)
    _rules: AdRules | None = attrs.field(default=None, init=False, repr=False)

    def rules(self) -> AdRules:
        """The rules, always the same object.

        Raises SettingsError with the file and the row for what cannot be read or breaks a rule.
        """
        if self._rules is None:
            with self._lock:
                if self._rules is None:
                    self._rules = self._read()
        return self._rules

    def _read(self) -> AdRules:
        buttons = self._rows(CallToAction, ADS, "calls_to_action", "type")
        objectives = self._rows(Objective, ADS, "objectives", "id")
        placements = self._rows(Placement, ADS, "placements", "id")
        policies = self._rows(PolicyRule, POLICIES, "policies", "id")
        try:
            return AdRules(buttons, objectives, placements, policies)
        except InvalidRequest as error:
            raise SettingsError(f"{ADS}: {error}") from error

    def _rows(self, kind: type[_Row], file_name: str, table: str, key: str) -> tuple[_Row, ...]:
        rows = []
        for fields in read_rows(file_name, table, (key,), self._override):
            try:
                rows.append(kind.read(fields))
            except InvalidRequest as error:
                raise SettingsError(f"{file_name} [[{table}]] {fields[key]}: {error}") from error
        return tuple(rows)
