"""What each call of a store writes, worked out from what the store has: the books' whole rules.

Every store reads, calls one of these and writes the answer inside one transaction of its own.
Doing a step again writes nothing, so a store may be asked twice when its answer was lost.
"""

from __future__ import annotations

import attrs

from llama_marketing.domain.errors import IdempotencyMismatch, InvalidRequest, NotFound
from llama_marketing.domain.money import usd
from llama_marketing.domain.usage.amounts import NOTHING, Amount
from llama_marketing.domain.usage.books import (
    Counter,
    Hold,
    HoldState,
    QuotaTerms,
    Reservation,
    Settlement,
    adjustment,
    fits,
    reserve,
    settle,
)
from llama_marketing.domain.usage.entries import ADJUSTMENT_PREFIX, Basis, Outcome, UsageEntry
from llama_marketing.domain.usage.rollups import Sums, sums_of


@attrs.frozen
class Opening:
    """What a reservation answers, and the hold to keep beside its counter.

    ``hold`` None: nothing is to be written.
    """

    reservation: Reservation
    hold: Hold | None = None

    @property
    def counter(self) -> Counter:
        """The counter to keep."""
        assert self.reservation.counter is not None, "a step knows its counter"
        return self.reservation.counter


def open_hold(
    counter: Counter, kept: Hold | None, booked: UsageEntry | None, hold: Hold, terms: QuotaTerms
) -> Opening:
    """Reserve for a hold, ``kept`` and ``booked`` being what the store has under its id.

    Raises IdempotencyMismatch when the id is that of an entry without a hold.
    """
    if kept is None and booked is not None:
        raise IdempotencyMismatch(f"{hold.entry.id} is the id of a booked entry already")
    if kept is not None and kept.state is not HoldState.REFUSED:
        return Opening(Reservation.of(counter, terms, admitted=True))
    if kept is not None and kept.period == counter.period:
        # The refusal is counted already, and none at all if there is room by now.
        counter = counter.model_copy(update={"refused": counter.refused - 1})
    reservation = reserve(counter, hold.amount, terms)
    state = HoldState.OPEN if reservation.admitted else HoldState.REFUSED
    return Opening(reservation, hold.model_copy(update={"state": state}))


def enlarge_hold(counter: Counter, hold: Hold, amount: Amount) -> tuple[Counter, Hold] | None:
    """Raise an open hold to ``amount`` in all; None when it may not be.

    What the sweep would book grows with it.
    """
    more = amount - hold.amount
    if hold.state is not HoldState.OPEN:
        return None
    if counter.blocks and more.in_unit(counter.unit) > 0 and not fits(counter, more):
        return None
    entry = hold.entry
    unpriced = entry.cost_usd is None and not amount.cost
    larger = entry.model_copy(
        update={
            "tokens_output": max(0, entry.tokens_output + more.tokens),
            "cost_usd": None if unpriced else usd(amount.cost),
        }
    )
    return (
        counter.model_copy(update={"reserved": counter.reserved + more}),
        hold.model_copy(update={"amount": amount, "entry": larger}),
    )


@attrs.frozen
class Ending:
    """What the end of an operation writes: all of it in one transaction.

    ``change`` goes to the roll-ups of ``entry``. ``correction`` is the adjustment of a swept
    hold, else None.
    """

    counter: Counter
    hold: Hold
    entry: UsageEntry
    change: Sums
    correction: UsageEntry | None = None


def end_hold(
    counter: Counter, hold: Hold, booked: UsageEntry | None, settlement: Settlement
) -> Ending | None:
    """End an open hold, or correct a swept one; None when that is done already.

    ``booked`` is the hold's entry as the store has it. Raises NotFound for a hold that was
    never open.
    """
    if hold.state is HoldState.REFUSED:
        raise NotFound(f"hold {hold.id} was refused and never open")
    if hold.state is HoldState.OPEN:
        return _first_end(counter, hold, settlement)
    late = hold.state is HoldState.SWEPT and settlement.state is not HoldState.SWEPT
    if late and not hold.adjusted and booked is not None:
        return _late_end(counter, hold, booked, settlement)
    return None


def _first_end(counter: Counter, hold: Hold, settlement: Settlement) -> Ending:
    # Id, timestamp and period were fixed at the reservation, whatever the settlement says.
    fixed = hold.entry
    entry = settlement.entry.model_copy(
        update={
            "id": fixed.id,
            "client_id": fixed.client_id,
            "timestamp": fixed.timestamp,
            "period": fixed.period,
            "day": fixed.day,
            "booked": settlement.actual,
            "rating_tally": None,
        }
    )
    return Ending(
        counter=settle(counter, hold.amount, settlement.actual),
        hold=hold.model_copy(update={"state": settlement.state}),
        entry=entry,
        change=sums_of(entry),
    )


def _late_end(counter: Counter, hold: Hold, booked: UsageEntry, settlement: Settlement) -> Ending:
    correction = adjustment(hold.model_copy(update={"entry": booked}), settlement)
    real = settlement.entry
    entry = booked.model_copy(
        update={
            "billable": real.billable,
            "outcome": real.outcome,
            "error_code": real.error_code,
            "finish_reason": real.finish_reason,
            "latency_ms": real.latency_ms,
        }
    )
    return Ending(
        counter=settle(counter, NOTHING, correction.booked or NOTHING),
        hold=hold.model_copy(update={"adjusted": True}),
        entry=entry,
        change=sums_of(entry) - sums_of(booked) + sums_of(correction),
        correction=correction,
    )


def swept(hold: Hold) -> Settlement:
    """How an expired hold is booked: at its upper bound, and nobody is invoiced for it."""
    entry = hold.entry.model_copy(
        update={"basis": Basis.UPPER_BOUND, "billable": False, "outcome": Outcome.ABORTED}
    )
    return Settlement(hold_id=hold.id, entry=entry, actual=hold.amount, state=HoldState.SWEPT)


_FILLED_IN_BY_THE_BOOKS = frozenset({"period", "day", "booked", "rating_tally"})


def is_new(entry: UsageEntry, booked: UsageEntry | None, hold: Hold | None) -> bool:
    """Whether an entry without a hold is still to be booked.

    ``booked`` and ``hold`` are what the store has under its id. Raises IdempotencyMismatch
    when that differs, InvalidRequest for an entry that only the books themselves write.
    """
    if entry.adjusts or entry.booked is not None or entry.id.startswith(ADJUSTMENT_PREFIX):
        raise InvalidRequest(
            "an adjustment is written by the books alone",
            issues=(("id", "is reserved for adjustments"),),
        )
    if entry.rating_tally is not None:
        raise InvalidRequest(
            "ratings are counted by the books alone",
            issues=(("rating_tally", "is filled in by the books"),),
        )
    if booked is None and hold is None:
        return True
    if booked is None or _figures(booked) != _figures(entry):
        raise IdempotencyMismatch(f"entry {entry.id} is booked already with other figures")
    return False


def _figures(entry: UsageEntry) -> dict[str, object]:
    figures = entry.model_dump(exclude=set(_FILLED_IN_BY_THE_BOOKS))
    if entry.rating_tally is not None:
        # A change of mind later on does not make it another entry.
        figures["quality_rating"] = entry.rating_tally.recorded
    return figures
