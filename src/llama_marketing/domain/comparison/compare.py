"""A whole comparison out of roll-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from llama_marketing.domain.comparison.metrics import provider_metrics
from llama_marketing.domain.comparison.models import ProviderComparison, ProviderMetrics
from llama_marketing.domain.comparison.quality import RATINGS_NEEDED
from llama_marketing.domain.comparison.recommendation import recommend
from llama_marketing.domain.comparison.scoring import scored
from llama_marketing.domain.usage.rollups import DayRollUp


def compare(
    client_id: str,
    period: str,
    rollups: Iterable[DayRollUp],
    llama_hosts: frozenset[str],
    configured_model: str | None = None,
) -> ProviderComparison:
    """The providers of a period side by side (``provider_metrics`` says what is told of each)."""
    providers = scored(provider_metrics(rollups, llama_hosts, configured_model))
    recommended, sentence = recommend(providers)
    return ProviderComparison(
        client_id=client_id,
        period=period,
        providers=tuple(providers),
        best_for_quality=_best(providers, lambda each: each.avg_quality_score, highest=True),
        best_for_speed=_best(providers, lambda each: each.avg_latency_ms),
        best_for_cost=_best(providers, lambda each: each.cost_per_request),
        recommendation=sentence,
        recommended_provider=recommended,
        ratings_needed=RATINGS_NEEDED,
    )


def _best(
    providers: Sequence[ProviderMetrics],
    figure: Callable[[ProviderMetrics], Decimal | None],
    *,
    highest: bool = False,
) -> str:
    """Who has the best figure, the first id among equals; empty where nobody has one."""
    sign = -1 if highest else 1
    known = [
        (sign * value, each.provider)
        for each in providers
        if each.request_count and (value := figure(each)) is not None
    ]
    return min(known)[1] if known else ""
