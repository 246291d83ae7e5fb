"""Port: who is told that a client's quota is nearly used up."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.usage.alerts import QuotaAlert


class QuotaAlerts(Protocol):
    """Takes each threshold that a client crosses; safe between threads."""

    @abstractmethod
    def crossed(self, alert: QuotaAlert) -> None:
        """Tell somebody of a threshold: at most once a tenant, period and threshold.

        Called by the thread that ends an operation, so it should be quick. What it raises is
        logged and never ends an operation; that threshold is not told again.
        """
