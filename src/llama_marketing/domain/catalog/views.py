"""The catalog as it looks on a day: hosts with status and price, costs and cost bands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.catalog.models import (
    Catalog,
    CostBand,
    LlamaModel,
    ModelOffer,
    ModelRow,
)
from llama_marketing.domain.costing.prices import PriceRow

SERVING = (ServingStatus.LIVE, ServingStatus.DEDICATED)
"""The statuses under which a client can use a model at a host."""


def views(catalog: Catalog, today: date, host: str | None = None) -> tuple[LlamaModel, ...]:
    """Every model on a day, in the catalog's order; prices are the host's when one is given."""
    bands = cost_bands(catalog, today)
    return tuple(_view(catalog, row, today, host, bands[row.id]) for row in catalog.models)


def cheapest(catalog: Catalog, model_id: str, today: date) -> PriceRow | None:
    """The lowest price per token (input plus output) at a live host, or None."""
    prices = [
        price
        for host in catalog.llama_hosts
        if catalog.status_on(host.id, model_id, today) is ServingStatus.LIVE
        and (price := catalog.price_on(host.id, model_id, today)) is not None
        and price.per_million is not None
    ]
    return min(prices, key=_per_million, default=None)


def cost_bands(catalog: Catalog, today: date) -> Mapping[str, CostBand]:
    """The terciles of the priced models by what they cost at their cheapest live host.

    Models of equal price are in the same band.
    """
    found = {row.id: cheapest(catalog, row.id, today) for row in catalog.models}
    known = sorted(_per_million(price) for price in found.values() if price is not None)
    return {model_id: _band(price, known) for model_id, price in found.items()}


def _band(price: PriceRow | None, known: list[Decimal]) -> CostBand:
    if price is None:
        return CostBand.UNKNOWN
    cheaper = sum(other < _per_million(price) for other in known)
    if 3 * cheaper < len(known):
        return CostBand.LOW
    return CostBand.MEDIUM if 3 * cheaper < 2 * len(known) else CostBand.HIGH


def _per_million(price: PriceRow) -> Decimal:
    assert price.per_million is not None, "only prices per token are compared"
    return price.per_million


def _view(
    catalog: Catalog, row: ModelRow, today: date, host: str | None, band: CostBand
) -> LlamaModel:
    hosts = tuple(
        shown
        for known in catalog.llama_hosts
        if (shown := _offer(catalog, known.id, row.id, today)) is not None
    )
    if host is None:
        price = cheapest(catalog, row.id, today)
    else:
        # Another host's price would not be what this client pays.
        price = catalog.price_on(host, row.id, today)
    priced_at = price.host if price is not None else host
    offer = None if priced_at is None else catalog.offer(priced_at, row.id)
    limit = None if offer is None else offer.max_output_tokens
    return LlamaModel(
        **{name: getattr(row, name) for name in ModelRow.model_fields}
        | {
            "max_output_tokens": limit or row.max_output_tokens,
            "supported_providers": tuple(o.host for o in hosts if o.status in SERVING),
            "cost_per_1m_input": None if price is None else price.input,
            "cost_per_1m_output": None if price is None else price.output,
            "cost_band": band,
            "hosts": hosts,
        }
    )


def _offer(catalog: Catalog, host: str, model: str, today: date) -> ModelOffer | None:
    offer = catalog.offer(host, model)
    if offer is None:
        return None
    price = catalog.price_on(host, model, today)
    return ModelOffer(
        host=host,
        host_model_id=offer.host_model_id,
        status=catalog.status_on(host, model, today),
        retired_on=offer.retired_on,
        cost_per_1m_input=None if price is None else price.input,
        cost_per_1m_output=None if price is None else price.output,
        price_as_of=None if price is None else price.as_of,
    )
