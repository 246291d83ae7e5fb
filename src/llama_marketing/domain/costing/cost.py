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
    cache_write_tokens: int = 0,
) -> int | None:
    """What a call costs in pico-USD; None where the price is unknown, which is never 0.

    ``cached_tokens`` and ``cache_write_tokens`` are parts of ``input_tokens`` that never overlap,
    and together count as much of it at most; either costs the price of input where the row has
    none of its own. A row per hour counts ``latency_ms`` alone, to the nearest pico-USD. Raises
    InvalidRequest for negative numbers.
    """
    if min(input_tokens, output_tokens, cached_tokens, latency_ms, cache_write_tokens) < 0:
        raise InvalidRequest("tokens and latency must not be negative")
    if price is None:
        return None
    if price.per_hour is not None:
        hourly = _micro_usd(price.per_hour) * _PICO_PER_MICRO
        return (hourly * latency_ms + _MS_PER_HOUR // 2) // _MS_PER_HOUR
    assert price.input is not None, "a row without a price per hour has one per token"
    assert price.output is not None, "a row without a price per hour has one per token"
    cached = min(cached_tokens, input_tokens)
    written = min(cache_write_tokens, input_tokens - cached)
    # A micro-USD per million tokens is exactly one pico-USD per token.
    return (
        (input_tokens - cached - written) * _micro_usd(price.input)
        + cached * _micro_usd(_or_input(price.cached_input, price.input))
        + written * _micro_usd(_or_input(price.cache_write, price.input))
        + output_tokens * _micro_usd(price.output)
    )


def _or_input(price: Decimal | None, of_input: Decimal) -> Decimal:
    return of_input if price is None else price


def _micro_usd(amount: Decimal) -> int:
    return int(amount * _MICRO_PER_USD)
