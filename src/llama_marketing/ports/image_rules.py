"""Port: the dated limits on pictures."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.imaging.placements import ImageRules


class ImageRulesSource(Protocol):
    """Gives the limits of every placement."""

    @abstractmethod
    def rules(self) -> ImageRules:
        """The rules; the same object until the process ends. Raises SettingsError."""
