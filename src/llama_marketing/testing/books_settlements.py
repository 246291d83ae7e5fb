"""The contract of ``UsageBooks``: how holds end."""

from __future__ import annotations

from decimal import Decimal

import pytest

from llama_marketing.domain.errors import NotFound
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.amounts import NOTHING, Amount
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.domain.usage.steps import swept
from llama_marketing.testing.books_suite import BooksSuite
from llama_marketing.testing.invariants import assert_books_agree, open_holds
from llama_marketing.testing.samples import (
    AFTERWARDS,
    DAY,
    DIME,
    EXPIRES_AT,
    MONTH,
    TENANT,
    dollars,
    sample_amount,
    sample_entry,
    sample_hold,
    sample_release,
    sample_settlement,
)

NO_LIMIT = dollars(None)


class SettlementsContract(BooksSuite):
    """``settle``, also by a sweep and after it, and ``expired_holds``."""

    def test_a_settlement_books_what_was_really_used(self) -> None:
        """The entry keeps the reservation's id, timestamp and period whatever it says itself."""
        books, hold = self.make(), sample_hold()
        books.reserve(TENANT, hold, dollars("5"))
        moved = {"timestamp": "2026-03-01T07:00:00Z", "period": "2026-03", "day": "2026-03-01"}
        actual = Amount(cost=DIME // 4, tokens=60, generations=1)

        entry = books.settle(TENANT, sample_settlement(hold, actual, **moved))

        assert entry == books.entry(TENANT, "gen1")
        assert (entry.timestamp, entry.period, entry.day) == (hold.entry.timestamp, MONTH, DAY)
        assert entry.booked == actual
        assert self.counter_of(books).available == 50 * DIME - DIME // 4
        assert open_holds(books, TENANT) == []
        assert_books_agree(books, TENANT, MONTH)

    def test_a_repeated_settlement_changes_nothing(self) -> None:
        """Not even one that says something else: the entry booked first is the answer."""
        books, hold = self.make(), sample_hold()
        books.reserve(TENANT, hold, dollars("5"))
        first = books.settle(TENANT, sample_settlement(hold))
        counter = self.counter_of(books)

        again = books.settle(TENANT, sample_settlement(hold))
        other = books.settle(TENANT, sample_settlement(hold, sample_amount(1)))
        books.settle(TENANT, swept(hold))

        assert first == again == other == books.entry(TENANT, "gen1")
        assert self.counter_of(books) == counter
        assert_books_agree(books, TENANT, MONTH)

    def test_a_release_takes_nothing_but_is_an_entry(self) -> None:
        """A failed operation is one too."""
        books, hold = self.make(), sample_hold()
        books.reserve(TENANT, hold, dollars("5"))

        entry = books.settle(TENANT, sample_release(hold))

        assert entry.outcome is Outcome.FAILED
        assert entry.booked == NOTHING
        assert self.counter_of(books).available == 50 * DIME
        assert books.month_rollup(TENANT, MONTH).failures == 1
        assert_books_agree(books, TENANT, MONTH)

    def test_more_than_was_held_is_booked_in_full(self) -> None:
        """``available`` goes below zero, and the next reservation is refused."""
        books, hold = self.make(), sample_hold()
        books.reserve(TENANT, hold, dollars("0.1"))

        books.settle(TENANT, sample_settlement(hold, sample_amount(4 * DIME)))

        assert self.counter_of(books).available == -3 * DIME
        assert not books.reserve(TENANT, sample_hold("gen2"), dollars("0.1")).admitted
        assert_books_agree(books, TENANT, MONTH)

    def test_huge_and_tiny_amounts_stay_exact(self) -> None:
        """A thousand million dollars and one pico-dollar: more than 63 bits hold."""
        books, huge = self.make(), sample_amount(10**21)
        hold = sample_hold("gen1", huge)
        books.reserve(TENANT, hold, dollars("5000000000"))

        books.settle(TENANT, sample_settlement(hold, huge))
        books.record(TENANT, sample_entry("gen2", cost_usd=Decimal("0.000000000001")))

        assert self.counter_of(books).available == 4 * 10**21
        assert books.month_rollup(TENANT, MONTH).cost_pico_usd == 10**21 + 1
        assert_books_agree(books, TENANT, MONTH)

    def test_an_unknown_hold_cannot_be_settled(self) -> None:
        """Nothing is booked."""
        books = self.make()

        with pytest.raises(NotFound):
            books.settle(TENANT, sample_settlement(sample_hold()))

        assert books.entry(TENANT, "gen1") is None

    def test_an_unknown_price_is_counted_apart(self) -> None:
        """Its cost is None in the entry, and 0 with a count in the roll-ups."""
        books, hold = self.make(), sample_hold("gen1", sample_amount(0))
        books.reserve(TENANT, hold, dollars("5"))

        entry = books.settle(TENANT, sample_settlement(hold, cost_usd=None))

        month = books.month_rollup(TENANT, MONTH)
        assert entry.cost_usd is None
        assert (month.cost_pico_usd, month.unpriced) == (0, 1)

    def test_only_open_holds_past_their_time_are_found_oldest_first(self) -> None:
        """Of one tenant or of all; ``expires_at`` itself is not past."""
        books, other = self.make(), TenantRef("org2", "cli1")
        books.reserve(TENANT, sample_hold("gen2"), NO_LIMIT)
        books.reserve(TENANT, sample_hold("gen3"), NO_LIMIT)
        older = sample_hold("gen1").model_copy(update={"expires_at": "2026-02-13T00:00:00.000000Z"})
        books.reserve(other, older, NO_LIMIT)
        books.settle(TENANT, sample_settlement(sample_hold("gen3")))

        everywhere = books.expired_holds(AFTERWARDS)

        assert list(everywhere) == [(other, older), (TENANT, sample_hold("gen2"))]
        assert list(books.expired_holds(AFTERWARDS, limit=1)) == [(other, older)]
        assert list(books.expired_holds(AFTERWARDS, TENANT)) == [(TENANT, sample_hold("gen2"))]
        assert list(books.expired_holds(EXPIRES_AT, TENANT)) == []

    def test_a_swept_hold_is_booked_at_its_upper_bound_for_nobodys_invoice(self) -> None:
        """Once, however often it is swept."""
        books, hold = self.make(), sample_hold()
        books.reserve(TENANT, hold, dollars("5"))

        books.settle(TENANT, swept(hold))
        entry = books.settle(TENANT, swept(hold))

        assert (entry.basis, entry.billable) == (Basis.UPPER_BOUND, False)
        assert entry.outcome is Outcome.ABORTED
        assert self.counter_of(books).settled == hold.amount
        assert books.month_rollup(TENANT, MONTH).failures == 1
        assert_books_agree(books, TENANT, MONTH)

    def test_an_operation_that_ends_after_its_sweep_is_corrected_by_one_adjustment(self) -> None:
        """One operation stays one, with its true cost, outcome and latency."""
        books, hold = self.make(), sample_hold()
        books.reserve(TENANT, hold, dollars("5"))
        books.settle(TENANT, swept(hold))
        actual = Amount(cost=DIME // 4, tokens=60, generations=1)
        late = sample_settlement(hold, actual, model="llama-3.1-8b-instruct")

        first = books.settle(TENANT, late)
        again = books.settle(TENANT, late)
        books.settle(TENANT, swept(hold))

        adjustment = books.entry(TENANT, "ADJ-gen1")
        assert adjustment is not None
        assert adjustment.adjusts == "gen1"
        assert adjustment.cost_usd == Decimal("0.025") - Decimal("0.1")
        assert first == again == books.entry(TENANT, "gen1")
        assert (first.billable, first.outcome, first.latency_ms) == (True, Outcome.OK, 900)
        assert self.counter_of(books).settled == actual
        month = books.month_rollup(TENANT, MONTH)
        assert (month.operations, month.failures, month.cost_pico_usd) == (1, 0, DIME // 4)
        assert month.latency_ms == 900
        assert_books_agree(books, TENANT, MONTH)

    def test_a_late_failure_gives_the_upper_bound_back(self) -> None:
        """A release after the sweep."""
        books, hold = self.make(), sample_hold()
        books.reserve(TENANT, hold, dollars("5"))
        books.settle(TENANT, swept(hold))

        entry = books.settle(TENANT, sample_release(hold))

        assert entry.outcome is Outcome.FAILED
        assert self.counter_of(books).available == 50 * DIME
        assert_books_agree(books, TENANT, MONTH)
