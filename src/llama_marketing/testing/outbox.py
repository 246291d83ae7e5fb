"""The contract of the port ``Outbox``, and of the books that fill it, as tests for any store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from decimal import Decimal

import pytest

from llama_marketing.domain.errors import IdempotencyMismatch, NotFound
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.billing import BillingEvent
from llama_marketing.domain.usage.entries import Purpose
from llama_marketing.domain.usage.steps import swept
from llama_marketing.ports.outbox import Outbox
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.samples import (
    DIME,
    TENANT,
    dollars,
    sample_amount,
    sample_entry,
    sample_hold,
    sample_settlement,
)


class OutboxContract(ABC):
    """Derive a class whose name starts with Test and say how an empty store is made."""

    @abstractmethod
    def make(self) -> tuple[UsageBooks, Outbox]:
        """Books that put aside what is billable, and their outbox, over one empty store."""

    def test_a_settled_operation_waits_once(self) -> None:
        """With its entry's figures; settling it again adds nothing."""
        books, outbox = self.make()
        settle(books, "gen1")
        settle(books, "gen1")

        (event,) = outbox.waiting()
        assert (event.id, event.tenant, event.cost_usd) == ("gen1", TENANT, Decimal("0.1"))
        assert event.idempotency_key == "org1/cli1/gen1"

    def test_nothing_waits_before_an_operation_ends(self) -> None:
        """Neither for an open hold nor for a refused one, nor for one that cannot be settled."""
        books, outbox = self.make()
        books.reserve(TENANT, sample_hold("gen1"), dollars("5"))
        books.reserve(TENANT, sample_hold("gen2"), dollars("0", as_of="2026-03"))
        with pytest.raises(NotFound):
            books.settle(TENANT, sample_settlement(sample_hold("gen3")))

        assert list(outbox.waiting()) == []

    def test_what_nobody_is_invoiced_for_does_not_wait(self) -> None:
        """An entry that is not billable, a swept one, and a validation."""
        books, outbox = self.make()
        hold = sample_hold("gen1")
        books.reserve(TENANT, hold, dollars(None))
        books.settle(TENANT, sample_settlement(hold, billable=False))
        dead = sample_hold("gen2")
        books.reserve(TENANT, dead, dollars(None))
        books.settle(TENANT, swept(dead))
        validation = sample_entry("val1", use_case=None, purpose=Purpose.VALIDATION)
        books.record(TENANT, validation)

        assert list(outbox.waiting()) == []

    def test_an_operation_that_ends_after_its_sweep_is_billed_with_its_truth(self) -> None:
        """Its upper bound and the correction, which add up to what it took."""
        books, outbox = self.make()
        hold = sample_hold("gen1", sample_amount(3 * DIME))
        books.reserve(TENANT, hold, dollars(None))
        books.settle(TENANT, swept(hold))
        books.settle(TENANT, sample_settlement(hold, sample_amount(DIME)))
        books.settle(TENANT, sample_settlement(hold, sample_amount(DIME)))

        events = outbox.waiting()

        assert [(event.id, event.adjusts) for event in events] == [
            ("gen1", ""),
            ("ADJ-gen1", "gen1"),
        ]
        assert sum(event.cost_usd or 0 for event in events) == Decimal("0.1")

    def test_a_recorded_entry_waits_once(self) -> None:
        """Also of a past month; a repetition and a contradiction add nothing."""
        books, outbox = self.make()
        books.record(TENANT, sample_entry("x#1 ñ"))
        books.record(TENANT, sample_entry("x#1 ñ"))
        with pytest.raises(IdempotencyMismatch):
            books.record(TENANT, sample_entry("x#1 ñ", cost_usd=None))

        assert [event.id for event in outbox.waiting()] == ["x#1 ñ"]

    def test_events_come_in_the_order_they_were_put_aside(self) -> None:
        """Of all clients, at most as many as were asked for."""
        books, outbox = self.make()
        others = [TenantRef("org2", "cli1"), TENANT, TenantRef("org1", "cli2")]
        for number, tenant in enumerate(others):
            entry = sample_entry(f"gen{9 - number}", client_id=tenant.client_id)
            books.record(tenant, entry)

        assert [event.tenant for event in outbox.waiting(2)] == others[:2]
        assert [event.id for event in outbox.waiting()] == ["gen9", "gen8", "gen7"]

    def test_what_was_sent_waits_no_more(self) -> None:
        """Forgetting it again changes nothing; the same id of another client stays."""
        books, outbox = self.make()
        other = TenantRef("org2", "cli1")
        books.record(TENANT, sample_entry())
        books.record(other, sample_entry())
        (mine, theirs) = outbox.waiting()

        outbox.sent([mine])
        outbox.sent([mine])

        assert list(outbox.waiting()) == [theirs]
        assert theirs.tenant == other
        outbox.sent([])
        assert len(outbox.waiting()) == 1

    def test_what_was_sent_never_comes_back(self) -> None:
        """Though its settlement is repeated."""
        books, outbox = self.make()
        settle(books, "gen1")
        outbox.sent(list[BillingEvent](outbox.waiting()))
        settle(books, "gen1")

        assert list(outbox.waiting()) == []


def settle(books: UsageBooks, hold_id: str) -> None:
    """One operation of ten cents."""
    hold = sample_hold(hold_id)
    books.reserve(TENANT, hold, dollars(None))
    books.settle(TENANT, sample_settlement(hold))
