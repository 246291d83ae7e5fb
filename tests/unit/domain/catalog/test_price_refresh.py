"""Our prices beside a source's: each pair in one list, and rows that the catalog can read."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from llama_marketing.domain.catalog.hosts import HostRole, ServingStatus
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.catalog.price_refresh import (
    Difference,
    PriceComparison,
    SeenPrice,
    compare_prices,
    served_pairs,
)
from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.domain.errors import InvalidRequest
from tests.unit.domain.catalog.samples import TODAY, host, model, offer, price
from tests.unit.domain.catalog.test_comparators import comparator

CATALOG = Catalog(
    models=(model("small"), model("large")),
    hosts=(
        host("cloud"), host("other"),
        host("own", takes_any_model=True), host("rival", role=HostRole.COMPARATOR),
    ),
    offers=(
        offer("cloud", "small"),
        offer("cloud", "large"),
        offer("other", "small"),
        offer("other", "large", status=ServingStatus.RETIRED),
    ),
    prices=(
        price("cloud", "small", "0.20", valid_from=date(2026, 6, 1), cached_input="0.05"),
        price("cloud", "small", "0.10", valid_from=date(2026, 1, 1)),
        price("cloud", "small", "0.30", valid_from=TODAY + timedelta(days=1)),
        price("other", "large", "1"),
        price("rival", "rival-1", "2"),
    ),
    comparators=(comparator("rival-1", "rival"),),
)  # fmt: skip


def seen(host_id: str, model_id: str, both: str, **fields: Any) -> SeenPrice:
    """What a source says, the same for input and output."""
    amount = Decimal(both)
    return SeenPrice(host=host_id, model=model_id, input=amount, output=amount, **fields)


def compared(*prices: SeenPrice) -> PriceComparison:
    """The comparison with the catalog above, by a source that covers what it names."""
    return compare_prices(CATALOG, prices, {price.host for price in prices}, TODAY)


def test_a_price_is_compared_with_the_newest_one_in_force() -> None:
    """Neither with an older one nor with tomorrow's."""
    assert compared(seen("cloud", "small", "0.2")).same == 1
    (changed,) = compared(seen("cloud", "small", "0.3")).of(Difference.CHANGED)

    assert (changed.host, changed.model) == ("cloud", "small")
    assert changed.before is not None
    assert changed.seen is not None
    assert (changed.before.input, changed.seen.input) == (Decimal("0.20"), Decimal("0.3"))


@pytest.mark.parametrize("name", ["small", "cloud/small", "CLOUD/Small"])
def test_a_model_goes_by_its_id_and_by_the_hosts(name: str) -> None:
    """In small letters and capitals."""
    assert compared(seen("cloud", name, "0.2")).same == 1


def test_what_a_source_does_not_name_is_not_a_difference() -> None:
    """A price for cached tokens differs only where the source has one."""
    assert compared(seen("cloud", "small", "0.2", cached_input="0.05")).same == 1
    assert len(compared(seen("cloud", "small", "0.2", cached_input="0.04")).differences) == 1


def test_a_price_that_we_do_not_have_is_new() -> None:
    """Also on a machine of one's own, which takes every model."""
    found = compared(seen("cloud", "large", "1"), seen("own", "large", "0"))

    assert [(one.host, one.model) for one in found.of(Difference.NEW)] == [
        ("cloud", "large"), ("own", "large"),
    ]  # fmt: skip


def test_a_strange_host_or_model_is_unmatched() -> None:
    """It is shown, never guessed."""
    found = compared(seen("nowhere", "small", "1"), seen("cloud", "tiny", "1"))

    assert [one.model for one in found.of(Difference.UNMATCHED)] == ["small", "tiny"]
    assert found.of(Difference.NEW) == ()


def test_a_price_is_missing_only_where_the_source_covers_the_host() -> None:
    """The hosts that it does not cover are named once; what is retired is nobody's news."""
    found = compare_prices(CATALOG, [], {"cloud", "other"}, TODAY)

    assert [(one.host, one.model) for one in found.of(Difference.MISSING)] == [("cloud", "small")]
    assert found.uncovered == ("rival",)


def test_comparators_are_compared_too() -> None:
    """By their one id."""
    assert compared(seen("rival", "rival-1", "2")).same == 1
    assert ("rival", "rival-1", "rival-1") in set(served_pairs(CATALOG, TODAY))


def test_only_what_is_served_is_asked_for() -> None:
    """Not a model that its host retired."""
    pairs = {(host_id, model_id) for host_id, model_id, _ in served_pairs(CATALOG, TODAY)}

    assert ("other", "small") in pairs
    assert ("other", "large") not in pairs
    late = attrs.evolve(CATALOG, comparators=(comparator("rival-1", "rival", retired_on=TODAY),))
    assert "rival" not in {host_id for host_id, _, _ in served_pairs(late, TODAY)}


def test_of_two_prices_for_one_pair_the_later_counts() -> None:
    """As in an override file."""
    found = compared(seen("cloud", "small", "9"), seen("cloud", "cloud/small", "0.2"))

    assert (found.same, found.differences) == (1, ())


def test_the_rows_can_be_read_as_prices() -> None:
    """Changed ones before new ones, in force from the day, with only what the source says."""
    found = compared(
        seen("cloud", "large", "0.000001", cache_write="3"), seen("cloud", "small", "0.25")
    )
    rows = tomllib.loads(found.rows(TODAY, 'a "source" ñ'), parse_float=Decimal)["prices"]

    assert [PriceRow.read(row) for row in rows] == [
        price("cloud", "small", "0.25", valid_from=TODAY, as_of=TODAY, source='a "source" ñ'),
        price(
            "cloud", "large", "0.000001", cache_write="3",
            valid_from=TODAY, as_of=TODAY, source='a "source" ñ',
        ),
    ]  # fmt: skip
    assert compared(seen("cloud", "small", "0.2")).rows(TODAY, "x") == ""


@pytest.mark.parametrize("amount", ["-1", "0.0000001", "NaN", "Infinity", None, "x"])
def test_an_impossible_price_is_refused(amount: str | None) -> None:
    """Prices are finite, not negative, of at most six decimals."""
    with pytest.raises(InvalidRequest):
        SeenPrice.read({"host": "h", "model": "m", "input": amount, "output": "1"})
