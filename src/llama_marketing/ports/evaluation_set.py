"""Port: what a model is tried on."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.evaluation.models import EvaluationSet


class EvaluationSetSource(Protocol):
    """Gives the labelled comments and the briefs."""

    @abstractmethod
    def evaluation_set(self) -> EvaluationSet:
        """All of it; the same object until the process ends. Raises SettingsError."""
