"""The contract of ``UsageBooks``: ratings."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.domain.errors import IdempotencyMismatch, InvalidRequest, NotFound
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Purpose, RatingTally
from llama_marketing.domain.usage.steps import swept
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.books_suite import BooksSuite
from llama_marketing.testing.invariants import assert_books_agree
from llama_marketing.testing.samples import (
    DAY,
    DIME,
    MONTH,
    TENANT,
    dollars,
    sample_amount,
    sample_entry,
    sample_hold,
    sample_rating,
    sample_settlement,
)

NO_LIMIT = dollars(None)
LONG_USER = "😀" * 256


def rated_in_month(books: UsageBooks, tenant: TenantRef = TENANT) -> tuple[int, int]:
    """The sum of the month's ratings and their number."""
    sums = books.month_rollup(tenant, MONTH)
    return sums.rating_sum, sums.ratings


class RatingsContract(BooksSuite):
    """``rate`` and ``ratings``."""

    def test_a_rating_counts_in_the_rollups_of_its_entrys_day_and_month(self) -> None:
        """And is answered with the entry; nothing else of it moves."""
        books = self.make()
        books.record(TENANT, sample_entry(user_id="u0"))

        entry = books.rate(TENANT, sample_rating(4))

        tally = RatingTally(rating_sum=4, ratings=1)
        assert entry == sample_entry(user_id="u0", rating_tally=tally)
        assert books.entry(TENANT, "gen1") == entry
        assert list(books.ratings(TENANT, "gen1")) == [sample_rating(4)]
        (day,) = books.day_rollups(TENANT, DAY, DAY)
        assert (day.sums.rating_sum, day.sums.ratings, day.sums.operations) == (4, 1, 1)
        assert day.sums == books.month_rollup(TENANT, MONTH)
        assert_books_agree(books, TENANT, MONTH)

    def test_the_last_rating_of_a_user_counts(self) -> None:
        """A change of mind moves the difference, the same rating again nothing."""
        books = self.make()
        books.record(TENANT, sample_entry())

        seen = []
        for stars in (2, 5, 5, 1):
            answers = [books.rate(TENANT, sample_rating(stars)) for _ in range(2)]
            assert answers[0] == answers[1]
            seen.append(rated_in_month(books))

        assert seen == [(2, 1), (5, 1), (5, 1), (1, 1)]
        assert list(books.ratings(TENANT, "gen1")) == [sample_rating(1)]
        assert_books_agree(books, TENANT, MONTH)

    def test_each_user_of_an_entry_counts_once(self) -> None:
        """Whatever text the user's id is; ratings come in the order of the ids."""
        books = self.make()
        books.record(TENANT, sample_entry(user_id="somebody"))
        users = sorted(["", "a", "A", "a#b", "a#", "ñ", "n\u0303", "%23", "\0", LONG_USER])

        for stars in (1, 4):
            for user_id in users:
                books.rate(TENANT, sample_rating(stars, user_id))

        assert rated_in_month(books) == (4 * len(users), len(users))
        assert list(books.ratings(TENANT, "gen1")) == [
            sample_rating(4, user_id) for user_id in users
        ]
        assert_books_agree(books, TENANT, MONTH)

    def test_a_rating_that_came_with_the_record_is_its_own_users(self) -> None:
        """That user changes it, another one adds to it; ``quality_rating`` is the user's own."""
        books = self.make()
        books.record(TENANT, sample_entry(quality_rating=3, user_id="own"))

        same = books.rate(TENANT, sample_rating(3, "own"))
        both = books.rate(TENANT, sample_rating(1, "other"))
        changed = books.rate(TENANT, sample_rating(5, "own"))

        assert same == sample_entry(quality_rating=3, user_id="own")
        assert [both.quality_rating, changed.quality_rating] == [3, 5]
        tallies = [entry.rating_tally for entry in (both, changed)]
        assert tallies == [
            RatingTally(rating_sum=4, ratings=2, recorded=3),
            RatingTally(rating_sum=6, ratings=2, recorded=3),
        ]
        assert books.entry(TENANT, "gen1") == changed
        assert rated_in_month(books) == (6, 2)
        assert_books_agree(books, TENANT, MONTH)

    @pytest.mark.parametrize("recorded", [None, 3])
    def test_an_entry_is_still_the_same_record_after_a_change_of_mind(
        self, recorded: int | None
    ) -> None:
        """Recording it again changes nothing; with another rating it is another entry."""
        books = self.make()
        entry = sample_entry(quality_rating=recorded, user_id="own")
        books.record(TENANT, entry)
        books.rate(TENANT, sample_rating(5, "own"))

        books.record(TENANT, entry)

        with pytest.raises(IdempotencyMismatch):
            books.record(TENANT, sample_entry(quality_rating=5, user_id="own"))
        assert rated_in_month(books) == (5, 1)
        assert_books_agree(books, TENANT, MONTH)

    def test_a_record_does_not_bring_a_tally(self) -> None:
        """The books count."""
        books = self.make()
        tally = RatingTally(rating_sum=500, ratings=100)

        with pytest.raises(InvalidRequest):
            books.record(TENANT, sample_entry(rating_tally=tally))

        hold = sample_hold()
        books.reserve(TENANT, hold, NO_LIMIT)
        entry = books.settle(TENANT, sample_settlement(hold, rating_tally=tally, quality_rating=2))
        assert (entry.rating_tally, entry.quality_rating) == (None, 2)
        assert rated_in_month(books) == (2, 1)
        assert_books_agree(books, TENANT, MONTH)

    def test_exactly_the_rollup_moves_in_which_the_entry_is(self) -> None:
        """Of its day, provider, model and use case, whatever else there is beside it."""
        books = self.make()
        others: dict[str, dict[str, Any]] = {
            "day": {"day": "2026-02-15"},
            "provider": {"provider": "openai"},
            "model": {"model": "m#1"},
            "kind": {"use_case": "ad_copy"},
        }
        hold = sample_hold()
        books.reserve(TENANT, hold, NO_LIMIT)
        books.settle(TENANT, sample_settlement(hold, provider="together", model="answered"))
        for name, fields in others.items():
            books.record(TENANT, sample_entry(name, **fields))

        books.rate(TENANT, sample_rating(5))
        books.rate(TENANT, sample_rating(2, entry_id="model"))

        rows = books.day_rollups(TENANT, DAY, "2026-02-15")
        moved = {
            (row.key.provider, row.key.model): row.sums.rating_sum
            for row in rows
            if row.sums.ratings
        }
        assert moved == {("together", "answered"): 5, ("groq", "m#1"): 2}
        assert len(rows) == 5
        assert_books_agree(books, TENANT, MONTH)

    def test_ratings_stay_when_a_swept_operation_ends_late(self) -> None:
        """Given before its end or after it, they count for its own entry alone."""
        books, hold = self.make(), sample_hold()
        books.reserve(TENANT, hold, dollars("5"))
        books.settle(TENANT, swept(hold))
        books.rate(TENANT, sample_rating(2, "early"))

        late = books.settle(
            TENANT, sample_settlement(hold, sample_amount(DIME // 4, 60), model="other")
        )
        books.rate(TENANT, sample_rating(5, "early"))
        entry = books.rate(TENANT, sample_rating(4, "late"))

        assert late.rating_tally == RatingTally(rating_sum=2, ratings=1)
        assert entry.rating_tally == RatingTally(rating_sum=9, ratings=2)
        (day,) = books.day_rollups(TENANT, DAY, DAY)
        assert (day.key.model, day.sums.rating_sum) == (hold.entry.model, 9)
        correction = books.entry(TENANT, "ADJ-gen1")
        assert correction is not None
        assert correction.rating_tally is None
        assert_books_agree(books, TENANT, MONTH)

    def test_only_a_generation_can_be_rated(self) -> None:
        """Nothing unknown, no validation, no adjustment, and no operation that still runs."""
        books, hold = self.make(), sample_hold()
        books.record(TENANT, sample_entry("val1", use_case=None, purpose=Purpose.VALIDATION))
        books.reserve(TENANT, hold, NO_LIMIT)
        books.settle(TENANT, swept(hold))
        books.settle(TENANT, sample_settlement(hold))
        books.reserve(TENANT, sample_hold("gen2"), NO_LIMIT)

        for entry_id in ("unknown", "val1", "ADJ-gen1", "gen2"):
            with pytest.raises(NotFound):
                books.rate(TENANT, sample_rating(5, entry_id=entry_id))
            assert list(books.ratings(TENANT, entry_id)) == []

        assert rated_in_month(books) == (0, 0)
        assert_books_agree(books, TENANT, MONTH)

    def test_another_clients_generation_is_not_found(self) -> None:
        """And the same id of two clients has the ratings of each."""
        books, other = self.make(), TenantRef("org1", "cli2")
        books.record(TENANT, sample_entry("theirs"))
        for tenant in (TENANT, other):
            books.record(tenant, sample_entry(client_id=tenant.client_id))
        books.rate(TENANT, sample_rating(5))

        with pytest.raises(NotFound):
            books.rate(other, sample_rating(1, entry_id="theirs"))
        books.rate(other, sample_rating(1))

        assert [rated_in_month(books, tenant) for tenant in (TENANT, other)] == [(5, 1), (1, 1)]
        assert list(books.ratings(other, "gen1")) == [sample_rating(1)]
        assert list(books.ratings(other, "theirs")) == []
        for tenant in (TENANT, other):
            assert_books_agree(books, tenant, MONTH)

    def test_entries_whose_ids_begin_alike_have_their_own_ratings(self) -> None:
        """Whatever text an id is."""
        books = self.make()
        ids = ("x", "x#", "x#1 ñ", "x%23", "X")
        for stars, entry_id in enumerate(ids, 1):
            books.record(TENANT, sample_entry(entry_id))
            books.rate(TENANT, sample_rating(stars, entry_id=entry_id))

        kept = [[each.rating for each in books.ratings(TENANT, entry_id)] for entry_id in ids]
        assert kept == [[1], [2], [3], [4], [5]]
        assert_books_agree(books, TENANT, MONTH)
