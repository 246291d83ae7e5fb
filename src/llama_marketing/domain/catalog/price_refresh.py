"""What another source says of our prices: what is new, what changed, what it does not have.

Nothing is changed here: a person reads the differences, and pastes what is right.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

import attrs
from pydantic import Field

from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.catalog.views import SERVING
from llama_marketing.domain.costing.prices import Price, PriceRow
from llama_marketing.domain.model import Model

AMOUNTS = ("input", "output", "cached_input", "cache_write")
"""The prices of a row, US dollars per million tokens."""
Pair = tuple[str, str]
"""A host and a model of the catalog."""


class SeenPrice(Model):
    """What a source says that a model costs; ``model`` is the catalog's id or the host's own."""

    host: str = Field(min_length=1, max_length=64)
    model: str = Field(min_length=1, max_length=128)
    input: Price
    output: Price
    cached_input: Price | None = None
    cache_write: Price | None = None


class Difference(StrEnum):
    """How a price of the source stands to ours."""

    NEW = "new"
    """We know none."""
    CHANGED = "changed"
    MISSING = "missing"
    """Ours, for a host that the source covers; it has none."""
    UNMATCHED = "unmatched"
    """Of a host or a model that the catalog does not have."""


@attrs.frozen
class PriceDifference:
    """One line of the comparison; ``before`` is our row in force, ``seen`` the source's price."""

    kind: Difference
    host: str
    model: str
    before: PriceRow | None = None
    seen: SeenPrice | None = None


@attrs.frozen
class PriceComparison:
    """All that differs, in the catalog's order, and what could not be compared.

    ``same`` counts the equal prices; ``uncovered`` are hosts with prices of ours that the source
    says nothing of.
    """

    same: int
    differences: tuple[PriceDifference, ...]
    uncovered: tuple[str, ...]

    def of(self, kind: Difference) -> tuple[PriceDifference, ...]:
        """The differences of one kind."""
        return tuple(found for found in self.differences if found.kind is kind)

    def rows(self, day: date, source: str) -> str:
        """What is new or changed as rows for ``prices.toml``, in force from ``day``.

        They hold only what the source says: a price for cached tokens that it does not name is
        not carried over.
        """
        wanted = (*self.of(Difference.CHANGED), *self.of(Difference.NEW))
        return "\n".join(_row(found, day, source) for found in wanted)


def served_pairs(catalog: Catalog, day: date) -> Iterator[tuple[str, str, str]]:
    """Every host and model that can be used on a day, and the model's id at the host."""
    for host in catalog.hosts:
        for model in catalog.models:
            offer = catalog.offer(host.id, model.id)
            if offer is not None and catalog.status_on(host.id, model.id, day) in SERVING:
                yield host.id, model.id, offer.host_model_id
    for row in catalog.comparators:
        if row.status_on(day) is ServingStatus.LIVE:
            yield row.host, row.id, row.id


def compare_prices(
    catalog: Catalog, seen: Iterable[SeenPrice], covered: Collection[str], day: date
) -> PriceComparison:
    """Lay a source's prices beside those in force on a day.

    ``covered`` are the hosts that the source knows. Of two prices for one pair the later counts.
    """
    names = _names(catalog)
    found: dict[Pair, SeenPrice] = {}
    unmatched = []
    for price in seen:
        pair = names.get((price.host, price.model.casefold()))
        if pair is None:
            strange = PriceDifference(Difference.UNMATCHED, price.host, price.model, seen=price)
            unmatched.append(strange)
        else:
            found[pair] = price
    pairs = dict.fromkeys((row.host, row.model) for row in catalog.prices)
    ours = {pair: row for pair in pairs if (row := catalog.price_on(*pair, day)) is not None}
    served = {(host, model) for host, model, _ in served_pairs(catalog, day)}
    differences = [_difference(pair, ours.get(pair), price) for pair, price in found.items()]
    missing = [
        PriceDifference(Difference.MISSING, *pair, before=row)
        for pair, row in ours.items()
        if pair not in found and pair[0] in covered and pair in served
    ]
    return PriceComparison(
        same=differences.count(None),
        differences=(*(one for one in differences if one is not None), *missing, *unmatched),
        uncovered=tuple(dict.fromkeys(host for host, _ in ours if host not in covered)),
    )


def _names(catalog: Catalog) -> Mapping[tuple[str, str], Pair]:
    """Every name of a model at a host, in small letters, with what it stands for."""
    names: dict[tuple[str, str], Pair] = {}
    for host in catalog.hosts:
        for model in catalog.models:
            offer = catalog.offer(host.id, model.id)
            if offer is not None:
                for name in (offer.host_model_id, model.id):
                    names[host.id, name.casefold()] = (host.id, model.id)
    return names | {
        (row.host, row.id.casefold()): (row.host, row.id) for row in catalog.comparators
    }


def _difference(pair: Pair, before: PriceRow | None, seen: SeenPrice) -> PriceDifference | None:
    if before is None:
        return PriceDifference(Difference.NEW, *pair, seen=seen)
    changed = any(
        amount is not None and amount != getattr(before, name)
        for name in AMOUNTS
        for amount in [getattr(seen, name)]
    )
    return PriceDifference(Difference.CHANGED, *pair, before, seen) if changed else None


def _row(found: PriceDifference, day: date, source: str) -> str:
    assert found.seen is not None, "only what a source says becomes a row"
    amounts = {name: getattr(found.seen, name) for name in AMOUNTS}
    return "\n".join(
        [
            "[[prices]]",
            # A string of JSON is one of TOML too.
            f"host = {json.dumps(found.host)}",
            f"model = {json.dumps(found.model)}",
            *(f"{name} = {_number(value)}" for name, value in amounts.items() if value is not None),
            f"valid_from = {day.isoformat()}",
            f"as_of = {day.isoformat()}",
            f"source = {json.dumps(source, ensure_ascii=False)}",
            "",
        ]
    )


def _number(amount: Decimal) -> str:
    whole, _, decimals = f"{amount:f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
