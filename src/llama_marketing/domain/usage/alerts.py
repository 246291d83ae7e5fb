"""Quota alerts: which thresholds a period has crossed, and what is told of one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

import attrs

from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.books import Counter
from llama_marketing.domain.usage.quota import figure, used_percent
from llama_marketing.domain.vocabulary import QuotaUnit

FULL = 100
_WORDS = {QuotaUnit.TOKENS: "tokens", QuotaUnit.GENERATIONS: "generaciones"}


@attrs.frozen(kw_only=True)
class QuotaAlert:
    """One threshold that a client crossed, told once a period.

    ``threshold`` is in percent; ``quota`` and ``settled`` are in ``unit`` (US dollars as
    Decimal, else int); ``percent`` is settled / quota, unrounded. It is below the threshold
    where the work that no longer fits told of it.
    """

    tenant: TenantRef
    period: str
    threshold: int
    unit: QuotaUnit
    quota: Decimal | int
    settled: Decimal | int
    percent: Decimal

    @property
    def message(self) -> str:
        """A whole Spanish sentence, fit to show."""
        figures = f"{_written(self.settled)} de {_written(self.quota)}"
        if self.unit is not QuotaUnit.USD:
            figures += f" {_WORDS[self.unit]}"
        whose = f"la cuota de {self.period} del cliente {self.tenant.client_id}"
        if self.percent < self.threshold:
            return f"Una operación ya no cupo en {whose}: van {figures}."
        return f"Se alcanzó el {self.threshold} % de {whose}: van {figures}."


def _written(number: Decimal | int) -> str:
    if isinstance(number, int):
        return f"{number:,}"
    whole, _, decimals = f"{number:,f}".partition(".")
    return f"US${whole}.{decimals.rstrip('0').ljust(2, '0')}"


def crossed(counter: Counter, thresholds: Sequence[int]) -> tuple[int, ...]:
    """The thresholds (percent) that are crossed and that nobody was told of, ascending.

    What is settled counts, not what is only held. 100 is also crossed by the first operation
    that does not fit, whether it is refused or goes on. A quota of 0 is used up from the start.
    """
    return tuple(sorted(set(_crossed(counter, thresholds)) - set(counter.alerts_fired)))


def _crossed(counter: Counter, thresholds: Sequence[int]) -> Iterator[int]:
    percent, available = used_percent(counter), counter.available
    if percent is None or available is None:
        return
    overdrawn = not counter.blocks and available < 0
    for threshold in thresholds:
        if percent >= threshold or (threshold == FULL and (counter.refused or overdrawn)):
            yield threshold


def alert(tenant: TenantRef, counter: Counter, threshold: int) -> QuotaAlert:
    """What is told of a threshold; the counter must have a limit."""
    percent = used_percent(counter)
    assert percent is not None, "only a quota has thresholds"
    assert counter.limit is not None, "only a quota has thresholds"
    return QuotaAlert(
        tenant=tenant,
        period=counter.period,
        threshold=threshold,
        unit=counter.unit,
        quota=figure(counter.unit, counter.limit),
        settled=figure(counter.unit, counter.settled.in_unit(counter.unit)),
        percent=percent,
    )
