"""The result of a social post."""

from __future__ import annotations

from typing import Self

from llama_marketing.domain.generation.results.result import Result


class SocialPost(Result):
    """The result of ``social_post``: the copy alone, and what may stand beside it."""

    content: str
    hashtags: tuple[str, ...] = ()
    emojis: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The copy."""
        return self.content

    def with_text(self, text: str) -> Self:
        """The same post with another copy."""
        return self.model_copy(update={"content": text})

    @property
    def suggested_hashtags(self) -> tuple[str, ...]:
        """Its hashtags."""
        return self.hashtags

    @property
    def suggested_emojis(self) -> tuple[str, ...]:
        """Its emojis."""
        return self.emojis
