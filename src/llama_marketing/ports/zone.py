"""Port: the time zone that an organization is billed in."""

from __future__ import annotations

from abc import abstractmethod
from datetime import tzinfo
from typing import Protocol


class BillingZone(Protocol):
    """Tells the zone that cuts an organization's days and months."""

    @abstractmethod
    def zone(self, organization_id: str) -> tzinfo:
        """The organization's zone; the operator's default where it has none of its own."""
