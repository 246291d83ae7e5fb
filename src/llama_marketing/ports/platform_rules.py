"""Port: the dated limits of the platforms."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.compliance.models import PlatformRules


class PlatformRulesSource(Protocol):
    """Gives the limits of every surface and field."""

    @abstractmethod
    def rules(self) -> PlatformRules:
        """The rules; the same object until the process ends. Raises SettingsError."""
