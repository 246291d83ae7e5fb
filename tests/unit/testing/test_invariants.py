"""Books that do not agree are found, down to one pico-dollar."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.books import QuotaTerms
from llama_marketing.domain.usage.entries import Purpose
from llama_marketing.domain.usage.rollups import Sums
from llama_marketing.testing import MemoryDatabase, MemoryUsageBooks
from llama_marketing.testing.invariants import assert_books_agree
from llama_marketing.testing.samples import MONTH, TENANT, sample_hold, sample_settlement

PICO = Amount(cost=1)
DRIFT = Sums(cost_pico_usd=1)


def drift_reserved(database: MemoryDatabase) -> None:
    """The counter holds one pico-dollar that no hold has."""
    counters = database.tenants[TENANT].counters
    kept = counters[MONTH]
    counters[MONTH] = kept.model_copy(update={"reserved": kept.reserved + PICO})


def drift_settled(database: MemoryDatabase) -> None:
    """The counter settled one pico-dollar that no entry booked."""
    counters = database.tenants[TENANT].counters
    kept = counters[MONTH]
    counters[MONTH] = kept.model_copy(update={"settled": kept.settled + PICO})


def drift_day(database: MemoryDatabase) -> None:
    """A day's roll-up is one pico-dollar more than its entries."""
    days = database.tenants[TENANT].days
    for key in days:
        days[key] = days[key] + DRIFT


def drift_month(database: MemoryDatabase) -> None:
    """The month's roll-up is one pico-dollar more than its entries."""
    months = database.tenants[TENANT].months
    months[MONTH, Purpose.GENERATION] = months[MONTH, Purpose.GENERATION] + DRIFT


def lose_an_entry(database: MemoryDatabase) -> None:
    """An entry is gone."""
    database.tenants[TENANT].entries.clear()


def books_with(damage: Callable[[MemoryDatabase], None] | None) -> MemoryUsageBooks:
    """One settled operation and one that runs, and then the damage."""
    database = MemoryDatabase()
    books = MemoryUsageBooks(database)
    for number in range(2):
        books.reserve(TENANT, sample_hold(f"gen{number}"), QuotaTerms(limit=10**12))
    books.settle(TENANT, sample_settlement(sample_hold("gen0")))
    if damage is not None:
        damage(database)
    return books


def test_sound_books_agree() -> None:
    """Nothing is raised."""
    assert_books_agree(books_with(None), TENANT, MONTH)


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        (drift_reserved, "counter.reserved.cost"),
        (drift_settled, "counter.settled.cost"),
        (drift_day, "day.2026-02-14.groq.llama-3.3-70b-instruct.social_post.cost_pico_usd"),
        (drift_month, "month.generation.cost_pico_usd"),
        (lose_an_entry, "counter.settled.cost"),
    ],
)
def test_a_drift_of_one_pico_dollar_is_found(
    damage: Callable[[MemoryDatabase], None], what: str
) -> None:
    """And the message says where."""
    with pytest.raises(AssertionError, match=f"^{what}: "):
        assert_books_agree(books_with(damage), TENANT, MONTH)


def test_the_fakes_need_no_pytest() -> None:
    """Only the modules with the contracts do."""
    code = (
        "import sys; sys.modules['pytest'] = None; import llama_marketing.testing;"
        "import llama_marketing.testing.invariants, llama_marketing.testing.samples"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
