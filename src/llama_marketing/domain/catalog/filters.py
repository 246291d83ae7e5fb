"""Choosing and ordering the catalog's models."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.catalog.models import Catalog, CostBand, LlamaModel
from llama_marketing.domain.catalog.views import SERVING, views
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.model import Model
from llama_marketing.domain.vocabulary import LlamaCapability


class ModelSort(StrEnum):
    """The order of the models; equals stay in the catalog's order."""

    RECOMMENDED = "recommended"
    PRICE = "price"
    """Cheapest first, unknown last."""
    CONTEXT = "context"
    """Largest window first."""
    RELEASED = "released"
    """Newest first."""
    NAME = "name"


class ModelFilter(Model):
    """Which models to show; None and False ask for nothing."""

    family: str | None = None
    capability: LlamaCapability | None = None
    cost: CostBand | None = None
    host: str | None = None
    """Only models that the host serves, also on a deployment of one's own."""
    live_only: bool = False
    """Only models that are live at ``host``, or without one at any host that sells them; a host
    that takes any model proves nothing."""
    sort: ModelSort = ModelSort.RECOMMENDED


def select(catalog: Catalog, chosen: ModelFilter, today: date) -> tuple[LlamaModel, ...]:
    """The models that pass the filter, in its order, with the prices of its host.

    Raises InvalidRequest for a family or a host that the catalog does not know.
    """
    _refuse_unknown("family", chosen.family, (row.family for row in catalog.models))
    _refuse_unknown("host", chosen.host, (row.id for row in catalog.llama_hosts))
    selling = {row.id for row in catalog.llama_hosts if not row.takes_any_model}
    found = [
        model
        for model in views(catalog, today, chosen.host)
        if _passes(model, chosen) and _served(model, chosen, selling)
    ]
    return tuple(sorted(found, key=lambda model: _order(model, chosen.sort)))


def _passes(model: LlamaModel, chosen: ModelFilter) -> bool:
    return (
        chosen.family in (None, model.family)
        and (chosen.capability is None or chosen.capability in model.capabilities)
        and chosen.cost in (None, model.cost_band)
    )


def _served(model: LlamaModel, chosen: ModelFilter, selling: set[str]) -> bool:
    wanted = (ServingStatus.LIVE,) if chosen.live_only else SERVING
    if chosen.host is not None:
        return any(o.host == chosen.host and o.status in wanted for o in model.hosts)
    return not chosen.live_only or any(
        o.host in selling and o.status in wanted for o in model.hosts
    )


def _order(model: LlamaModel, sort: ModelSort) -> Any:
    match sort:
        case ModelSort.RECOMMENDED:
            return not model.recommended
        case ModelSort.PRICE:
            price, output = model.cost_per_1m_input, model.cost_per_1m_output
            known = price is not None and output is not None
            return (not known, (price or Decimal(0)) + (output or Decimal(0)))
        case ModelSort.CONTEXT:
            return -model.context_window
        case ModelSort.RELEASED:
            return -(model.release_date or date.min).toordinal()
    return model.name.casefold()


def _refuse_unknown(field: str, value: str | None, known: Iterable[str]) -> None:
    if value is None or value in (names := dict.fromkeys(known)):
        return
    raise InvalidRequest(
        f"there is no {field} of that name; there are {', '.join(names)}",
        user_message=f"El filtro «{field}» no es válido. Opciones: {', '.join(names)}.",
        issues=((field, "is not in the catalog"),),
    )
