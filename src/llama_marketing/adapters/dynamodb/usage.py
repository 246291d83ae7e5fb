"""The books on DynamoDB.

The rules are those of ``domain.usage.steps``. What a step changes is written as numbers to add,
under conditions that make it the same step on whatever the counter is by then. When one of them
does not hold, everything is read anew and the step is taken again. So one counter takes writes
from many processes at once, and most calls are one round trip without a read.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

import attrs

from llama_marketing.adapters.dynamodb import counters, entries, holds, keys, transactions
from llama_marketing.adapters.dynamodb.configs import config_check
from llama_marketing.adapters.dynamodb.counters import CounterRow
from llama_marketing.adapters.dynamodb.entries import SeenEntry
from llama_marketing.adapters.dynamodb.known import KnownBooks
from llama_marketing.adapters.dynamodb.outbox import put_aside
from llama_marketing.adapters.dynamodb.ratings import rating_of
from llama_marketing.adapters.dynamodb.views import BookViews
from llama_marketing.adapters.dynamodb.writes import Write
from llama_marketing.domain.errors import NotFound, RevisionConflict, StoreUnavailable
from llama_marketing.domain.generation.cache import CacheItem
from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.billing import BillingEvent, events_of, events_of_ending
from llama_marketing.domain.usage.books import (
    Counter,
    Hold,
    HoldState,
    QuotaTerms,
    Reservation,
    Settlement,
)
from llama_marketing.domain.usage.entries import UsageEntry
from llama_marketing.domain.usage.ratings import Rating, rate
from llama_marketing.domain.usage.steps import (
    Ending,
    Opening,
    end_hold,
    enlarge_hold,
    is_new,
    open_hold,
)
from llama_marketing.ports.usage import UsageBooks


@attrs.frozen(eq=False)
class DynamoUsageBooks(BookViews, UsageBooks):
    """Keeps the books in a table; every writing method is one transaction.

    Make one a process and keep it: it remembers the holds it opened, which saves a read each.
    """

    outbox: bool = False
    """Whether what is billable is also put into the outbox."""
    known: KnownBooks = attrs.field(factory=KnownBooks, init=False)

    def reserve(
        self,
        tenant: TenantRef,
        hold: Hold,
        terms: QuotaTerms,
        config_revision: int | None = None,
    ) -> Reservation:
        guess = self._guess(tenant, hold, terms)
        if guess is not None:
            opening = open_hold(guess.counter, None, None, hold, terms)
            far = opening.reservation.admitted and not opening.reservation.near_alert
            if far and self._open(tenant, guess, None, opening, terms, config_revision):
                return _answer(opening)
        for _ in self._tries():
            row, kept, booked = self._found(tenant, hold)
            opening = open_hold(row.counter, kept, booked, hold, terms)
            if opening.hold is None:
                return _answer(opening)
            if self._open(tenant, row, kept, opening, terms, config_revision):
                return _answer(opening)
        raise AssertionError("the tries end with an answer or an error")

    def enlarge(self, tenant: TenantRef, hold_id: str, amount: Amount) -> bool:
        self.known.take(tenant, hold_id)
        for _ in self._tries():
            hold = self._hold(tenant, hold_id)
            row = self._row(tenant, hold.period)
            enlarged = enlarge_hold(row.counter, hold, amount)
            if enlarged is None:
                return False
            counter, larger = enlarged
            writes = transactions.enlarging(tenant, row, counter, hold, larger)
            if larger == hold or not self.client.transact(writes):
                self.known.remember(tenant, counter, larger)
                return True
        raise AssertionError("the tries end with an answer or an error")

    def settle(
        self,
        tenant: TenantRef,
        settlement: Settlement,
        record: GenerationRecord | None = None,
        cached: CacheItem | None = None,
    ) -> UsageEntry:
        known = self.known.take(tenant, settlement.hold_id)
        if known is not None:
            row = CounterRow(known.counter, revision=counters.UNSEEN)
            ending = end_hold(row.counter, known.hold, None, settlement)
            assert ending is not None, "an open hold can be ended"
            if self._end(tenant, row, known.hold, None, ending, record, cached):
                return ending.entry
        for _ in self._tries():
            hold = self._hold(tenant, settlement.hold_id)
            row = self._row(tenant, hold.period)
            seen = None if hold.state is HoldState.OPEN else self._entries.of_hold(tenant, hold)
            booked = None if seen is None else seen.entry
            again = end_hold(row.counter, hold, booked, settlement)
            if again is None:
                return _present(booked, hold)
            if self._end(tenant, row, hold, seen, again, record, cached):
                return again.entry
        raise AssertionError("the tries end with an answer or an error")

    def record(
        self, tenant: TenantRef, entry: UsageEntry, record: GenerationRecord | None = None
    ) -> None:
        is_new(entry, None, None)
        writes = transactions.recording(tenant, entry, record)
        writes += self._billed(tenant, events_of(tenant, entry))
        # An id that tells its time tells it the books too; any other time must be looked for.
        if entries.is_timely(entry) and not self.client.transact(writes):
            return
        for _ in self._tries():
            kept = holds.hold_of(tenant, self.client.get(tenant, keys.hold(entry.id)))
            booked = self._entries.find(tenant, entry.id)
            if not is_new(entry, booked, kept) or not self.client.transact(writes):
                return

    def rate(self, tenant: TenantRef, rating: Rating) -> UsageEntry:
        place = keys.rating(rating.entry_id, rating.user_id)
        for _ in self._tries():
            # The rating first: an entry that is read after it has it in its tally.
            kept = rating_of(tenant, self.client.get(tenant, place))
            seen = self._entries.seen(tenant, rating.entry_id)
            rated = rate(rating, None if seen is None else seen.entry, kept)
            if seen is None or rated.change is None:
                return rated.entry
            if not self.client.transact(transactions.rating(tenant, seen, kept, rated, rating)):
                return rated.entry
        raise AssertionError("the tries end with an answer or an error")

    def mark_alerts(
        self, tenant: TenantRef, period: str, thresholds: Sequence[int]
    ) -> tuple[int, ...]:
        call = uuid.uuid4().hex
        for _ in self._tries():
            row = self._row(tenant, period)
            counter, fresh = row.counter.marked(thresholds)
            # Marked by this very call, whose answer was lost.
            mine = {mark for mark, marked_by in row.marked_by.items() if marked_by == call}
            if fresh and not self.client.write(
                counters.marked(tenant, row, counter, dict.fromkeys(fresh, call))
            ):
                continue
            self.known.remember(tenant, counter)
            return tuple(sorted({*fresh, *mine}))
        raise AssertionError("the tries end with an answer or an error")

    def _guess(self, tenant: TenantRef, hold: Hold, terms: QuotaTerms) -> CounterRow | None:
        """A counter with room for everything; None where it surely has other terms by now."""
        known = self.known.counter(tenant, hold.period)
        if known is None:
            known = Counter(period=hold.period).under(terms)
        if known.under(terms) != known:
            return None
        return CounterRow(known, revision=counters.UNSEEN)

    def _found(
        self, tenant: TenantRef, hold: Hold
    ) -> tuple[CounterRow, Hold | None, UsageEntry | None]:
        """The counter, and what there is under the id of a hold that is to be opened."""
        item, counted = self.client.get_together(
            tenant, keys.hold(hold.id), keys.counter(hold.period)
        )
        row = CounterRow.of(tenant, hold.period, counted)
        kept = holds.hold_of(tenant, item)
        is_open = kept is not None and kept.state is HoldState.OPEN
        self.known.remember(tenant, row.counter, kept if is_open else None)
        if item is None or kept is not None:
            return row, kept, None
        return row, None, self._entries.find(tenant, hold.id)

    def _open(
        self,
        tenant: TenantRef,
        row: CounterRow,
        kept: Hold | None,
        opening: Opening,
        terms: QuotaTerms,
        config_revision: int | None,
    ) -> bool:
        """Whether the opening could be written as it is; raises RevisionConflict."""
        assert opening.hold is not None, "there is something to write"
        confirm = None
        if config_revision is not None:
            confirm = config_check(self.client, tenant, config_revision)
        writes = transactions.opening(tenant, row, kept, opening, terms, confirm)
        refused = self.client.transact(writes) if writes else frozenset()
        if not refused:
            is_open = opening.reservation.admitted
            self.known.remember(tenant, opening.counter, opening.hold if is_open else None)
            return True
        # A hold that is there already may be this one, from a time when the revision was right.
        if confirm and transactions.CONFIG in refused and transactions.HOLD not in refused:
            raise RevisionConflict(f"{tenant}: the configuration is not at {config_revision}")
        return False

    def _end(
        self,
        tenant: TenantRef,
        row: CounterRow,
        hold: Hold,
        seen: SeenEntry | None,
        ending: Ending,
        record: GenerationRecord | None,
        cached: CacheItem | None,
    ) -> bool:
        """Whether the ending could be written as it is."""
        writes = transactions.ending(tenant, row, hold, seen, ending)
        writes += transactions.kept(tenant, record, cached)
        writes += self._billed(tenant, events_of_ending(tenant, ending))
        return not self.client.transact(writes)

    def _billed(self, tenant: TenantRef, events: Sequence[BillingEvent]) -> list[Write]:
        return put_aside(tenant, events) if self.outbox else []

    def _hold(self, tenant: TenantRef, hold_id: str) -> Hold:
        hold = holds.hold_of(tenant, self.client.get(tenant, keys.hold(hold_id)))
        if hold is None:
            raise NotFound(f"there is no hold {hold_id}")
        return hold

    def _row(self, tenant: TenantRef, period: str) -> CounterRow:
        return CounterRow.of(tenant, period, self.client.get(tenant, keys.counter(period)))

    def _tries(self) -> Iterator[None]:
        """Once at once, then with pauses; raises StoreUnavailable when the time is over."""
        patience = self.client.line.patience()
        yield
        while patience.again():
            yield
        raise StoreUnavailable(f"DynamoDB {self.client.where}: others are always faster")


def _answer(opening: Opening) -> Reservation:
    """Far from any alert without the counter: then nobody has read how it stands."""
    told = opening.reservation
    far = told.admitted and not told.near_alert
    return Reservation(admitted=True) if far else told


def _present(booked: UsageEntry | None, hold: Hold) -> UsageEntry:
    if booked is None:
        raise NotFound(f"hold {hold.id} has ended and its entry is gone")
    return booked
