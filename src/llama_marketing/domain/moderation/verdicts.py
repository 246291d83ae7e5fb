"""What is known of a part's comments while it is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from llama_marketing.domain.moderation.batches import Batch
from llama_marketing.domain.moderation.reading import Judgement, read_judgements


@attrs.define
class Verdicts:
    """The comments of a part by their places; filled by its replies.

    Of a comment that was judged twice in one reply nothing counts, and it is not asked about
    again: somebody talks for it.
    """

    open: dict[int, str]
    """Texts that have no verdict yet, and may get one."""
    judged: dict[int, Judgement] = attrs.Factory(dict)

    @classmethod
    def about(cls, texts: Mapping[int, str]) -> Verdicts:
        """Nothing is known yet."""
        return cls(dict(texts))

    def take(self, items: tuple[Any, ...], batch: Batch) -> None:
        """Take what a reply to a batch is worth."""
        reading = read_judgements(items, batch)
        for place in reading.disputed:
            self.open.pop(place, None)
        for place, judgement in reading.judgements.items():
            if self.open.pop(place, None) is not None:
                self.judged[place] = judgement
