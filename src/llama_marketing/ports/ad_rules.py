"""Port: the dated facts about Meta's ads."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.ads.rules import AdRules


class AdRulesSource(Protocol):
    """Gives the buttons, objectives, placements and policies."""

    @abstractmethod
    def rules(self) -> AdRules:
        """The rules; the same object until the process ends. Raises SettingsError."""
