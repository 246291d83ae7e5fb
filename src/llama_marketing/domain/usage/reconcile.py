"""Reconciling: what a month's counter and roll-ups say, against what their parts add up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from llama_marketing.domain.model import Model
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.amounts import NOTHING, Amount
from llama_marketing.domain.usage.books import Counter, Hold
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.rollups import (
    NO_SUMS,
    DayRollUp,
    RollUpKey,
    Sums,
    key_of,
    sums_of,
)


class Difference(Model):
    """One figure of a client's books that is not what its parts add up to.

    ``what`` names it: ``counter.settled.cost``, ``month.generation.cost_pico_usd``,
    ``day.2026-02-14.groq.llama-3.3-70b-instruct.social_post.operations``. Costs are in pico-USD.
    """

    organization_id: str
    client_id: str
    period: str
    what: str
    kept: int
    summed: int

    @property
    def drift(self) -> tuple[str, str, int]:
        """What tells it from another one while the books go on: place, and by how much."""
        return (self.period, self.what, self.kept - self.summed)


@attrs.frozen(kw_only=True)
class KeptMonth:
    """The sums that a store keeps of one client's month."""

    tenant: TenantRef
    period: str
    counter: Counter
    days: Sequence[DayRollUp]
    months: Mapping[Purpose, Sums]


@attrs.frozen(kw_only=True)
class Parts:
    """What a month's holds and entries add up to."""

    held: Amount
    settled: Amount
    days: Mapping[RollUpKey, Sums]
    months: Mapping[Purpose, Sums]


def parts_of(period: str, open_holds: Iterable[Hold], entries: Iterable[UsageEntry]) -> Parts:
    """Add up the open holds, of which those of other periods do not count, and the entries."""
    held, settled = NOTHING, NOTHING
    days: dict[RollUpKey, Sums] = {}
    months: dict[Purpose, Sums] = {}
    for hold in open_holds:
        held += hold.amount if hold.period == period else NOTHING
    for entry in entries:
        settled += entry.booked or NOTHING
        key, sums = key_of(entry), sums_of(entry)
        days[key] = days.get(key, NO_SUMS) + sums
        months[entry.purpose] = months.get(entry.purpose, NO_SUMS) + sums
    return Parts(held=held, settled=settled, days=days, months=months)


def differences(kept: KeptMonth, parts: Parts) -> tuple[Difference, ...]:
    """Where a month's books do not agree; empty when they do.

    What is held is the sum of the open holds; what is settled the sum of the entries booked
    against the quota; each roll-up the sum of its entries. What a store keeps of the counter in
    the quota's unit, ``available`` above all, follows from these.
    """
    found = [
        *_amounts("counter.reserved", kept.counter.reserved, parts.held),
        *_amounts("counter.settled", kept.counter.settled, parts.settled),
        *_astray(kept.counter),
        *_days({row.key: row.sums for row in kept.days}, parts.days),
    ]
    for purpose in Purpose:
        mine, summed = (sums.get(purpose, NO_SUMS) for sums in (kept.months, parts.months))
        found += _sums(f"month.{purpose.value}", mine, summed)
    return tuple(
        Difference(
            organization_id=kept.tenant.organization_id,
            client_id=kept.tenant.client_id,
            period=kept.period,
            what=what,
            kept=mine,
            summed=summed,
        )
        for what, mine, summed in found
    )


_Found = tuple[str, int, int]


def _amounts(what: str, kept: Amount, summed: Amount) -> Iterator[_Found]:
    for name in Amount.model_fields:
        mine, parts = getattr(kept, name), getattr(summed, name)
        if mine != parts:
            yield f"{what}.{name}", mine, parts


def _astray(counter: Counter) -> Iterator[_Found]:
    unit = counter.unit
    follows = {
        "available": counter.available or 0,
        "reserved": counter.reserved.in_unit(unit),
        "settled": counter.settled.in_unit(unit),
    }
    for name, figure in counter.astray.items():
        yield f"counter.{name}", figure, follows[name]


def _days(kept: Mapping[RollUpKey, Sums], parts: Mapping[RollUpKey, Sums]) -> Iterator[_Found]:
    for key in {**kept, **parts}:
        what = f"day.{key.day}.{key.provider}.{key.model}.{key.kind}"
        yield from _sums(what, kept.get(key, NO_SUMS), parts.get(key, NO_SUMS))


def _sums(what: str, kept: Sums, summed: Sums) -> Iterator[_Found]:
    if kept == summed:
        return
    for name in Sums.model_fields:
        mine, parts = getattr(kept, name), getattr(summed, name)
        if name == "latency_histogram":
            for place in range(max(len(mine), len(parts))):
                counts = (_at(mine, place), _at(parts, place))
                if counts[0] != counts[1]:
                    yield f"{what}.{name}.{place}", *counts
        elif mine != parts:
            yield f"{what}.{name}", mine, parts


def _at(counts: tuple[int, ...], place: int) -> int:
    return counts[place] if place < len(counts) else 0
