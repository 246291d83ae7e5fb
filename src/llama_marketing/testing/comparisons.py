"""The contract of the port ``Comparisons``, as tests for any adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod

from llama_marketing.domain.comparison.compare import compare
from llama_marketing.domain.comparison.models import ComparisonSnapshot
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.rollups import DayRollUp, key_of, sums_of
from llama_marketing.ports.comparisons import Comparisons
from llama_marketing.testing.samples import TENANT, TIMESTAMP, sample_entry

MONTH = "2026-02"


class ComparisonsContract(ABC):
    """Derive a class whose name starts with Test and say how an empty store is made."""

    @abstractmethod
    def make(self) -> Comparisons:
        """An empty store."""

    def test_a_snapshot_is_read_back_the_same(self) -> None:
        """With every decimal of its figures."""
        comparisons, snapshot = self.make(), sample_snapshot()
        comparisons.put(TENANT, snapshot)

        assert comparisons.get(TENANT, MONTH) == snapshot
        assert comparisons.get(TENANT, "2026-01") is None

    def test_a_later_snapshot_takes_the_place_of_the_months_earlier_one(self) -> None:
        """Other months stay."""
        comparisons = self.make()
        first, other = sample_snapshot(), sample_snapshot(month="2026-01")
        later = sample_snapshot(taken_at="2026-03-02T00:00:00.000000Z")
        for snapshot in (first, other, later):
            comparisons.put(TENANT, snapshot)

        assert comparisons.get(TENANT, MONTH) == later
        assert comparisons.get(TENANT, "2026-01") == other

    def test_tenants_never_meet(self) -> None:
        """Neither of another organization nor of another client."""
        comparisons = self.make()
        comparisons.put(TENANT, sample_snapshot())

        for other in (TenantRef("org2", TENANT.client_id), TenantRef(TENANT.organization_id, "c2")):
            assert comparisons.get(other, MONTH) is None


def sample_snapshot(month: str = MONTH, taken_at: str = TIMESTAMP) -> ComparisonSnapshot:
    """A month with two providers."""
    entries = [
        sample_entry("1", quality_rating=4, latency_ms=333),
        sample_entry("2", provider="openai", model="gpt-6-luna", cost_usd=None),
    ]
    rows = [DayRollUp(key=key_of(entry), sums=sums_of(entry)) for entry in entries]
    hosts = frozenset({entries[0].provider})
    return ComparisonSnapshot(
        month=month,
        taken_at=taken_at,
        comparison=compare(TENANT.client_id, month, rows, hosts),
    )
