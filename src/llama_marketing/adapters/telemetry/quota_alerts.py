"""Quota alerts as log records: the message is a fixed word, the facts are fields of the record."""

from __future__ import annotations

import logging
from typing import Final

from llama_marketing.domain.usage.alerts import QuotaAlert
from llama_marketing.ports.alerts import QuotaAlerts

CROSSED: Final = "quota_threshold_crossed"
_log = logging.getLogger("llama_marketing.quota")


class LogQuotaAlerts(QuotaAlerts):
    """Writes one WARNING a threshold to ``llama_marketing.quota``."""

    def crossed(self, alert: QuotaAlert) -> None:
        """Warn; figures are texts, so that no digit of an amount is lost."""
        _log.warning(
            CROSSED,
            extra={
                "organization": alert.tenant.organization_id,
                "client": alert.tenant.client_id,
                "period": alert.period,
                "threshold": alert.threshold,
                "unit": alert.unit.value,
                "quota": str(alert.quota),
                "settled": str(alert.settled),
                "sentence": alert.message,
            },
        )
