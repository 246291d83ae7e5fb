"""A comparison as it is answered and kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from llama_marketing.domain.model import Model
from llama_marketing.domain.money import Usd

META_AI: Final = "meta_ai"
"""All hosts of Llama together."""
NAMES: Final = {
    META_AI: "Meta AI",
    "openai": "OpenAI",
    "anthropic": "Claude",
    "gemini": "Gemini",
}
"""Providers as a person calls them; others by their id."""


class Normalized(Model):
    """Each from 0 to 1, 1 the best of the providers compared; None where it is not known."""

    quality: Usd | None
    speed: Usd | None
    cost: Usd | None
    volume: Usd | None


class HostMetrics(Model):
    """What one host of Meta AI's models had of it."""

    host: str
    request_count: int
    total_tokens: int
    total_cost_usd: Usd


class ProviderMetrics(Model):
    """What a provider did for a client in a period; validations do not count.

    ``model`` is the one with most operations. ``avg_latency_ms`` and ``cost_per_request`` are
    plain means, ``p50_latency_ms`` and ``p95_latency_ms`` estimates out of a histogram.
    ``error_rate`` and ``refusal_rate`` are percents of all operations. ``avg_quality_score`` is
    the plain mean of ``ratings`` ratings from 1 to 5, ``quality_low`` to ``quality_high`` where
    the true mean lies with 95 %. ``score`` is from 0 to 100, None without operations;
    ``scored_without`` names the parts that are not known, whose weight the others share.
    """

    provider: str
    model: str
    request_count: int
    total_tokens: int
    total_cost_usd: Usd
    unpriced_requests: int
    cost_per_request: Usd | None
    avg_latency_ms: Usd
    p50_latency_ms: int
    p95_latency_ms: int
    avg_quality_score: Usd | None
    ratings: int
    quality_low: Usd | None
    quality_high: Usd | None
    error_rate: Usd
    refusal_rate: Usd
    top_use_cases: tuple[str, ...]
    hosts: tuple[HostMetrics, ...] = ()
    score: Usd | None = None
    normalized: Normalized = Normalized(quality=None, speed=None, cost=None, volume=None)
    scored_without: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The provider as a person calls it."""
        return NAMES.get(self.provider, self.provider)


class Weights(Model):
    """How much each part counts, in percent."""

    quality: int = 40
    cost: int = 30
    speed: int = 30


class ProviderComparison(Model):
    """Every provider with operations, and Meta AI where it is configured, in order of score.

    The best are by plain means, empty where nobody has one. ``recommended_provider`` is None
    while the data do not decide; ``recommendation`` says why, in Spanish.
    """

    client_id: str
    period: str
    providers: tuple[ProviderMetrics, ...]
    best_for_quality: str
    best_for_speed: str
    best_for_cost: str
    recommendation: str
    recommended_provider: str | None
    weights: Weights = Weights()
    ratings_needed: int


class ComparisonSnapshot(Model):
    """The comparison of a month as it was at a moment, for the record."""

    month: str
    taken_at: str
    comparison: ProviderComparison


def decimal_of(numerator: int, denominator: int) -> Decimal:
    """The ratio of two whole numbers, to 28 digits; zero over zero is zero."""
    return Decimal(numerator) / Decimal(denominator) if denominator else Decimal(0)
