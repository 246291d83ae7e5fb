"""One score a provider: 40 % quality, 30 % cost, 30 % speed.

Each part is the ratio to the best of those compared, so neither the unit nor the order counts,
and who has no operations changes nobody's score.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from llama_marketing.domain.comparison.models import Normalized, ProviderMetrics, Weights

WEIGHTS = Weights()


def scored(providers: Sequence[ProviderMetrics]) -> list[ProviderMetrics]:
    """The providers with their scores, the highest first; equal ones in order of id."""
    used = [each for each in providers if each.request_count]
    quality = max((q for each in used if (q := each.avg_quality_score) is not None), default=None)
    cost = min((c for each in used if (c := each.cost_per_request) is not None), default=None)
    speed = min((each.avg_latency_ms for each in used), default=None)
    volume = max((each.request_count for each in used), default=0)
    told = [_scored(each, quality, cost, speed, volume) for each in providers]
    return sorted(told, key=lambda each: (each.score is None, -(each.score or 0), each.provider))


def score_of(parts: Normalized) -> tuple[Decimal | None, tuple[str, ...]]:
    """From 0 to 100 by the parts that are known, whose weights take over the others'; and which
    are not known. None where none is.
    """
    weights = WEIGHTS.model_dump()
    known = {name: value for name in weights if (value := getattr(parts, name)) is not None}
    missing = tuple(name for name in weights if name not in known)
    if not known:
        return None, missing
    whole = sum(weights[name] for name in known)
    return sum(weights[name] * known[name] for name in known) * 100 / whole, missing


def _scored(
    each: ProviderMetrics,
    quality: Decimal | None,
    cost: Decimal | None,
    speed: Decimal | None,
    volume: int,
) -> ProviderMetrics:
    if not each.request_count:
        return each
    parts = Normalized(
        quality=_ratio(each.avg_quality_score, quality),
        speed=_ratio(speed, each.avg_latency_ms),
        cost=_ratio(cost, each.cost_per_request),
        volume=_ratio(Decimal(each.request_count), Decimal(volume)),
    )
    score, missing = score_of(parts)
    return each.model_copy(update={"normalized": parts, "score": score, "scored_without": missing})


def _ratio(smaller: Decimal | None, larger: Decimal | None) -> Decimal | None:
    """The smaller over the larger; 1 where both are zero, None where one is not known."""
    if smaller is None or larger is None:
        return None
    return smaller / larger if larger else Decimal(1)
