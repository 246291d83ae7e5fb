"""The result of an analysis of how a brand speaks."""

from __future__ import annotations

from typing import Self

from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.vocabulary import Address


class BrandVoice(Result):
    """The result of ``brand_voice``.

    ``vocabulary`` are words the brand uses, ``avoid`` words it does not, ``examples`` sentences
    in its voice.
    """

    summary: str
    tone: str
    traits: tuple[str, ...]
    vocabulary: tuple[str, ...]
    avoid: tuple[str, ...]
    address: Address
    examples: tuple[str, ...]

    @property
    def text(self) -> str:
        """The summary, which can be sent as a brand voice."""
        return self.summary

    def with_text(self, text: str) -> Self:
        """The same voice with another summary."""
        return self.model_copy(update={"summary": text})
