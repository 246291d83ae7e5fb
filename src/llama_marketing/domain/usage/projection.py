"""What a running period will come to, if it goes on as it went so far."""

from __future__ import annotations

from decimal import Decimal

from llama_marketing.domain.model import Model
from llama_marketing.domain.money import Usd, usd
from llama_marketing.domain.usage.rollups import Sums

RELIABLE_DAYS = 7
"""Days from which on a projection has seen every day of the week."""


class Projection(Model):
    """The sums of the days so far, today's as if it were over, stretched to all days.

    ``reliable`` is False in the first week.
    """

    elapsed_days: int
    days: int
    total_requests: int
    total_tokens: int
    total_cost_usd: Usd
    quota_used_percent: Usd | None
    reliable: bool


def project(sums: Sums, elapsed: int, days: int, percent: Decimal | None) -> Projection:
    """Each figure times ``days`` / ``elapsed`` (at least 1), halves rounded up, in whole units."""
    tokens = sums.tokens_input + sums.tokens_output
    stretched = None
    if percent is not None:
        pico = int(percent.scaleb(12).to_integral_value())
        stretched = usd(_stretched(pico, elapsed, days))
    return Projection(
        elapsed_days=elapsed,
        days=days,
        total_requests=_stretched(sums.operations, elapsed, days),
        total_tokens=_stretched(tokens, elapsed, days),
        total_cost_usd=usd(_stretched(sums.cost_pico_usd, elapsed, days)),
        quota_used_percent=stretched,
        reliable=elapsed >= RELIABLE_DAYS,
    )


def _stretched(figure: int, elapsed: int, days: int) -> int:
    return (2 * figure * days + elapsed) // (2 * elapsed)
