"""The port QuotaAlerts, with log records and with the one that remembers."""

from __future__ import annotations

import logging

import pytest

from llama_marketing.adapters.telemetry.quota_alerts import CROSSED, LogQuotaAlerts
from llama_marketing.ports.alerts import QuotaAlerts
from llama_marketing.testing.alerts import (
    QuotaAlertsContract,
    RecordingQuotaAlerts,
    sample_alert,
)


class TestLogQuotaAlerts(QuotaAlertsContract):
    """Log records."""

    @pytest.fixture(autouse=True)
    def _records(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.WARNING, logger="llama_marketing.quota")
        self.log = caplog

    def make(self) -> QuotaAlerts:
        self.log.clear()
        return LogQuotaAlerts()

    def heard(self) -> list[tuple[str, str, int]]:
        found = [vars(record) for record in self.log.records if record.message == CROSSED]
        return [(record["client"], record["period"], record["threshold"]) for record in found]

    def test_a_record_carries_exact_figures_and_the_sentence(self) -> None:
        """As texts: a log collector's numbers are floats."""
        self.make().crossed(sample_alert())

        (record,) = self.log.records
        fields = vars(record)
        assert record.levelname == "WARNING"
        assert (fields["organization"], fields["unit"]) == ("org1", "usd")
        assert (fields["quota"], fields["settled"]) == ("50", "40.000000000001")
        assert fields["sentence"] == sample_alert().message


class TestRecordingQuotaAlerts(QuotaAlertsContract):
    """The one that remembers."""

    def make(self) -> QuotaAlerts:
        self.alerts = RecordingQuotaAlerts()
        return self.alerts

    def heard(self) -> list[tuple[str, str, int]]:
        return [(one.tenant.client_id, one.period, one.threshold) for one in self.alerts.told]
