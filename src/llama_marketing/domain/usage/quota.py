"""The quota as the client's configuration asks for it, and as it stands."""

from __future__ import annotations

from decimal import Context, Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import PlainSerializer

from llama_marketing.domain.config.models import MetaAIConfig
from llama_marketing.domain.model import Model
from llama_marketing.domain.money import Usd, json_number, pico_usd, usd
from llama_marketing.domain.usage.books import Counter, QuotaTerms
from llama_marketing.domain.vocabulary import QuotaAction, QuotaUnit

YELLOW_ABOVE = 80
RED_FROM = 100
_WIDE = Context(prec=60)

Figure = Annotated[
    Decimal | int,
    PlainSerializer(
        lambda figure: json_number(figure) if isinstance(figure, Decimal) else figure,
        return_type=int | float,
        when_used="json",
    ),
]
"""US dollars as a Decimal, tokens or generations as an int; a number in JSON."""


class QuotaLevel(StrEnum):
    """How near the quota is: yellow above 80 %, red from 100 % or once anything was refused."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class QuotaStatus(Model):
    """A client's quota in one period, each figure in the quota's own ``unit``.

    ``quota``, ``available`` and ``percent`` are None where there is no quota. ``available`` is
    negative after the quota was lowered below its use. ``percent`` is settled / quota, unrounded;
    of a quota of 0, which allows nothing, it is 100.
    """

    period: str
    unit: QuotaUnit
    quota: Figure | None
    available: Figure | None
    reserved: Figure
    settled: Figure
    percent: Usd | None
    level: QuotaLevel


def quota_terms(config: MetaAIConfig) -> QuotaTerms:
    """The terms that the books need; only the action ``notify`` lets work go on."""
    quota, unit = config.quota_monthly, config.quota_unit
    limit = None
    if quota is not None:
        limit = pico_usd(quota) if unit is QuotaUnit.USD else int(quota)
    return QuotaTerms(
        limit=limit,
        unit=unit,
        as_of=config.updated_at,
        blocks=config.quota_action is not QuotaAction.NOTIFY,
        alerts=config.quota_alerts,
    )


def quota_status(counter: Counter) -> QuotaStatus:
    """Say how a period's quota stands."""
    unit, available = counter.unit, counter.available
    percent = used_percent(counter)
    return QuotaStatus(
        period=counter.period,
        unit=unit,
        quota=None if counter.limit is None else figure(unit, counter.limit),
        available=None if available is None else figure(unit, available),
        reserved=figure(unit, counter.reserved.in_unit(unit)),
        settled=figure(unit, counter.settled.in_unit(unit)),
        percent=percent,
        level=_level(percent, counter.refused),
    )


def used_percent(counter: Counter) -> Decimal | None:
    """Settled / quota x 100 in the quota's unit; None where there is no quota."""
    if counter.limit is None:
        return None
    if counter.limit == 0:
        return Decimal(100)
    settled = Decimal(100 * counter.settled.in_unit(counter.unit))
    return _WIDE.divide(settled, Decimal(counter.limit))


def _level(percent: Decimal | None, refused: int) -> QuotaLevel:
    if percent is None:
        return QuotaLevel.GREEN
    if percent >= RED_FROM or refused:
        return QuotaLevel.RED
    return QuotaLevel.YELLOW if percent > YELLOW_ABOVE else QuotaLevel.GREEN


def figure(unit: QuotaUnit, count: int) -> Decimal | int:
    """A count in the quota's unit as a person is shown it: dollars for pico-USD."""
    return usd(count) if unit is QuotaUnit.USD else count
