"""Port: the monthly snapshots of the comparison of providers."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.comparison.models import ComparisonSnapshot
from llama_marketing.domain.tenant import TenantRef


class Comparisons(Protocol):
    """Keeps one snapshot a month of each tenant; safe between threads and processes.

    Every method may raise StoreUnavailable, ``get`` also StoreIncompatible.
    """

    @abstractmethod
    def put(self, tenant: TenantRef, snapshot: ComparisonSnapshot) -> None:
        """Keep a snapshot in the place of the month's earlier one."""

    @abstractmethod
    def get(self, tenant: TenantRef, month: str) -> ComparisonSnapshot | None:
        """The snapshot of a month ``YYYY-MM``, or None."""
