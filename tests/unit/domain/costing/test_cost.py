"""The cost of a call is exact, and unknown where the price is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from llama_marketing.domain.costing.cost import cost
from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.money import usd


def price(
    input: str | None = None,  # noqa: A002 - the field's name
    output: str | None = None,
    cached: str | None = None,
    per_hour: str | None = None,
    written: str | None = None,
) -> PriceRow:
    def amount(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    return PriceRow(
        host="cloud",
        model="small",
        input=amount(input),
        output=amount(output),
        cached_input=amount(cached),
        cache_write=amount(written),
        per_hour=amount(per_hour),
        valid_from=date(2026, 1, 1),
        as_of=date(2026, 11, 22),
        source="list",
    )


@pytest.mark.parametrize(
    ("row", "tokens", "dollars"),
    [
        (price("0.10", "0.30"), (1_000_000, 1_000_000), "0.40"),
        (price("0.10", "0.30"), (500, 300), "0.00014"),
        (price("0.02", "0.04"), (1, 0), "0.00000002"),
        (price("0.000001", "0"), (1, 999), "0.000000000001"),
        (price("0.59", "0.79"), (1234, 567), "0.00117599"),
        (price("10.68", "16"), (0, 0), "0"),
        (price("0", "0"), (10, 10), "0"),
    ],
)
def test_a_cost_is_tokens_times_price(row: PriceRow, tokens: tuple[int, int], dollars: str) -> None:
    found = cost(row, *tokens)
    assert found is not None
    assert usd(found) == Decimal(dollars)


def test_tokens_written_to_a_cache_are_a_part_of_the_input_at_their_own_price() -> None:
    row = price("0.10", "0.50", cached="0.01", written="0.125")
    found = cost(row, 1000, 0, cached_tokens=400, cache_write_tokens=500)
    assert found == 100 * 100_000 + 400 * 10_000 + 500 * 125_000
    assert usd(found) == Decimal("0.0000765")
    bare = price("0.10", "0.50")
    assert cost(bare, 1000, 0, cache_write_tokens=500) == cost(bare, 1000, 0)
    assert cost(row, 1000, 0, cached_tokens=900, cache_write_tokens=500) == cost(
        row, 1000, 0, cached_tokens=900, cache_write_tokens=100
    )
    with pytest.raises(InvalidRequest):
        cost(row, 10, 0, cache_write_tokens=-1)


def test_cached_tokens_are_a_part_of_the_input_at_their_own_price() -> None:
    row = price("0.59", "0.79", cached="0.295")
    assert cost(row, 1000, 0, cached_tokens=400) == 600 * 590_000 + 400 * 295_000


def test_cached_tokens_may_be_free() -> None:
    assert cost(price("1", "1", cached="0"), 10, 0, cached_tokens=4) == 6_000_000


def test_cached_tokens_cost_like_input_where_the_host_does_not_tell_them_apart() -> None:
    row = price("0.59", "0.79")
    assert cost(row, 1000, 0, cached_tokens=400) == cost(row, 1000, 0)


def test_more_cached_tokens_than_input_never_make_a_negative_cost() -> None:
    row = price("1", "1", cached="0.5")
    assert cost(row, 10, 0, cached_tokens=99) == cost(row, 10, 0, cached_tokens=10) == 5_000_000


def test_an_unknown_price_is_none_and_never_zero() -> None:
    assert cost(None, 1000, 1000) is None
    assert cost(None, 0, 0) is None


@pytest.mark.parametrize(
    ("per_hour", "latency_ms", "pico"),
    [
        ("3.60", 1000, 1_000_000_000),
        ("3.60", 0, 0),
        ("0.000001", 1, 0),
        ("0.000001", 2, 1),
        ("1.25", 3_600_000, 1_250_000_000_000),
        ("1", 1, 277_778),
    ],
)
def test_by_the_hour_only_the_time_counts(per_hour: str, latency_ms: int, pico: int) -> None:
    row = price(per_hour=per_hour)
    assert cost(row, 999, 999, 99, latency_ms) == pico


@pytest.mark.parametrize("numbers", [(-1, 0, 0, 0), (0, -1, 0, 0), (0, 0, -1, 0), (0, 0, 0, -1)])
def test_negative_numbers_are_refused(numbers: tuple[int, int, int, int]) -> None:
    for row in (None, price("1", "1")):
        with pytest.raises(InvalidRequest):
            cost(row, *numbers)
