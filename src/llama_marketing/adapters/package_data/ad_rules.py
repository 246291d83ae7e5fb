"""Facts about Meta's ads from the bundled TOML files, with the operator's rows laid over them."""

from __future__ import annotations

import attrs

from llama_marketing.adapters.package_data.rows import PackagedRows
from llama_marketing.domain.ads.policies import PolicyRule
from llama_marketing.domain.ads.rules import AdRules, CallToAction, Objective, Placement
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.ports.ad_rules import AdRulesSource

ADS = "ads.toml"
POLICIES = "policies.toml"


@attrs.define(eq=False)
class PackagedAdRules(PackagedRows[AdRules], AdRulesSource):
    """Reads ``ads.toml`` and ``policies.toml`` at the first use, once.

    ``override`` is the operator's folder with files of the same names. Safe between threads.
    """

    def rules(self) -> AdRules:
        """The rules, always the same object.

        Raises SettingsError with the file and the row for what cannot be read or breaks a rule.
        """
        return self._once()

    def _read(self) -> AdRules:
        buttons = self._rows(CallToAction, ADS, "calls_to_action", "type")
        objectives = self._rows(Objective, ADS, "objectives", "id")
        placements = self._rows(Placement, ADS, "placements", "id")
        policies = self._rows(PolicyRule, POLICIES, "policies", "id")
        try:
            return AdRules(buttons, objectives, placements, policies)
        except InvalidRequest as error:
            raise SettingsError(f"{ADS}: {error}") from error
