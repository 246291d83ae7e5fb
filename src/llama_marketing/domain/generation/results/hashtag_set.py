"""The result of a search for hashtags."""

from __future__ import annotations

from typing import Self

from llama_marketing.domain.compliance.hashtags import clean_hashtags
from llama_marketing.domain.generation.results.result import Result


class HashtagSet(Result):
    """The result of ``hashtag_generation``: valid hashtags with their ``#``, each once."""

    hashtags: tuple[str, ...]

    @property
    def text(self) -> str:
        """The hashtags in one line."""
        return " ".join(self.hashtags)

    def with_text(self, text: str) -> Self:
        """The hashtags of another line."""
        return self.model_copy(update={"hashtags": clean_hashtags(text.split())})

    @property
    def suggested_hashtags(self) -> tuple[str, ...]:
        """All of them."""
        return self.hashtags
