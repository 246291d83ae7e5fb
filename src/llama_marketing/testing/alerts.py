"""The contract of the port ``QuotaAlerts``, as tests for any adapter, and one that remembers."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from decimal import Decimal

import attrs

from llama_marketing.domain.usage.alerts import QuotaAlert
from llama_marketing.domain.vocabulary import QuotaUnit
from llama_marketing.ports.alerts import QuotaAlerts
from llama_marketing.testing.samples import MONTH, TENANT


@attrs.define(eq=False)
class RecordingQuotaAlerts(QuotaAlerts):
    """Remembers what it was told."""

    told: list[QuotaAlert] = attrs.Factory(list)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)

    def crossed(self, alert: QuotaAlert) -> None:
        """Remember the alert."""
        with self._lock:
            self.told.append(alert)


def sample_alert(threshold: int = 80, unit: QuotaUnit = QuotaUnit.USD) -> QuotaAlert:
    """A client that used a little over 80 percent of a quota of 50."""
    quota, settled = (Decimal(50), Decimal("40.000000000001"))
    money = unit is QuotaUnit.USD
    return QuotaAlert(
        tenant=TENANT,
        period=MONTH,
        threshold=threshold,
        unit=unit,
        quota=quota if money else int(quota),
        settled=settled if money else int(settled) + 1,
        percent=Decimal("80.000000000002") if money else Decimal(82),
    )


class QuotaAlertsContract(ABC):
    """Derive a class whose name starts with Test and say how an adapter is made and heard."""

    @abstractmethod
    def make(self) -> QuotaAlerts:
        """A new adapter that told nobody anything yet."""

    @abstractmethod
    def heard(self) -> list[tuple[str, str, int]]:
        """What arrived so far: client, period and threshold of each alert, in order."""

    def test_an_alert_arrives_with_its_client_period_and_threshold(self) -> None:
        """In whatever unit the quota is."""
        alerts = self.make()
        for unit in QuotaUnit:
            alerts.crossed(sample_alert(80, unit))

        assert self.heard() == [("cli1", MONTH, 80)] * len(QuotaUnit)

    def test_every_thread_is_heard(self) -> None:
        """Alerts come from the threads that end operations."""
        alerts = self.make()
        thresholds = range(1, 17)
        threads = [
            threading.Thread(target=alerts.crossed, args=(sample_alert(threshold),))
            for threshold in thresholds
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(threshold for _, _, threshold in self.heard()) == list(thresholds)
