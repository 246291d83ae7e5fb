"""The action ``downgrade``: a cheaper model for one call that the quota has no room for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import attrs

from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.config.models import MetaAIConfig
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.client_hosts import ClientHost, client_hosts
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.generation.plan import NEEDED, Plan, plan_attempt, plan_over
from llama_marketing.domain.usage.amounts import Amount
from llama_marketing.domain.usage.books import Counter, fits
from llama_marketing.domain.vocabulary import GenerationUseCase, LlamaCapability


def cheaper_plan(
    plan: Plan,
    catalog: Catalog,
    moment: datetime,
    counter: Counter,
) -> Plan | None:
    """The plan of the cheapest other model that fits the quota, or None where none does.

    It is one attempt, at one of the client's own hosts that serves the model and whose price for
    it is known; the price of a call is its upper bound. Equals stay in the order of the client's
    hosts and of the catalog.
    """
    request = plan.brief.request
    asked = _asked(plan.config, request)
    found: list[tuple[int, Plan]] = []
    for host in _candidates(plan.config, catalog, request.use_case, asked, moment):
        attempt = plan_attempt(catalog, plan.config, host, moment)
        if attempt.price is None:
            continue
        words = f"La cuota no alcanza para «{asked}»; se usó «{host.model_id}»."
        try:
            other = plan_over(plan.brief, plan.config, catalog, [attempt], [words], plan.shape)
        except InvalidRequest:
            # The prompt is longer than this model's window.
            continue
        bound = whole_bound(other)
        if fits(counter, bound):
            found.append((bound.cost, attrs.evolve(other, downgraded_from=asked)))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def whole_bound(plan: Plan) -> Amount:
    """The most that a whole operation can take: every variation asked once, one generation."""
    messages = plan.call(plan.attempts[0]).messages
    return plan.bound(messages, plan.variations).model_copy(update={"generations": 1})


def _asked(config: MetaAIConfig, request: GenerationRequest) -> str:
    return config.use_case(request.use_case).model_override or config.selected_model_id


def _candidates(
    config: MetaAIConfig,
    catalog: Catalog,
    use_case: GenerationUseCase,
    asked: str,
    moment: datetime,
) -> Iterator[ClientHost]:
    needed = NEEDED.get(use_case, LlamaCapability.TEXT)
    day = moment.date()
    for host in client_hosts(config, catalog, asked, moment)[0]:
        for model in catalog.models:
            if model.id == asked or needed not in model.capabilities:
                continue
            if host.row.takes_any_model and not _is_named(config, host, model.id):
                continue
            if catalog.status_on(host.row.id, model.id, day) is ServingStatus.LIVE:
                yield attrs.evolve(host, model_id=model.id)


def _is_named(config: MetaAIConfig, host: ClientHost, model_id: str) -> bool:
    """Whether the client itself says that a server of its own has a model."""
    if host.slot >= 0:
        return host.model_id == model_id
    fine_tuned = bool(config.advanced.fine_tune_id)
    return not fine_tuned and model_id in (config.selected_model_id, config.fallback_model_id)
