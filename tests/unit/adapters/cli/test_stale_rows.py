"""Rows that nobody looked after for 90 days are said wherever the catalog is looked at."""

from __future__ import annotations

import json
from datetime import date, timedelta

import attrs
import pytest

from llama_marketing import Container, Settings
from llama_marketing.adapters.package_data.catalog import PackagedCatalog
from llama_marketing.testing.telemetry import RecordingTelemetry
from tests.unit.adapters.cli.shell import Shell
from tests.unit.app.samples import NOW, StandingClock


@attrs.define
class DatedShell(Shell):
    """A terminal on a certain day."""

    today: date = attrs.Factory(NOW.date)
    telemetry: RecordingTelemetry = attrs.Factory(RecordingTelemetry)

    def container(self, settings: Settings | None = None) -> Container:
        """A container whose clock stands on that day."""
        chosen = Settings.from_env(self.environ) if settings is None else settings
        clock = StandingClock(NOW + (self.today - NOW.date()))
        return Container.from_settings(
            chosen, chat=self.chat, clock=clock, telemetry=self.telemetry
        )


@pytest.fixture
def dated(shell: Shell) -> DatedShell:
    """A shell that may be moved to another day."""
    return DatedShell(shell.folder)


def days_after_the_newest_row(days: int) -> date:
    """A day on which every price of the bundled catalog is at least so old."""
    return max(row.as_of for row in PackagedCatalog().catalog().prices) + timedelta(days=days)


def days_after_the_oldest_row(days: int) -> date:
    """A day on which no row of the bundled catalog is older."""
    rows = PackagedCatalog().catalog().stale(date(9999, 1, 1))
    return min(row.as_of for row in rows) + timedelta(days=days)


def test_on_the_ninetieth_day_nothing_is_said(dated: DatedShell) -> None:
    """Neither by models, nor by doctor, nor in the telemetry."""
    dated.today = days_after_the_oldest_row(90)
    checks = {check["name"]: check for check in dated.json("doctor")["checks"]}

    assert "sin revisión" not in dated.run("models").stdout
    assert checks["Catálogo"]["state"] == "ok"
    assert dated.telemetry.stale == []


def test_on_the_ninety_first_day_models_says_it_in_one_line(dated: DatedShell) -> None:
    """How many rows, and which is the oldest; JSON stays as it is."""
    dated.today = days_after_the_newest_row(91)
    told = " ".join(dated.run("models").stdout.split())
    (stale, *_) = dated.telemetry.stale

    assert f"{stale.rows} filas del catálogo llevan más de 90 días sin revisión" in told
    assert f"la más antigua: {stale.oldest_file}, {stale.oldest_row}, {stale.oldest_as_of}." in told
    assert json.loads(dated.run("models", "--json").stdout).keys() == {"models"}


def test_on_the_ninety_first_day_doctor_warns(dated: DatedShell) -> None:
    """By the container's clock, and it does not fail."""
    dated.today = days_after_the_newest_row(91)
    document = dated.json("doctor")
    checks = {check["name"]: check for check in document["checks"]}

    assert document["ok"] is True
    assert checks["Catálogo"]["state"] == "aviso"
    assert "PriceRow" in checks["Catálogo"]["detail"]


def test_each_container_tells_it_once(dated: DatedShell) -> None:
    """At its start, not at every look."""
    dated.today = days_after_the_newest_row(91)
    with dated.container() as container:
        container.catalog_service().models()
        container.catalog_service().stale()

    assert len(dated.telemetry.stale) == 1
