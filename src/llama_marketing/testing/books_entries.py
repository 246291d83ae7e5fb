"""The contract of ``UsageBooks``: entries without a hold, and the views."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from llama_marketing.domain.errors import IdempotencyMismatch, InvalidRequest, NotFound
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Purpose
from llama_marketing.testing.books_suite import BooksSuite
from llama_marketing.testing.invariants import assert_books_agree
from llama_marketing.testing.samples import (
    DAY,
    DIME,
    MONTH,
    TENANT,
    dollars,
    sample_entry,
    sample_hold,
    sample_settlement,
)

NO_LIMIT = dollars(None)


class EntriesContract(BooksSuite):
    """``record``, ``entries``, ``day_rollups``, ``month_rollup``."""

    def test_a_recorded_entry_is_read_back_the_same_and_leaves_the_counter_alone(self) -> None:
        """A rating counts in the roll-up."""
        books = self.make()
        entry = sample_entry("x#1 ñ", provider="openai", model="gpt-5", quality_rating=4)

        books.record(TENANT, entry)

        assert books.entry(TENANT, "x#1 ñ") == entry
        assert books.counter(TENANT, MONTH) is None
        month = books.month_rollup(TENANT, MONTH)
        assert (month.operations, month.rating_sum, month.ratings) == (1, 4, 1)
        assert_books_agree(books, TENANT, MONTH)

    def test_recording_the_same_entry_again_changes_nothing(self) -> None:
        """Also when the billing zone, and so its day, was changed in between."""
        books = self.make()
        books.record(TENANT, sample_entry())

        books.record(TENANT, sample_entry())
        books.record(TENANT, sample_entry(day="2026-02-15"))

        assert books.month_rollup(TENANT, MONTH).operations == 1
        assert_books_agree(books, TENANT, MONTH)

    @pytest.mark.parametrize(
        "other",
        [{"cost_usd": Decimal("0.2")}, {"cost_usd": None}, {"model": "m"}, {"tokens_input": 51}],
    )
    def test_the_same_id_with_other_figures_is_refused(self, other: dict[str, Any]) -> None:
        """Nothing is booked twice."""
        books = self.make()
        books.record(TENANT, sample_entry())

        with pytest.raises(IdempotencyMismatch):
            books.record(TENANT, sample_entry(**other))

        assert books.entry(TENANT, "gen1") == sample_entry()
        assert_books_agree(books, TENANT, MONTH)

    def test_the_id_of_a_hold_or_an_adjustment_cannot_be_recorded(self) -> None:
        """Those entries are the books' own."""
        books = self.make()
        books.reserve(TENANT, sample_hold("gen1"), NO_LIMIT)

        with pytest.raises(IdempotencyMismatch):
            books.record(TENANT, sample_entry("gen1"))
        with pytest.raises(InvalidRequest):
            books.record(TENANT, sample_entry("ADJ-gen1"))
        with pytest.raises(InvalidRequest):
            books.record(TENANT, sample_entry("gen2", adjusts="gen1"))

        assert books.month_rollup(TENANT, MONTH).operations == 0

    def test_validations_stand_apart(self) -> None:
        """They have a month's roll-up of their own."""
        books = self.make()
        books.record(TENANT, sample_entry("gen1"))
        books.record(
            TENANT, sample_entry("val1", use_case=None, purpose=Purpose.VALIDATION, tokens_input=3)
        )

        assert books.month_rollup(TENANT, MONTH).tokens_input == 50
        assert books.month_rollup(TENANT, MONTH, Purpose.VALIDATION).tokens_input == 3
        assert_books_agree(books, TENANT, MONTH)

    def test_entries_come_in_order_of_time_and_page_by_page(self) -> None:
        """Chosen by their day in the billing zone, which is not the timestamp's."""
        books = self.make()
        for number, (day, clock) in enumerate(
            [
                ("2026-02-13", "2026-02-14T05:59:59.999999Z"),
                ("2026-02-14", "2026-02-14T06:00:00Z"),
                ("2026-02-14", "2026-02-15T05:00:00Z"),
                ("2026-02-14", "2026-02-15T05:00:00Z"),
                ("2026-02-15", "2026-02-15T06:00:00Z"),
            ]
        ):
            books.record(TENANT, sample_entry(f"gen{9 - number}", day=day, timestamp=clock))

        first = books.entries(TENANT, "2026-02-14", "2026-02-14", limit=2)
        second = books.entries(TENANT, "2026-02-14", "2026-02-14", first[-1].position, limit=2)
        third = books.entries(TENANT, "2026-02-14", "2026-02-14", second[-1].position)

        pages = [[entry.id for entry in page] for page in (first, second, third)]
        assert pages == [["gen8", "gen6"], ["gen7"], []]

    def test_day_rollups_group_by_provider_model_and_use_case(self) -> None:
        """In order of day, provider, model and use case; other days are left out."""
        books = self.make()
        for number, (day, provider, model) in enumerate(
            [
                ("2026-02-15", "groq", "a"),
                ("2026-02-14", "openai", "a"),
                ("2026-02-14", "groq", "b"),
                ("2026-02-14", "groq", "a"),
                ("2026-02-14", "groq", "a"),
                ("2026-02-16", "groq", "a"),
            ]
        ):
            fields = {"day": day, "provider": provider, "model": model}
            books.record(TENANT, sample_entry(f"gen{number}", **fields))

        rows = books.day_rollups(TENANT, "2026-02-14", "2026-02-15")

        seen = [(r.key.day, r.key.provider, r.key.model, r.sums.operations) for r in rows]
        assert seen == [
            ("2026-02-14", "groq", "a", 2),
            ("2026-02-14", "groq", "b", 1),
            ("2026-02-14", "openai", "a", 1),
            ("2026-02-15", "groq", "a", 1),
        ]

    def test_periods_do_not_mix(self) -> None:
        """A hold is settled in the month it was opened in."""
        books, hold = self.make(), sample_hold("gen1")
        march_first: dict[str, Any] = {
            "timestamp": "2026-03-01T18:00:00Z",
            "day": "2026-03-01",
            "period": "2026-03",
        }
        march = sample_hold("gen2", **march_first)
        books.reserve(TENANT, hold, dollars("0.15"))

        assert books.reserve(TENANT, march, dollars("0.15")).admitted
        books.settle(TENANT, sample_settlement(march))
        books.settle(TENANT, sample_settlement(hold))

        assert [self.counter_of(books, month).settled.cost for month in (MONTH, "2026-03")] == [
            DIME
        ] * 2
        assert_books_agree(books, TENANT, MONTH)
        assert_books_agree(books, TENANT, "2026-03")

    def test_tenants_do_not_see_each_other(self) -> None:
        """Neither the same client id elsewhere nor an id that begins alike."""
        books, hold = self.make(), sample_hold()
        others = (TenantRef("org1", "cli11"), TenantRef("org2", "cli1"), TenantRef("org", "1cli1"))
        books.reserve(TENANT, hold, dollars("0.1"))
        books.settle(TENANT, sample_settlement(hold))

        for other in others:
            assert books.counter(other, MONTH) is None
            assert books.entry(other, "gen1") is None
            assert list(books.entries(other, DAY, DAY)) == []
            assert list(books.day_rollups(other, DAY, DAY)) == []
            assert books.month_rollup(other, MONTH).operations == 0
            with pytest.raises(NotFound):
                books.settle(other, sample_settlement(hold))
            assert books.reserve(other, hold, dollars("0.1")).admitted
        assert_books_agree(books, TENANT, MONTH)
