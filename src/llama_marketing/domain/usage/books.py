"""Reserve, settle, release, sweep: the pure transitions of a quota's counter and its holds.

Every store applies exactly these functions inside one transaction of its own, so that memory,
SQLite and DynamoDB cannot disagree. The invariants they keep: ``available + reserved + settled
= limit``; ``reserved`` is the sum of the open holds; ``settled`` the sum of the entries booked
against the quota; nothing is admitted when ``available`` is less than what it needs.

``domain.usage.steps`` puts them together into what one call of a store writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Self

from pydantic import Field

from llama_marketing.domain.model import Model
from llama_marketing.domain.money import usd
from llama_marketing.domain.usage.amounts import NOTHING, Amount
from llama_marketing.domain.usage.entries import ADJUSTMENT_PREFIX, UsageEntry
from llama_marketing.domain.vocabulary import QuotaUnit


class HoldState(StrEnum):
    """Where a hold is: OPEN, then exactly one of SETTLED, RELEASED and SWEPT.

    REFUSED was never open: it only remembers that the refusal is counted, and becomes OPEN
    when the same operation is admitted after all.
    """

    OPEN = "OPEN"
    SETTLED = "SETTLED"
    RELEASED = "RELEASED"
    SWEPT = "SWEPT"
    REFUSED = "REFUSED"


class QuotaTerms(Model):
    """The quota that the client's configuration asks for.

    ``limit`` is in pico-USD, tokens or generations; None is no limit, 0 is nothing allowed.
    ``as_of`` is the configuration's ``updated_at``: older terms never undo newer ones.
    ``blocks`` is False where an exhausted quota only notifies. ``alerts`` are the thresholds, in
    percent, of which somebody is to be told; no counter keeps them.
    """

    limit: int | None = None
    unit: QuotaUnit = QuotaUnit.USD
    as_of: str = ""
    blocks: bool = True
    alerts: tuple[int, ...] = ()


class Hold(Model):
    """An amount kept aside for one operation, opened before the host is called.

    ``entry`` is what is booked should the process die: the usage entry at the upper bound,
    its id, timestamp, period and day fixed here once. ``expires_at`` is a UTC timestamp.
    ``adjusted`` says that a swept hold's operation ended late and was corrected.
    """

    id: str
    amount: Amount
    entry: UsageEntry
    expires_at: str
    request_hash: str = ""
    state: HoldState = HoldState.OPEN
    adjusted: bool = False

    @property
    def period(self) -> str:
        """The billing period, fixed at reservation."""
        return self.entry.period


class Counter(Model):
    """What one tenant used of one period.

    A tenant without a quota has a counter too, with ``limit`` None. ``refused`` counts the
    operations that the quota refused.
    """

    period: str
    limit: int | None = None
    unit: QuotaUnit = QuotaUnit.USD
    as_of: str = ""
    blocks: bool = True
    reserved: Amount = NOTHING
    settled: Amount = NOTHING
    refused: int = 0
    alerts_fired: tuple[int, ...] = ()
    """The thresholds, in percent, that somebody was told of."""
    astray: Mapping[str, int] = Field(default_factory=dict, exclude=True)
    """What a store keeps beside these figures and that does not follow from them, by its name;
    empty in books that are right. Only ``reconcile`` looks at it."""

    @property
    def available(self) -> int | None:
        """What is left, in the quota's unit; negative after a lowered quota; None without one."""
        if self.limit is None:
            return None
        return self.limit - self.reserved.in_unit(self.unit) - self.settled.in_unit(self.unit)

    def marked(self, thresholds: Sequence[int]) -> tuple[Counter, tuple[int, ...]]:
        """The counter with these alerts marked, and which of them were not marked before."""
        fresh = tuple(sorted(set(thresholds) - set(self.alerts_fired)))
        fired = tuple(sorted({*self.alerts_fired, *fresh}))
        return self.model_copy(update={"alerts_fired": fired}), fresh

    def under(self, terms: QuotaTerms) -> Counter:
        """The counter under newer terms; older terms change nothing."""
        known = (self.limit, self.unit, self.as_of, self.blocks)
        if terms.as_of < self.as_of or known == (
            terms.limit,
            terms.unit,
            terms.as_of,
            terms.blocks,
        ):
            return self
        return self.model_copy(
            update={
                "limit": terms.limit,
                "unit": terms.unit,
                "as_of": terms.as_of,
                "blocks": terms.blocks,
            }
        )


class Reservation(Model):
    """What came of a reservation: admitted or not, and the counter afterwards.

    ``near_alert`` says that the end of this operation may cross a threshold nobody was told of.
    A store may admit without reading the counter: then, far from any alert, it is None.
    """

    admitted: bool
    counter: Counter | None = None
    near_alert: bool = False

    @classmethod
    def of(cls, counter: Counter, terms: QuotaTerms, *, admitted: bool) -> Self:
        """What is answered of a counter that stands like this afterwards."""
        near = is_near_alert(counter, terms.alerts)
        return cls(admitted=admitted, counter=counter, near_alert=near)


class Settlement(Model):
    """How an operation ended: its entry and what it really took.

    ``state`` is SETTLED, RELEASED (the host surely did nothing) or SWEPT (the process died).
    """

    hold_id: str
    entry: UsageEntry
    actual: Amount
    state: HoldState = HoldState.SETTLED


def reserve(counter: Counter, amount: Amount, terms: QuotaTerms) -> Reservation:
    """Keep ``amount`` aside if the quota allows it; a refusal is counted."""
    counter = counter.under(terms)
    if counter.blocks and not fits(counter, amount):
        refused = counter.model_copy(update={"refused": counter.refused + 1})
        return Reservation.of(refused, terms, admitted=False)
    taken = counter.model_copy(update={"reserved": counter.reserved + amount})
    return Reservation.of(taken, terms, admitted=True)


def is_near_alert(counter: Counter, thresholds: Iterable[int]) -> bool:
    """Whether what is held and settled reaches a threshold (percent) that nobody was told of."""
    available, limit = counter.available, counter.limit
    if available is None or limit is None:
        return False
    fresh = set(thresholds) - set(counter.alerts_fired)
    return any(available * 100 <= limit * (100 - threshold) for threshold in fresh)


def fits(counter: Counter, amount: Amount) -> bool:
    """Whether the quota has room for the amount; a quota of 0 has room for nothing."""
    available = counter.available
    if available is None:
        return True
    return counter.limit != 0 and available >= amount.in_unit(counter.unit)


def settle(counter: Counter, held: Amount, actual: Amount) -> Counter:
    """Replace what was kept aside by what was really used."""
    return counter.model_copy(
        update={"reserved": counter.reserved - held, "settled": counter.settled + actual}
    )


def adjustment(hold: Hold, settlement: Settlement) -> UsageEntry:
    """The one entry that corrects a swept hold whose operation ended late after all.

    The sweep booked ``hold.entry`` at the upper bound; this books the difference to the truth,
    and is itself no operation. It stands under the swept entry's day, provider and model, so
    that no roll-up goes below zero. An unknown price counts as the 0 it was booked with.
    """
    swept, real = hold.entry, settlement.entry
    cost = None
    if real.cost_usd is not None or swept.cost_usd is not None:
        cost = usd((real.cost_pico_usd or 0) - (swept.cost_pico_usd or 0))
    return swept.model_copy(
        update={
            "id": f"{ADJUSTMENT_PREFIX}{hold.id}",
            "adjusts": hold.id,
            "tokens_input": real.tokens_input - swept.tokens_input,
            "tokens_output": real.tokens_output - swept.tokens_output,
            "cost_usd": cost,
            "latency_ms": 0,
            "quality_rating": None,
            "rating_tally": None,
            "attempts": (),
            "basis": real.basis,
            "billable": real.billable,
            "outcome": real.outcome,
            "booked": settlement.actual - (swept.booked or NOTHING),
        }
    )
