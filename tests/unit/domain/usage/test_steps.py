"""The corners of the books' steps; the contract of the port walks the straight ways."""

from __future__ import annotations

from decimal import Decimal

import pytest

from llama_marketing.domain.usage.amounts import NOTHING, Amount
from llama_marketing.domain.usage.books import Counter, HoldState, QuotaTerms, adjustment
from llama_marketing.domain.usage.steps import end_hold, enlarge_hold, open_hold, swept
from llama_marketing.domain.vocabulary import QuotaUnit
from llama_marketing.testing.samples import (
    DIME,
    MONTH,
    sample_amount,
    sample_hold,
    sample_settlement,
)

EMPTY = Counter(period=MONTH)


def test_terms_that_say_the_same_leave_the_counter_as_it_is() -> None:
    """The usual case costs no copy."""
    terms = QuotaTerms(limit=5, as_of="1")
    counter = EMPTY.under(terms)

    assert counter.under(terms) is counter


def test_a_changed_unit_reads_the_same_counter_anew() -> None:
    """All three units are always counted."""
    used = Amount(cost=7, tokens=5, generations=2)
    counter = Counter(period=MONTH, settled=used)

    left = [
        counter.under(QuotaTerms(limit=10, unit=unit, as_of=unit.value)).available
        for unit in (QuotaUnit.USD, QuotaUnit.TOKENS, QuotaUnit.GENERATIONS)
    ]

    assert left == [3, 5, 8]


def test_an_operation_without_a_price_is_admitted_while_nothing_is_overdrawn() -> None:
    """It holds 0 dollars: at 0 left it passes, below 0 no more."""
    hold = sample_hold(amount=sample_amount(0))
    at_zero = Counter(period=MONTH, settled=sample_amount(DIME))
    below = Counter(period=MONTH, settled=sample_amount(DIME + 1))
    terms = QuotaTerms(limit=DIME)

    assert open_hold(at_zero, None, None, hold, terms).reservation.admitted
    assert not open_hold(below, None, None, hold, terms).reservation.admitted


def test_a_refusal_of_another_month_is_not_taken_back() -> None:
    """Each counter counts its own."""
    refused = sample_hold(period="2026-01").model_copy(update={"state": HoldState.REFUSED})

    opening = open_hold(EMPTY, refused, None, sample_hold(), QuotaTerms())

    assert opening.reservation.admitted
    assert opening.counter.refused == 0


def test_an_unpriced_hold_that_grows_stays_unpriced_until_it_costs_something() -> None:
    """A fallback model may have the price that the first one lacked."""
    hold = sample_hold(amount=sample_amount(0), cost_usd=None)
    counter = EMPTY.model_copy(update={"reserved": hold.amount})

    same = enlarge_hold(counter, hold, sample_amount(0, 900))
    dearer = enlarge_hold(counter, hold, sample_amount(DIME, 900))

    assert same is not None
    assert dearer is not None
    assert same[1].entry.cost_usd is None
    assert dearer[1].entry.cost_usd == Decimal("0.1")


@pytest.mark.parametrize(
    ("swept_at", "real", "difference"),
    [
        (Decimal("0.1"), Decimal("0.03"), Decimal("-0.07")),
        (Decimal("0.1"), None, Decimal("-0.1")),
        (None, Decimal("0.03"), Decimal("0.03")),
        (None, None, None),
    ],
)
def test_an_adjustment_is_the_difference_to_what_was_booked(
    swept_at: Decimal | None, real: Decimal | None, difference: Decimal | None
) -> None:
    """An unknown price was booked as 0 and counts as that; two unknown ones stay unknown."""
    hold = sample_hold(cost_usd=swept_at)

    entry = adjustment(hold, sample_settlement(hold, cost_usd=real))

    assert entry.cost_usd == difference


def test_an_adjustment_stands_under_the_swept_entrys_model() -> None:
    """So that no roll-up goes below zero."""
    hold = sample_hold()
    ending = end_hold(EMPTY, hold, None, swept(hold))
    assert ending is not None
    late = sample_settlement(hold, NOTHING, model="other", provider="other", day="2026-02-20")

    correction = end_hold(ending.counter, ending.hold, ending.entry, late)

    assert correction is not None
    assert correction.correction is not None
    for name in ("model", "provider", "day", "period", "timestamp"):
        assert getattr(correction.correction, name) == getattr(hold.entry, name)
