"""Figures as a person in Mexico reads them."""

from __future__ import annotations

from decimal import Decimal

from llama_marketing.domain.usage.quota import QuotaStatus
from llama_marketing.domain.vocabulary import QuotaUnit

PRICE_MISSING = "sin precio conocido (price_missing)"
LEVELS = {"green": "verde", "yellow": "amarillo", "red": "rojo"}
UNITS = {QuotaUnit.TOKENS: "tokens", QuotaUnit.GENERATIONS: "generaciones"}


def dollars(amount: Decimal | None) -> str:
    """US dollars with at least two decimals, and as many as the amount has."""
    if amount is None:
        return PRICE_MISSING
    whole, _, decimals = f"{amount:,f}".partition(".")
    return f"US${whole}.{decimals.rstrip('0').ljust(2, '0')}"


def count(number: int) -> str:
    """A whole number in groups of three digits."""
    return f"{number:,}"


def percent(share: Decimal) -> str:
    """A percentage with one decimal."""
    return f"{share:,.1f} %"


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{count(number)} {one if number == 1 else many}"


def quota_sentence(status: QuotaStatus) -> str:
    """How much of the quota is used, in one line."""
    money = status.unit is QuotaUnit.USD
    used = dollars(Decimal(status.settled)) if money else count(int(status.settled))
    unit = "" if money else f" {UNITS[status.unit]}"
    if status.quota is None or status.percent is None:
        return f"{used}{unit} en {status.period}, sin cuota"
    quota = dollars(Decimal(status.quota)) if money else count(int(status.quota))
    level = LEVELS[status.level.value]
    return f"{used} de {quota}{unit} en {status.period} ({percent(status.percent)}, {level})"
