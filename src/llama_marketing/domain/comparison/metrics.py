"""What each provider did, out of roll-ups alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from llama_marketing.domain.comparison.models import (
    META_AI,
    HostMetrics,
    ProviderMetrics,
    decimal_of,
)
from llama_marketing.domain.comparison.quality import rating_interval
from llama_marketing.domain.money import usd
from llama_marketing.domain.usage.entries import Purpose
from llama_marketing.domain.usage.rollups import LATENCY_EDGES_MS, NO_SUMS, DayRollUp, Sums, total

MOST_USE_CASES = 3


def provider_metrics(
    rollups: Iterable[DayRollUp], llama_hosts: frozenset[str], configured_model: str | None
) -> list[ProviderMetrics]:
    """One for each provider with operations, in order of id, unscored.

    ``llama_hosts`` are the providers of entries that are Meta AI together. With
    ``configured_model`` Meta AI is there without operations too.
    """
    groups: dict[str, list[DayRollUp]] = {} if configured_model is None else {META_AI: []}
    for row in rollups:
        if row.key.kind != Purpose.VALIDATION.value:
            name = META_AI if row.key.provider in llama_hosts else row.key.provider
            groups.setdefault(name, []).append(row)
    return [_metrics(name, groups[name], configured_model or "") for name in sorted(groups)]


def quantile(histogram: Sequence[int], per_cent: int) -> int:
    """Milliseconds below which so many percent of the operations took, as far as buckets tell.

    Within a bucket operations are taken to be spread evenly; the last one has no end, so its
    beginning is the answer. 0 without operations.
    """
    count = sum(histogram)
    if not count:
        return 0
    wanted, before = count * per_cent, 0
    for number, (low, high) in zip(histogram, pairwise((0, *LATENCY_EDGES_MS)), strict=False):
        if number and 100 * (before + number) >= wanted:
            return low + (high - low) * (wanted - 100 * before) // (100 * number)
        before += number
    return LATENCY_EDGES_MS[-1]


def _metrics(provider: str, rows: Sequence[DayRollUp], configured_model: str) -> ProviderMetrics:
    sums = total(row.sums for row in rows)
    priced = sums.operations - sums.unpriced
    low, high = rating_interval(sums.rating_sum, sums.ratings) if sums.ratings else (None, None)
    return ProviderMetrics(
        provider=provider,
        model=next(iter(_ranked(rows, lambda row: row.key.model)), configured_model),
        request_count=sums.operations,
        total_tokens=sums.tokens_input + sums.tokens_output,
        total_cost_usd=usd(sums.cost_pico_usd),
        unpriced_requests=sums.unpriced,
        cost_per_request=usd(sums.cost_pico_usd) / priced if priced > 0 else None,
        avg_latency_ms=decimal_of(sums.latency_ms, sums.operations),
        p50_latency_ms=quantile(sums.latency_histogram, 50),
        p95_latency_ms=quantile(sums.latency_histogram, 95),
        avg_quality_score=decimal_of(sums.rating_sum, sums.ratings) if sums.ratings else None,
        ratings=sums.ratings,
        quality_low=low,
        quality_high=high,
        error_rate=decimal_of(100 * sums.failures, sums.operations),
        refusal_rate=decimal_of(100 * sums.refusals, sums.operations),
        top_use_cases=tuple(_ranked(rows, lambda row: row.key.kind)[:MOST_USE_CASES]),
        hosts=_hosts(rows) if provider == META_AI else (),
    )


def _grouped(rows: Iterable[DayRollUp], group: Callable[[DayRollUp], str]) -> dict[str, Sums]:
    sums: dict[str, Sums] = {}
    for row in rows:
        sums[group(row)] = sums.get(group(row), NO_SUMS) + row.sums
    return sums


def _ranked(rows: Iterable[DayRollUp], group: Callable[[DayRollUp], str]) -> list[str]:
    """The groups with operations, the busiest first; equal ones in order of name."""
    counts = {name: sums.operations for name, sums in _grouped(rows, group).items()}
    return sorted((name for name in counts if counts[name]), key=lambda n: (-counts[n], n))


def _hosts(rows: Iterable[DayRollUp]) -> tuple[HostMetrics, ...]:
    sums = _grouped(rows, lambda row: row.key.provider)
    return tuple(
        HostMetrics(
            host=host,
            request_count=sums[host].operations,
            total_tokens=sums[host].tokens_input + sums[host].tokens_output,
            total_cost_usd=usd(sums[host].cost_pico_usd),
        )
        for host in sorted(sums)
    )
