"""The base of every typed result."""

from __future__ import annotations

from abc import abstractmethod
from typing import Self

from llama_marketing.domain.compliance.models import Finding
from llama_marketing.domain.model import Model


class Result(Model):
    """What one use case answers, read of a model's reply."""

    @property
    @abstractmethod
    def text(self) -> str:
        """The text that a person would paste; blank where the reply held nothing of use."""

    @abstractmethod
    def with_text(self, text: str) -> Self:
        """The same result with another copy, such as a shortened one."""

    @property
    def suggested_hashtags(self) -> tuple[str, ...]:
        """Valid hashtags beside the copy, each once."""
        return ()

    @property
    def suggested_emojis(self) -> tuple[str, ...]:
        """Emojis that fit the copy."""
        return ()

    @property
    def lines_beside(self) -> tuple[tuple[str, str], ...]:
        """Further texts that are published with the copy: (surface, text)."""
        return ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is to be said of its own texts, beside the verdict on the copy."""
        return ()

    @property
    def requires_human_review(self) -> bool:
        """Whether a person must look at it, whatever the platform's limits say."""
        return False
