"""Comparing providers: figures out of roll-ups, scores, and a sentence that is true."""

from __future__ import annotations

import random
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.comparison.compare import compare
from llama_marketing.domain.comparison.metrics import quantile
from llama_marketing.domain.comparison.models import ProviderComparison, ProviderMetrics
from llama_marketing.domain.comparison.quality import rating_interval
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.rollups import (
    LATENCY_EDGES_MS,
    DayRollUp,
    key_of,
    latency_histogram,
    sums_of,
)
from llama_marketing.testing.samples import sample_entry

HOSTS = frozenset({"together", "groq", "self_hosted"})
PLAIN = re.compile(r"\d[\d,]*")


def entries(
    provider: str, count: int, rating: int | None = None, **fields: Any
) -> list[UsageEntry]:
    """So many operations of a provider."""
    given_ = {"provider": provider, "quality_rating": rating, **fields}
    return [sample_entry(f"{provider}{number}", **given_) for number in range(count)]


def compared(*groups: list[UsageEntry], configured: str | None = None) -> ProviderComparison:
    """The comparison of these operations."""
    rows = [DayRollUp(key=key_of(one), sums=sums_of(one)) for group in groups for one in group]
    return compare("cli1", "2026-02", rows, HOSTS, configured)


def provider(told: ProviderComparison, name: str) -> ProviderMetrics:
    """One of the columns."""
    return next(each for each in told.providers if each.provider == name)


def test_comparativa_providers_agrega_metricas_correctamente() -> None:
    """All hosts of Llama are one provider; validations do not count."""
    told = compared(
        entries("together", 2, 4, latency_ms=100, cost_usd=Decimal("0.02")),
        entries("groq", 1, 5, latency_ms=400, cost_usd=None, use_case="ad_copy", model="scout"),
        entries("openai", 3, None, latency_ms=300, outcome="failed", cost_usd=Decimal("0.03")),
        entries("gemini", 1, None, outcome="refused"),
        entries("anthropic", 1, use_case=None, purpose=Purpose.VALIDATION),
    )
    meta = provider(told, "meta_ai")

    assert {each.provider for each in told.providers} == {"meta_ai", "openai", "gemini"}
    assert (meta.request_count, meta.total_tokens, meta.unpriced_requests) == (3, 600, 1)
    assert meta.total_cost_usd == Decimal("0.04")
    assert meta.cost_per_request == Decimal("0.02")
    assert meta.avg_latency_ms == 200
    assert (meta.model, meta.top_use_cases) == (
        "llama-3.3-70b-instruct",
        ("social_post", "ad_copy"),
    )
    assert meta.avg_quality_score == Decimal(13) / 3
    assert [(host.host, host.request_count) for host in meta.hosts] == [
        ("groq", 1),
        ("together", 2),
    ]
    assert provider(told, "openai").error_rate == 100
    assert provider(told, "openai").refusal_rate == 0
    assert provider(told, "gemini").refusal_rate == 100
    assert provider(told, "openai").hosts == ()


def test_debe_generar_recomendacion_de_provider_por_scoring() -> None:
    """The sentence's figures follow from the columns, the recommended provider first."""
    told = compared(
        entries("groq", 60, 4, latency_ms=300, cost_usd=Decimal("0.003")),
        entries("anthropic", 60, 5, latency_ms=1000, cost_usd=Decimal("0.010")),
    )

    assert told.recommended_provider == "meta_ai"
    assert told.recommendation == (
        "Meta AI ofrece 80% de la calidad de Claude a 30% del costo, en 30% del tiempo: es la "
        "opción recomendada para este cliente (92.0 puntos contra 58.0)."
    )
    assert (told.best_for_quality, told.best_for_speed, told.best_for_cost) == (
        "anthropic",
        "meta_ai",
        "meta_ai",
    )


def test_without_operations_there_is_nothing_to_compare() -> None:
    """A configured Meta AI is a column of zeros without a score."""
    nothing = compared()
    configured = compared(configured="llama-3.3-70b-instruct")
    (meta,) = configured.providers

    assert nothing.providers == ()
    for told in (nothing, configured):
        assert told.recommended_provider is None
        assert told.best_for_quality == told.best_for_speed == told.best_for_cost == ""
        assert "Todavía no hay uso" in told.recommendation
    assert (meta.provider, meta.model, meta.request_count) == (
        "meta_ai",
        "llama-3.3-70b-instruct",
        0,
    )
    assert meta.score is meta.cost_per_request is meta.avg_quality_score is None
    assert meta.avg_latency_ms == meta.error_rate == meta.p95_latency_ms == 0


def test_one_provider_alone_is_the_best_and_is_not_recommended() -> None:
    told = compared(entries("openai", 40, 5))

    assert told.best_for_quality == told.best_for_cost == "openai"
    assert told.recommended_provider is None
    assert "Sólo OpenAI" in told.recommendation
    assert told.providers[0].score == 100


def test_too_few_ratings_are_named() -> None:
    """Each provider with its number."""
    told = compared(entries("groq", 40, 5), entries("openai", 29, 2), entries("gemini", 9, None))

    assert told.recommended_provider is None
    assert "OpenAI tiene 29" in told.recommendation
    assert "Gemini tiene 0" in told.recommendation
    assert "Meta AI" not in told.recommendation
    assert "30 de cada uno" in told.recommendation


def test_a_difference_within_the_interval_decides_nothing() -> None:
    """Plainly said; the best by the mean is still told."""
    told = compared(
        [*entries("groq", 15, 5), *entries("self_hosted", 15, 4)],
        entries("openai", 30, 4),
    )

    assert told.recommended_provider is None
    assert told.best_for_quality == "meta_ai"
    assert "margen de error" in told.recommendation


def test_a_part_that_is_not_known_gives_its_weight_to_the_others() -> None:
    """And says so."""
    told = compared(
        entries("groq", 3, None, latency_ms=100, cost_usd=Decimal("0.01")),
        entries("openai", 3, None, latency_ms=200, cost_usd=None),
    )
    meta, other = provider(told, "meta_ai"), provider(told, "openai")

    assert meta.score == 100
    assert meta.scored_without == ("quality",)
    assert other.score == 50
    assert other.scored_without == ("quality", "cost")


def test_what_costs_nothing_is_the_cheapest_and_divides_nothing() -> None:
    told = compared(
        entries("self_hosted", 40, 3, latency_ms=0, cost_usd=Decimal(0)),
        entries("openai", 40, 3, latency_ms=100, cost_usd=Decimal("0.01")),
    )
    meta, other = provider(told, "meta_ai"), provider(told, "openai")

    assert meta.normalized.cost == meta.normalized.speed == 1
    assert other.normalized.cost == other.normalized.speed == 0
    assert told.recommended_provider == "meta_ai"
    assert "0% del costo" in told.recommendation


def test_a_score_of_zero_stands_before_none() -> None:
    """A configured Meta AI without operations comes last, whatever its id."""
    told = compared(
        entries("zeta", 1, None, latency_ms=100, cost_usd=Decimal("0.01")),
        entries("self_hosted", 1, None, latency_ms=0, cost_usd=Decimal(0)),
        configured="llama",
    )
    alone = compared(entries("zeta", 1, None), configured="llama")

    assert [(each.provider, each.score) for each in told.providers] == [
        ("meta_ai", Decimal(100)),
        ("zeta", Decimal(0)),
    ]
    assert [each.provider for each in alone.providers] == ["zeta", "meta_ai"]


OPERATIONS = st.lists(
    st.fixed_dictionaries(
        {
            "provider": st.sampled_from(["groq", "together", "openai", "anthropic", "otro"]),
            "quality_rating": st.none() | st.integers(1, 5),
            "latency_ms": st.integers(0, 200_000),
            "cost_usd": st.none() | st.integers(0, 10**10).map(lambda n: Decimal(n).scaleb(-12)),
            "outcome": st.sampled_from(["ok", "failed", "refused", "aborted"]),
        }
    ),
    max_size=40,
)


def ledger(drawn: list[dict[str, Any]]) -> list[UsageEntry]:
    """The drawn operations as entries."""
    return [sample_entry(f"e{number}", **fields) for number, fields in enumerate(drawn)]


@given(OPERATIONS, st.randoms(use_true_random=False))
def test_the_order_of_the_roll_ups_changes_nothing(
    drawn: list[dict[str, Any]], shuffler: random.Random
) -> None:
    """Ties included."""
    known = ledger(drawn)
    mixed = list(known)
    shuffler.shuffle(mixed)

    assert compared(known) == compared(mixed)


@given(OPERATIONS, st.integers(2, 1000))
def test_the_unit_of_money_and_time_changes_no_score(
    drawn: list[dict[str, Any]], factor: int
) -> None:
    """Only ratios count."""
    scaled = [
        fields
        | {
            "latency_ms": fields["latency_ms"] * factor,
            "cost_usd": None if fields["cost_usd"] is None else fields["cost_usd"] * factor,
        }
        for fields in drawn
    ]
    one, other = compared(ledger(drawn)), compared(ledger(scaled))

    assert [each.provider for each in one.providers] == [each.provider for each in other.providers]
    for mine, theirs in zip(one.providers, other.providers, strict=True):
        if mine.score is None or theirs.score is None:
            assert mine.score is theirs.score
        else:
            assert abs(mine.score - theirs.score) < Decimal("1e-20")


@given(OPERATIONS)
def test_every_figure_equals_brute_force_and_none_is_nan(drawn: list[dict[str, Any]]) -> None:
    known = ledger(drawn)
    told = compared(known)

    for each in told.providers:
        mine = [
            one
            for one in known
            if one.provider == each.provider or (each.hosts and one.provider in HOSTS)
        ]
        rated = [one.quality_rating for one in mine if one.quality_rating is not None]
        assert each.request_count == len(mine)
        assert each.total_cost_usd == sum(one.cost_usd or 0 for one in mine)
        assert each.avg_latency_ms == Decimal(sum(one.latency_ms for one in mine)) / len(mine)
        assert each.ratings == len(rated)
        assert each.error_rate == Decimal(
            100 * sum(one.outcome.value in ("failed", "aborted") for one in mine)
        ) / len(mine)
        assert each.score is not None and 0 <= each.score <= 100
        for part in each.normalized.model_dump().values():
            assert part is None or 0 <= part <= 1
    assert "NaN" not in told.model_dump_json()


@given(OPERATIONS, st.integers(1, 4))
def test_a_better_rating_never_lowers_the_score(drawn: list[dict[str, Any]], rating: int) -> None:
    """Nor does a lower cost or a shorter time; everything else stays."""
    base = ledger(drawn) + entries("openai", 1, rating, latency_ms=500)
    for better in ({"rating": rating + 1}, {"cost_usd": Decimal("0.01")}, {"latency_ms": 400}):
        fields: dict[str, Any] = {"rating": rating, "latency_ms": 500, **better}
        improved = ledger(drawn) + entries("openai", 1, **fields)
        before, after = (provider(compared(each), "openai").score for each in (base, improved))
        assert before is not None and after is not None
        assert after >= before - Decimal("1e-20")


@given(
    st.integers(30, 90), st.integers(30, 90), st.integers(1, 5), st.integers(1, 5),
    st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 9000), st.integers(1, 9000),
)  # fmt: skip
def test_every_figure_of_the_sentence_follows_from_the_entries(
    mine: int, theirs: int, good: int, other: int, cost: int, price: int, fast: int, slow: int
) -> None:
    """Recomputed here, rounded half up, and the scores to a tenth."""
    told = compared(
        entries("groq", mine, good, latency_ms=fast, cost_usd=Decimal(cost).scaleb(-12)),
        entries("openai", theirs, other, latency_ms=slow, cost_usd=Decimal(price).scaleb(-12)),
    )
    if told.recommended_provider is None:
        return
    first = told.providers[0]
    assert told.recommendation.startswith(first.name)
    assert first.provider == told.recommended_provider
    pairs = [(good, other), (cost, price), (fast, slow)]
    if first.provider == "openai":
        pairs = [(right, left) for left, right in pairs]
    said = [int(text.replace(",", "")) for text in PLAIN.findall(told.recommendation)][:3]
    assert said == [
        int((Decimal(100 * one) / two).quantize(Decimal(1), ROUND_HALF_UP)) for one, two in pairs
    ]


@given(st.integers(1, 2000), st.data())
def test_the_interval_holds_the_mean_and_the_scale(ratings: int, data: st.DataObject) -> None:
    rating_sum = data.draw(st.integers(ratings, 5 * ratings))
    low, high = rating_interval(rating_sum, ratings)

    assert 1 <= low <= Decimal(rating_sum) / ratings <= high <= 5


def test_more_ratings_are_surer() -> None:
    widths = [high - low for low, high in (rating_interval(4 * n, n) for n in (5, 50, 500))]

    assert widths == sorted(widths, reverse=True)


@given(st.lists(st.integers(0, 200_000), min_size=1, max_size=60), st.sampled_from([50, 95]))
def test_a_quantile_lies_in_the_bucket_of_the_true_one(times: list[int], per_cent: int) -> None:
    """Of all that were measured; the last bucket has no end."""
    histogram = [sum(counts) for counts in zip(*map(latency_histogram, times), strict=True)]
    place = -(-len(times) * per_cent // 100) - 1
    true = sorted(times)[place]
    found = quantile(histogram, per_cent)

    edges = (0, *LATENCY_EDGES_MS)
    bucket = next((n for n, edge in enumerate(LATENCY_EDGES_MS) if true <= edge), None)
    if bucket is None:
        assert found == LATENCY_EDGES_MS[-1]
    else:
        assert edges[bucket] <= found <= edges[bucket + 1]


def test_nothing_measured_has_no_quantile() -> None:
    assert quantile((), 95) == 0


@pytest.mark.parametrize("name", ["openai", "otro"])
def test_an_unknown_provider_has_its_id_as_its_name(name: str) -> None:
    assert provider(compared(entries(name, 1)), name).name == {"openai": "OpenAI"}.get(name, name)
