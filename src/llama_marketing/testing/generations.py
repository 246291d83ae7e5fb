"""The contract of the port ``Generations``, as tests for any adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod

import pytest

from llama_marketing.domain.errors import IdempotencyMismatch
from llama_marketing.domain.generation.history import GenerationRecord, ReviewDecision
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.generations import Generations
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.samples import (
    AFTERWARDS,
    TENANT,
    dollars,
    sample_entry,
    sample_hold,
    sample_record,
    sample_settlement,
)

NOW = AFTERWARDS


class GenerationsContract(ABC):
    """Derive a class whose name starts with Test and say how an empty store is made."""

    @abstractmethod
    def make(self) -> tuple[UsageBooks, Generations]:
        """The books, which write the records, and the history over the same empty store."""

    def test_a_record_kept_with_its_settlement_is_read_back_the_same(self) -> None:
        """Text with accents and emoji, and nested JSON."""
        books, generations = self.make()
        _generate(books, "gen1")

        assert generations.get(TENANT, "gen1", NOW) == sample_record("gen1")
        assert generations.get(TENANT, "gen2", NOW) is None

    def test_an_expired_record_is_never_answered(self) -> None:
        """From the very moment of ``expires_at`` on."""
        books, generations = self.make()
        _generate(books, "gen1", expires_at=NOW)
        _generate(books, "gen2")

        assert generations.get(TENANT, "gen1", NOW) is None
        assert [record.id for record in generations.newest(TENANT, NOW)] == ["gen2"]

    def test_the_newest_come_first_and_page_by_page(self) -> None:
        """``before`` is the last id of the page before, ``limit`` the size of a page."""
        books, generations = self.make()
        for number in (3, 1, 5, 2, 4):
            _generate(books, f"gen{number}")

        first = generations.newest(TENANT, NOW, limit=2)
        second = generations.newest(TENANT, NOW, before=first[-1].id, limit=2)
        third = generations.newest(TENANT, NOW, before=second[-1].id, limit=2)

        pages = [[record.id for record in page] for page in (first, second, third)]
        assert pages == [["gen5", "gen4"], ["gen3", "gen2"], ["gen1"]]

    def test_a_deleted_record_is_gone_but_its_entry_stays(self) -> None:
        """The books are no history."""
        books, generations = self.make()
        _generate(books, "gen1")

        assert generations.delete(TENANT, "gen1") is True
        assert generations.delete(TENANT, "gen1") is False
        assert generations.get(TENANT, "gen1", NOW) is None
        assert books.entry(TENANT, "gen1") is not None

    def test_a_repeated_settlement_does_not_bring_a_deleted_record_back(self) -> None:
        """Only the call that ends the hold keeps the record."""
        books, generations = self.make()
        _generate(books, "gen1")
        generations.delete(TENANT, "gen1")

        books.settle(TENANT, sample_settlement(sample_hold("gen1")), sample_record("gen1"))

        assert generations.get(TENANT, "gen1", NOW) is None

    def test_a_record_booked_without_a_hold_is_kept_once(self) -> None:
        """A repetition does not bring a deleted one back, nor does one that is refused."""
        books, generations = self.make()
        books.record(TENANT, sample_entry("gen1"), sample_record("gen1"))
        assert generations.get(TENANT, "gen1", NOW) == sample_record("gen1")

        generations.delete(TENANT, "gen1")
        books.record(TENANT, sample_entry("gen1"), sample_record("gen1"))
        with pytest.raises(IdempotencyMismatch):
            books.record(TENANT, sample_entry("gen1", latency_ms=1), sample_record("gen1"))

        assert generations.get(TENANT, "gen1", NOW) is None

    def test_a_reviewed_record_is_read_back_with_its_reviews(self) -> None:
        """In the list as well; every decision is kept, the last one counts."""
        books, generations = self.make()
        _generate(books, "gen1")
        first = _reviewed(sample_record("gen1"), "ana")
        second = _reviewed(first, "luis", approved=False)

        assert generations.replace(TENANT, sample_record("gen1"), first) is True
        assert generations.replace(TENANT, first, second) is True
        assert generations.get(TENANT, "gen1", NOW) == second
        assert list(generations.newest(TENANT, NOW)) == [second]

    def test_of_two_who_review_at_once_one_is_told(self) -> None:
        """Nothing is overwritten unseen; a repetition of the one that won is no conflict."""
        books, generations = self.make()
        _generate(books, "gen1")
        seen = sample_record("gen1")
        one, other = _reviewed(seen, "ana"), _reviewed(seen, "luis")

        assert generations.replace(TENANT, seen, one) is True
        assert generations.replace(TENANT, seen, other) is False
        assert generations.replace(TENANT, seen, one) is True
        assert generations.get(TENANT, "gen1", NOW) == one

    def test_a_review_brings_no_record_back(self) -> None:
        """Neither a deleted one nor one that never was."""
        books, generations = self.make()
        _generate(books, "gen1")
        generations.delete(TENANT, "gen1")
        for generation_id in ("gen1", "gen2"):
            seen = sample_record(generation_id)
            assert generations.replace(TENANT, seen, _reviewed(seen, "ana")) is False
            assert generations.get(TENANT, generation_id, NOW) is None

    def test_tenants_do_not_see_each_other(self) -> None:
        """The same id elsewhere is another record."""
        books, generations = self.make()
        _generate(books, "gen1")
        for other in (TenantRef("org1", "cli2"), TenantRef("org2", "cli1")):
            assert generations.get(other, "gen1", NOW) is None
            assert list(generations.newest(other, NOW)) == []
            assert generations.delete(other, "gen1") is False
            seen = sample_record("gen1")
            assert generations.replace(other, seen, _reviewed(seen, "ana")) is False

        assert generations.get(TENANT, "gen1", NOW) == sample_record("gen1")


def _reviewed(record: GenerationRecord, user_id: str, *, approved: bool = True) -> GenerationRecord:
    decision = ReviewDecision(approved=approved, reason="Está bien ☕")
    return record.reviewed(decision, user_id, AFTERWARDS)


def _generate(books: UsageBooks, generation_id: str, **fields: str) -> None:
    hold = sample_hold(generation_id)
    books.reserve(TENANT, hold, dollars(None))
    books.settle(TENANT, sample_settlement(hold), sample_record(generation_id, **fields))
