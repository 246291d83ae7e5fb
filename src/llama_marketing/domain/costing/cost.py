"""The cost of one call, in whole pico-USD."""

from __future__ import annotations

from decimal import Decimal

from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.domain.errors import InvalidRequest

_MS_PER_HOUR = 3_600_000
_MICRO_PER_USD = 10**6
_PICO_PER_MICRO = 10**6


def cost(
    price: PriceRow | None,
    input_tokens: int,
    output_tokens: int,
    cached_tokens: int = 0,
    latency_ms: int = 0,
) -> int | None:
    """What a call costs in pico-USD; None where the price is unknown, which is never 0.

    ``cached_tokens`` are a part of ``input_tokens`` and count as much of it at most; they cost
    the price of input where the row has none of their own. A row per hour counts
    ``latency_ms`` alone, to the nearest pico-USD. Raises InvalidRequest for negative numbers.
    """
    if min(input_tokens, output_tokens, cached_tokens, latency_ms) < 0:
        raise InvalidRequest("tokens and latency must not be negative")
    if price is None:
        return None
    if price.per_hour is not None:
        hourly = _micro_usd(price.per_hour) * _PICO_PER_MICRO
        return (hourly * latency_ms + _MS_PER_HOUR // 2) // _MS_PER_HOUR
    assert price.input is not None, "a row without a price per hour has one per token"
    assert price.output is not None, "a row without a price per hour has one per token"
    cached = min(cached_tokens, input_tokens)
    cached_price = price.input if price.cached_input is None else price.cached_input
    # A micro-USD per million tokens is exactly one pico-USD per token.
    return (
        (input_tokens - cached) * _micro_usd(price.input)
        + cached * _micro_usd(cached_price)
        + output_tokens * _micro_usd(price.output)
    )


def _micro_usd(amount: Decimal) -> int:
    return int(amount * _MICRO_PER_USD)
