"""Roll-ups: small sums that answer every view without reading the entries.

A sum can be added to, a mean cannot: so latency is kept as a sum and as a histogram, and
ratings as a sum and a count.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import reduce
from operator import add

from llama_marketing.domain.model import Model
from llama_marketing.domain.usage.entries import Outcome, UsageEntry

LATENCY_EDGES_MS = (
    50, 100, 150, 200, 300, 400, 500, 650, 800, 1_000, 1_250, 1_500, 2_000, 2_500, 3_000, 4_000,
    5_000, 6_500, 8_000, 10_000, 12_500, 15_000, 20_000, 30_000, 45_000, 60_000, 90_000, 120_000,
)  # fmt: skip
"""Upper edges of the latency buckets in milliseconds; one more bucket lies above the last."""


class RollUpKey(Model):
    """What a day's roll-up is about."""

    day: str
    provider: str
    model: str
    kind: str
    """The use case, or ``validation``."""


class Sums(Model):
    """The sums of a roll-up; adding two gives the roll-up of both."""

    operations: int = 0
    tokens_input: int = 0
    tokens_output: int = 0
    cost_pico_usd: int = 0
    unpriced: int = 0
    """Operations whose price is unknown; their cost is not in the sum."""
    latency_ms: int = 0
    failures: int = 0
    refusals: int = 0
    rating_sum: int = 0
    ratings: int = 0
    latency_histogram: tuple[int, ...] = ()
    """Counts by LATENCY_EDGES_MS; empty while there are none."""

    def __add__(self, other: Sums) -> Sums:
        mine, theirs = self.__dict__, other.__dict__
        return Sums(
            **{name: mine[name] + theirs[name] for name in _NUMBERS},
            latency_histogram=_add(self.latency_histogram, other.latency_histogram),
        )

    def __neg__(self) -> Sums:
        mine = self.__dict__
        return Sums(
            **{name: -mine[name] for name in _NUMBERS},
            latency_histogram=tuple(-count for count in self.latency_histogram),
        )

    def __sub__(self, other: Sums) -> Sums:
        return self + -other


_NUMBERS = tuple(name for name in Sums.model_fields if name != "latency_histogram")


class DayRollUp(Model):
    """The sums of one day, provider, model and use case."""

    key: RollUpKey
    sums: Sums


def key_of(entry: UsageEntry) -> RollUpKey:
    """The day's roll-up that an entry belongs to."""
    return RollUpKey(day=entry.day, provider=entry.provider, model=entry.model, kind=entry.kind)


NO_SUMS = Sums()


def total(sums: Iterable[Sums]) -> Sums:
    """All of them added up."""
    return reduce(add, sums, NO_SUMS)


def sums_of(entry: UsageEntry) -> Sums:
    """What one entry adds to its roll-ups; an adjustment adds money and tokens, no operation.

    An adjustment leaves ``unpriced`` alone: whether the operation had a price is told by its
    own entry.
    """
    cost, tally = entry.cost_pico_usd, entry.rating_tally
    if entry.adjusts:
        return Sums(
            tokens_input=entry.tokens_input,
            tokens_output=entry.tokens_output,
            cost_pico_usd=cost or 0,
        )
    return Sums(
        operations=1,
        tokens_input=entry.tokens_input,
        tokens_output=entry.tokens_output,
        cost_pico_usd=cost or 0,
        unpriced=int(cost is None),
        latency_ms=entry.latency_ms,
        failures=int(entry.outcome in (Outcome.FAILED, Outcome.ABORTED)),
        refusals=int(entry.outcome is Outcome.REFUSED),
        rating_sum=tally.rating_sum if tally else entry.quality_rating or 0,
        ratings=tally.ratings if tally else int(entry.quality_rating is not None),
        latency_histogram=latency_histogram(entry.latency_ms),
    )


_PLACES = range(len(LATENCY_EDGES_MS) + 1)
_ONE_OBSERVATION = tuple(tuple(int(place == one) for place in _PLACES) for one in _PLACES)


def latency_histogram(latency_ms: int) -> tuple[int, ...]:
    """A histogram with one observation in it."""
    return _ONE_OBSERVATION[bisect_left(LATENCY_EDGES_MS, latency_ms)]


def _add(left: tuple[int, ...], right: tuple[int, ...]) -> tuple[int, ...]:
    if not left or not right:
        return left or right
    return tuple(map(add, left, right))
