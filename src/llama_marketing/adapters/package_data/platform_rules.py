"""The platforms' limits from the bundled TOML file, with the operator's rows laid over them."""

from __future__ import annotations

import attrs

from llama_marketing.adapters.package_data.rows import PackagedRows
from llama_marketing.domain.compliance.models import LimitSpec, PlatformRules, Surface
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.ports.platform_rules import PlatformRulesSource

FILE = "limits.toml"


@attrs.define(eq=False)
class PackagedPlatformRules(PackagedRows[PlatformRules], PlatformRulesSource):
    """Reads ``limits.toml`` at the first use, once.

    ``override`` is the operator's folder with a file of the same name: a surface is laid over
    the bundled one by its ``id``, a limit by its ``rule_id``. Safe between threads.
    """

    def rules(self) -> PlatformRules:
        """The rules, always the same object.

        Raises SettingsError with the file and the row for what cannot be read or breaks a rule.
        """
        return self._once()

    def _read(self) -> PlatformRules:
        surfaces = self._rows(Surface, FILE, "surfaces", "id")
        limits = self._rows(LimitSpec, FILE, "limits", "rule_id")
        try:
            return PlatformRules(surfaces=surfaces, rows=limits)
        except InvalidRequest as error:
            raise SettingsError(f"{FILE}: {error}") from error
