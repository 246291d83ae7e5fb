"""Money: integers of pico-USD (1e-12 USD) inside, Decimal at the edges.

A pico-USD is exact for every price with up to six decimals per million tokens, and small
enough that $0.02 per million tokens is not rounded to zero per token.
"""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Annotated

from pydantic import Field, PlainSerializer

from llama_marketing.domain.errors import InvalidRequest

PICO_PER_USD = 10**12
_PICO = Decimal(1).scaleb(-12)
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)


def pico_usd(amount: Decimal) -> int:
    """Turn US dollars into pico-USD, half-even beyond twelve decimals.

    Raises InvalidRequest for NaN and infinity.
    """
    if not amount.is_finite():
        raise InvalidRequest("an amount of money must be a finite number")
    return int(amount.scaleb(12, _WIDE).to_integral_value(ROUND_HALF_EVEN, _WIDE))


def usd(pico: int) -> Decimal:
    """Turn pico-USD into US dollars, exactly, without trailing zeros of the scale."""
    return Decimal(pico).scaleb(-12, _WIDE)


def json_number(amount: Decimal) -> int | float:
    """Show a Decimal as a JSON number; whole amounts stay whole."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


Usd = Annotated[
    Decimal,
    PlainSerializer(json_number, return_type=int | float, when_used="json"),
]
"""US dollars: Decimal in Python, a number in JSON."""

NonNegativeUsd = Annotated[Usd, Field(ge=0)]
