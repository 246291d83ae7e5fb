"""Which provider to choose, in a Spanish sentence whose every figure follows from the columns."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from llama_marketing.domain.comparison.models import ProviderMetrics
from llama_marketing.domain.comparison.quality import RATINGS_NEEDED
from llama_marketing.domain.comparison.scoring import score_of


def recommend(providers: Sequence[ProviderMetrics]) -> tuple[str | None, str]:
    """The provider and the sentence, from providers that are scored, the best first.

    None while fewer than two have operations, one has fewer than 30 ratings, or the difference
    lies within the interval of the ratings.
    """
    used = [each for each in providers if each.request_count]
    if not used:
        return None, "Todavía no hay uso que comparar en este periodo."
    if len(used) == 1:
        return None, f"Sólo {used[0].name} tiene uso en este periodo: no hay con qué compararlo."
    few = [each for each in used if each.ratings < RATINGS_NEEDED]
    if few:
        return None, _too_few(few)
    first, *others = used
    rival = max(others, key=lambda each: (_score_at(each, high=True), each.provider))
    if _score_at(first, high=False) <= _score_at(rival, high=True):
        return None, (
            f"{first.name} lleva la delantera con {_number(first.score)} puntos contra "
            f"{_number(rival.score)} de {rival.name}, pero la diferencia cabe en el margen de "
            "error de las calificaciones: todavía no hay un ganador."
        )
    return first.provider, _reasons(first, others[0])


def _score_at(each: ProviderMetrics, *, high: bool) -> Decimal:
    """The score if the true mean rating lay at one end of its interval."""
    mean, end = each.avg_quality_score, each.quality_high if high else each.quality_low
    parts = each.normalized
    if mean and end is not None and parts.quality is not None:
        parts = parts.model_copy(update={"quality": parts.quality * end / mean})
    return score_of(parts)[0] or Decimal(0)


def _too_few(few: Sequence[ProviderMetrics]) -> str:
    told = ", ".join(f"{each.name} tiene {each.ratings}" for each in few)
    return (
        f"Faltan calificaciones para recomendar un proveedor: {told}, y se necesitan "
        f"{RATINGS_NEEDED} de cada uno."
    )


def _reasons(first: ProviderMetrics, second: ProviderMetrics) -> str:
    parts = [
        f"{percent} de la calidad"
        for percent in _percents(first.avg_quality_score, second.avg_quality_score)
    ]
    told = f"{first.name} ofrece {parts[0]} de {second.name}" if parts else f"{first.name} gana"
    for percent in _percents(first.cost_per_request, second.cost_per_request):
        told += f" a {percent} del costo"
    for percent in _percents(first.avg_latency_ms, second.avg_latency_ms):
        told += f", en {percent} del tiempo"
    scores = f"{_number(first.score)} puntos contra {_number(second.score)}"
    return f"{told}: es la opción recomendada para este cliente ({scores})."


def _percents(one: Decimal | None, other: Decimal | None) -> list[str]:
    """One as a percentage of the other; nothing where that cannot be said."""
    return [f"{_rounded(100 * one / other):,}%"] if one is not None and other else []


def _rounded(figure: Decimal) -> int:
    return int(figure.quantize(Decimal(1), ROUND_HALF_UP))


def _number(score: Decimal | None) -> str:
    return "-" if score is None else f"{score.quantize(Decimal('0.1'), ROUND_HALF_UP):,}"
