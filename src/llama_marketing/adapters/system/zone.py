"""One billing zone for every organization, from the operator's setting."""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs

from llama_marketing.domain.errors import SettingsError
from llama_marketing.ports.zone import BillingZone


@attrs.frozen
class OneBillingZone(BillingZone):
    """Answers the same zone for all."""

    _zone: tzinfo

    @classmethod
    def named(cls, name: str) -> OneBillingZone:
        """The zone of a name such as ``America/Mexico_City``; raises SettingsError."""
        try:
            return cls(ZoneInfo(name))
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise SettingsError(f"LLAMA_MARKETING_TIMEZONE: {name!r} is no known zone") from None

    def zone(self, organization_id: str) -> tzinfo:
        """The operator's zone, whichever organization asks."""
        return self._zone
