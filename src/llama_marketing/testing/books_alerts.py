"""The contract of ``UsageBooks``: nearing a threshold, and marking it as told."""

from __future__ import annotations

from functools import partial
from itertools import chain

from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.books import QuotaTerms
from llama_marketing.testing.books_suite import BooksSuite
from llama_marketing.testing.invariants import assert_books_agree
from llama_marketing.testing.races import run_together
from llama_marketing.testing.samples import (
    MONTH,
    TENANT,
    dollars,
    sample_hold,
    sample_release,
    sample_settlement,
)

ALERTS = (80, 100)
THREADS = 16


def watched(amount: str | None) -> QuotaTerms:
    """The terms of a quota in US dollars with the usual thresholds."""
    return dollars(amount).model_copy(update={"alerts": ALERTS})


class AlertsContract(BooksSuite):
    """``Reservation.near_alert`` and ``mark_alerts``."""

    def test_the_reservation_that_reaches_a_threshold_is_near_it(self) -> None:
        """Ten cents of a dollar each: the eighth reaches 80 percent, held or settled alike."""
        books = self.make()
        near = []
        for number in range(8):
            hold = sample_hold(f"gen{number}")
            near.append(books.reserve(TENANT, hold, watched("1")).near_alert)
            if number % 2:
                books.settle(TENANT, sample_settlement(hold))

        assert near == [False] * 7 + [True]

    def test_a_repeated_reservation_is_as_near_as_the_first(self) -> None:
        """Its answer may have been lost."""
        books = self.make()
        first = books.reserve(TENANT, sample_hold(), watched("0.1"))

        assert first.near_alert
        assert books.reserve(TENANT, sample_hold(), watched("0.1")) == first

    def test_only_a_threshold_nobody_was_told_of_is_near(self) -> None:
        """Between a marked 80 and a 100 that is far, work goes on unwatched."""
        books = self.make()
        books.mark_alerts(TENANT, MONTH, [80])
        unmarked = sample_hold("gen9", period="2026-03", day="2026-03-14")

        for number in range(9):
            hold = sample_hold(f"gen{number}")
            assert not books.reserve(TENANT, hold, watched("1")).near_alert
        assert books.reserve(TENANT, sample_hold("gen10"), watched("1")).near_alert
        assert books.reserve(TENANT, unmarked, watched("0.12")).near_alert

    def test_without_a_quota_or_without_thresholds_nothing_is_near(self) -> None:
        """However much is used."""
        books = self.make()

        assert not books.reserve(TENANT, sample_hold("gen1"), watched(None)).near_alert
        assert not books.reserve(TENANT, sample_hold("gen2"), dollars("0.2")).near_alert

    def test_what_was_released_is_far_again(self) -> None:
        """Nobody hears of money that was never spent."""
        books = self.make()
        large = sample_hold("gen1")
        assert books.reserve(TENANT, large, watched("0.12")).near_alert
        books.settle(TENANT, sample_release(large))

        small = sample_hold("gen2", large.amount.model_copy(update={"cost": 1}))

        assert not books.reserve(TENANT, small, watched("0.12")).near_alert

    def test_each_threshold_is_answered_once_a_period(self) -> None:
        """In ascending order; another period and another client have marks of their own."""
        books = self.make()
        other = TenantRef("org1", "cli2")

        assert books.mark_alerts(TENANT, MONTH, [80]) == (80,)
        assert books.mark_alerts(TENANT, MONTH, [100, 80, 95]) == (95, 100)
        assert books.mark_alerts(TENANT, MONTH, [80, 95, 100]) == ()
        assert books.mark_alerts(TENANT, "2026-03", [80]) == (80,)
        assert books.mark_alerts(other, MONTH, [80]) == (80,)
        assert self.counter_of(books).alerts_fired == (80, 95, 100)

    def test_marking_nothing_changes_nothing(self) -> None:
        """No counter comes of it."""
        books = self.make()

        assert books.mark_alerts(TENANT, MONTH, []) == ()
        assert books.counter(TENANT, MONTH) is None

    def test_marks_stay_whatever_happens_to_the_counter(self) -> None:
        """Reserving, settling and another quota keep them, and marking moves no money."""
        books = self.make()
        books.reserve(TENANT, sample_hold(), dollars("5"))
        before = self.counter_of(books)
        books.mark_alerts(TENANT, MONTH, [80])

        assert self.counter_of(books) == before.model_copy(update={"alerts_fired": (80,)})
        books.settle(TENANT, sample_settlement(sample_hold()))
        books.reserve(TENANT, sample_hold("gen2"), dollars("6", as_of="2026-02-09"))
        assert self.counter_of(books).alerts_fired == (80,)
        assert_books_agree(books, TENANT, MONTH)

    def test_of_sixteen_threads_each_threshold_goes_to_one(self) -> None:
        """While reservations change the same counter."""
        books = self.make()

        def race(number: int) -> tuple[int, ...]:
            books.reserve(TENANT, sample_hold(f"gen{number}"), dollars("5"))
            return books.mark_alerts(TENANT, MONTH, ALERTS)

        fresh = run_together([partial(race, number) for number in range(THREADS)])

        assert sorted(chain(*fresh)) == sorted(ALERTS)
        assert self.counter_of(books).alerts_fired == ALERTS
        assert_books_agree(books, TENANT, MONTH)
