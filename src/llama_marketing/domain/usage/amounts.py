"""What an operation takes from a quota, counted in all three units at once."""

from __future__ import annotations

from llama_marketing.domain.model import Model
from llama_marketing.domain.vocabulary import QuotaUnit


class Amount(Model):
    """Pico-USD, tokens and generations; keeping all three lets a quota change its unit.

    An adjustment may be negative; every sum on a counter is of integers and exact.
    """

    cost: int = 0
    """Pico-USD; 0 where the price is unknown."""
    tokens: int = 0
    generations: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(
            cost=self.cost + other.cost,
            tokens=self.tokens + other.tokens,
            generations=self.generations + other.generations,
        )

    def __sub__(self, other: Amount) -> Amount:
        return Amount(
            cost=self.cost - other.cost,
            tokens=self.tokens - other.tokens,
            generations=self.generations - other.generations,
        )

    def in_unit(self, unit: QuotaUnit) -> int:
        """The count in one unit: pico-USD, tokens or generations."""
        if unit is QuotaUnit.USD:
            return self.cost
        return self.tokens if unit is QuotaUnit.TOKENS else self.generations


NOTHING = Amount()
