"""A price row is of one kind, exact to six decimals, and in force on its days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.domain.errors import InvalidRequest

ROW: dict[str, Any] = {
    "host": "cloud",
    "model": "small",
    "input": Decimal("0.02"),
    "output": Decimal("0.04"),
    "valid_from": date(2026, 1, 1),
    "as_of": date(2026, 11, 22),
    "source": "list",
}
HOURLY = ROW | {"input": None, "output": None, "per_hour": Decimal(2)}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"output": None}, "input and output, or per_hour"),
        ({"input": None}, "input and output, or per_hour"),
        ({"per_hour": Decimal(1)}, "beside a price per token"),
        (HOURLY | {"cached_input": Decimal(1)}, "beside a price per token"),
        (HOURLY | {"cache_write": Decimal(1)}, "beside a price per token"),
        (HOURLY | {"output": Decimal(1)}, "beside a price per token"),
        ({"input": Decimal("0.0000001")}, "decimal"),
        ({"input": Decimal(-1)}, "greater than or equal to 0"),
        ({"input": Decimal("NaN")}, "finite"),
        ({"input": Decimal("Infinity")}, "finite"),
        ({"input": Decimal(1_000_001)}, "less than or equal"),
        ({"valid_to": date(2026, 1, 1)}, "valid_to must be after valid_from"),
        ({"source": ""}, "source"),
    ],
)
def test_a_row_that_cannot_be_billed_by_is_refused(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        PriceRow(**ROW | fields)


def test_a_row_is_in_force_from_its_first_day_to_the_eve_of_its_last() -> None:
    row = PriceRow(**ROW | {"valid_to": date(2026, 2, 1)})
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 1))
    assert [row.in_force(day) for day in days] == [False, True, True, False]
    assert PriceRow(**ROW).in_force(date.max)


def test_the_yardstick_is_input_plus_output_and_none_by_the_hour() -> None:
    assert PriceRow(**ROW).per_million == Decimal("0.06")
    assert PriceRow(**HOURLY).per_million is None
    assert PriceRow(**ROW | {"input": Decimal(0), "output": Decimal(0)}).per_million == 0
