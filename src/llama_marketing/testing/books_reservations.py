"""The contract of ``UsageBooks``: opening and enlarging holds."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest

from llama_marketing.domain.errors import IdempotencyMismatch, NotFound
from llama_marketing.domain.usage.books import QuotaTerms
from llama_marketing.domain.vocabulary import QuotaUnit
from llama_marketing.testing.books_suite import BooksSuite
from llama_marketing.testing.invariants import assert_books_agree, open_holds
from llama_marketing.testing.races import run_together
from llama_marketing.testing.samples import (
    DIME,
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


class ReservationsContract(BooksSuite):
    """``reserve`` and ``enlarge``."""

    def test_a_reservation_opens_a_hold_and_moves_the_counter(self) -> None:
        """The answer is the counter afterwards."""
        books = self.make()

        answer = books.reserve(TENANT, sample_hold(), dollars("5"))

        assert answer.admitted
        assert answer.counter in (None, self.counter_of(books))
        assert self.counter_of(books).available == 49 * DIME
        assert open_holds(books, TENANT) == [sample_hold()]
        assert_books_agree(books, TENANT, MONTH)

    def test_a_repeated_reservation_takes_nothing_more(self) -> None:
        """Neither while the hold is open nor after it ended."""
        books = self.make()
        first = books.reserve(TENANT, sample_hold(), dollars("5"))

        again = books.reserve(TENANT, sample_hold(), dollars("5"))
        books.settle(TENANT, sample_settlement(sample_hold()))
        late = books.reserve(TENANT, sample_hold(), dollars("5"))

        assert again == first
        assert late.admitted
        assert self.counter_of(books).settled == sample_amount()
        assert open_holds(books, TENANT) == []
        assert_books_agree(books, TENANT, MONTH)

    def test_what_does_not_fit_is_refused_and_counted_once(self) -> None:
        """A refusal opens nothing; asking again for the same operation is no new refusal."""
        books = self.make()
        books.reserve(TENANT, sample_hold("gen1"), dollars("0.15"))

        first = books.reserve(TENANT, sample_hold("gen2"), dollars("0.15"))
        again = books.reserve(TENANT, sample_hold("gen2"), dollars("0.15"))
        other = books.reserve(TENANT, sample_hold("gen3"), dollars("0.15"))

        assert [first.admitted, again.admitted, other.admitted] == [False] * 3
        assert [self.counter_at(answer).refused for answer in (first, again, other)] == [1, 1, 2]
        assert [hold.id for hold in open_holds(books, TENANT)] == ["gen1"]
        assert books.entry(TENANT, "gen2") is None
        with pytest.raises(NotFound):
            books.settle(TENANT, sample_settlement(sample_hold("gen2")))
        assert_books_agree(books, TENANT, MONTH)

    def test_a_refused_operation_is_admitted_once_there_is_room(self) -> None:
        """And then it is no refused one."""
        books = self.make()
        books.reserve(TENANT, sample_hold("gen1"), dollars("0.15"))
        books.reserve(TENANT, sample_hold("gen2"), dollars("0.15"))
        books.settle(TENANT, sample_release(sample_hold("gen1")))

        answer = books.reserve(TENANT, sample_hold("gen2"), dollars("0.15"))

        assert answer.admitted
        assert self.counter_of(books).refused == 0
        assert [hold.id for hold in open_holds(books, TENANT)] == ["gen2"]

    def test_a_refused_operation_may_ask_again_for_less(self) -> None:
        """Under the same id, for a cheaper model: that hold counts, and its refusal does not."""
        books = self.make()
        cheaper = sample_hold("gen1", sample_amount(DIME // 2), model="m", provider="groq")
        books.reserve(TENANT, sample_hold("gen1"), dollars("0.05"))

        first = books.reserve(TENANT, cheaper, dollars("0.05"))
        again = books.reserve(TENANT, cheaper, dollars("0.05"))

        assert first.admitted
        assert again == first
        counter = self.counter_of(books)
        assert (counter.refused, counter.available) == (0, 0)
        assert open_holds(books, TENANT) == [cheaper]
        assert_books_agree(books, TENANT, MONTH)

    def test_the_last_cent_may_be_used_and_not_more(self) -> None:
        """Exactly what is available fits."""
        books = self.make()

        exact = books.reserve(TENANT, sample_hold("gen1"), dollars("0.1"))
        more = books.reserve(TENANT, sample_hold("gen2", sample_amount(1)), dollars("0.1"))

        assert (exact.admitted, more.admitted) == (True, False)
        assert self.counter_at(more).available == 0

    def test_a_quota_of_zero_allows_nothing_and_none_allows_all(self) -> None:
        """Not even an operation whose price is unknown passes a quota of 0."""
        books = self.make()

        free = books.reserve(TENANT, sample_hold("gen1", sample_amount(0)), dollars("0"))
        unlimited = books.reserve(TENANT, sample_hold("gen2", sample_amount(10**21)), NO_LIMIT)

        assert not free.admitted
        assert unlimited.admitted
        assert self.counter_of(books).available is None

    @pytest.mark.parametrize(
        ("unit", "limit"), [(QuotaUnit.TOKENS, 450), (QuotaUnit.GENERATIONS, 2)]
    )
    def test_tokens_and_generations_are_quotas_too(self, unit: QuotaUnit, limit: int) -> None:
        """Two operations of 200 tokens fit in 450 tokens, and in 2 generations."""
        books, terms = self.make(), QuotaTerms(limit=limit, unit=unit)

        answers = [books.reserve(TENANT, sample_hold(f"gen{n}"), terms) for n in range(3)]

        assert [answer.admitted for answer in answers] == [True, True, False]

    def test_a_quota_that_only_notifies_lets_work_go_on(self) -> None:
        """``available`` goes below zero, nothing is refused, and a hold may still grow."""
        books = self.make()
        terms = QuotaTerms(limit=DIME // 2, blocks=False)

        answer = books.reserve(TENANT, sample_hold(), terms)

        assert answer.admitted
        assert self.counter_of(books).available == -DIME // 2
        assert books.enlarge(TENANT, "gen1", sample_amount(3 * DIME)) is True

    def test_newer_terms_count_and_older_ones_never_undo_them(self) -> None:
        """Two processes may hold the configuration of yesterday and of today."""
        books = self.make()
        books.reserve(TENANT, sample_hold("gen1"), dollars("5", as_of="2026-02-02"))

        lowered = books.reserve(TENANT, sample_hold("gen2"), dollars("0.05", as_of="2026-02-03"))
        stale = books.reserve(TENANT, sample_hold("gen3"), dollars("5", as_of="2026-02-02"))

        assert (lowered.admitted, stale.admitted) == (False, False)
        assert self.counter_at(stale).available == -DIME // 2

    def test_the_first_reservations_of_a_month_share_one_counter(self) -> None:
        """Twenty threads, room for five, no counter yet."""
        books = self.make()

        def reserve(number: int) -> bool:
            return books.reserve(TENANT, sample_hold(f"gen{number}"), dollars("0.5")).admitted

        admitted = run_together([partial(reserve, number) for number in range(20)])

        assert sorted(admitted) == [False] * 15 + [True] * 5
        assert self.counter_of(books).reserved.cost == 5 * DIME
        assert self.counter_of(books).refused == 15
        assert_books_agree(books, TENANT, MONTH)

    def test_an_id_that_is_booked_without_a_hold_cannot_be_reserved(self) -> None:
        """Else two operations would share one entry."""
        books = self.make()
        books.record(TENANT, sample_entry("gen1"))

        with pytest.raises(IdempotencyMismatch):
            books.reserve(TENANT, sample_hold("gen1"), NO_LIMIT)

    def test_a_hold_grows_to_the_amount_and_so_does_what_a_sweep_would_book(self) -> None:
        """``amount`` is in all, so a repetition adds nothing."""
        books = self.make()
        books.reserve(TENANT, sample_hold(), dollars("0.35"))

        assert books.enlarge(TENANT, "gen1", sample_amount(3 * DIME, 500)) is True
        assert books.enlarge(TENANT, "gen1", sample_amount(3 * DIME, 500)) is True

        (hold,) = open_holds(books, TENANT)
        assert hold.amount == sample_amount(3 * DIME, 500)
        assert (hold.entry.cost_usd, hold.entry.tokens_output) == (Decimal("0.3"), 500)
        assert_books_agree(books, TENANT, MONTH)

    def test_a_hold_does_not_grow_beyond_the_quota(self) -> None:
        """Nothing changes then."""
        books = self.make()
        books.reserve(TENANT, sample_hold(), dollars("0.25"))

        assert books.enlarge(TENANT, "gen1", sample_amount(3 * DIME)) is False

        assert open_holds(books, TENANT) == [sample_hold()]
        assert_books_agree(books, TENANT, MONTH)

    def test_a_hold_that_needs_no_more_of_the_quota_stays_allowed(self) -> None:
        """More tokens at no higher cost, though the quota was lowered below its use."""
        books = self.make()
        books.reserve(TENANT, sample_hold("gen1"), dollars("0.25"))
        books.reserve(TENANT, sample_hold("gen2"), dollars("0.05", as_of="2026-02-02"))

        assert books.enlarge(TENANT, "gen1", sample_amount(DIME, 900)) is True
        assert books.enlarge(TENANT, "gen1", sample_amount(DIME + 1, 900)) is False

    def test_only_an_open_hold_grows(self) -> None:
        """False for one that ended, NotFound for none."""
        books = self.make()
        books.reserve(TENANT, sample_hold(), NO_LIMIT)
        books.settle(TENANT, sample_settlement(sample_hold()))

        assert books.enlarge(TENANT, "gen1", sample_amount(3 * DIME)) is False
        with pytest.raises(NotFound):
            books.enlarge(TENANT, "gen2", sample_amount())
