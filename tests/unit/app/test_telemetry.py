"""The guard before the telemetry, telemetry for nobody, and what a container tells when made."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta

import pytest

from llama_marketing.adapters.telemetry.logs import LogTelemetry
from llama_marketing.app.container import Container
from llama_marketing.app.telemetry import NO_TELEMETRY, NOT_FOLLOWED, GuardedTelemetry
from llama_marketing.domain.catalog.staleness import StaleCatalog
from llama_marketing.domain.telemetry import CallFacts, OperationEnd, OperationFacts
from llama_marketing.ports.telemetry import OperationTelemetry, Telemetry
from llama_marketing.testing.telemetry import (
    CANARY,
    STALE,
    RecordingTelemetry,
    sample_call,
    sample_end,
    sample_start,
)
from tests.unit.app.samples import NOW, StandingClock, settings


class Broken(Telemetry, OperationTelemetry):
    """Raises whatever it is told; ``starts`` lets an operation start first."""

    def __init__(self, *, starts: bool) -> None:
        self.starts = starts

    def started(self, facts: OperationFacts) -> OperationTelemetry:
        if not self.starts:
            raise RuntimeError(CANARY)
        return self

    def call_ended(self, facts: CallFacts) -> None:
        raise RuntimeError(CANARY)

    def ended(self, end: OperationEnd) -> None:
        raise RuntimeError(CANARY)

    def catalog_stale(self, facts: StaleCatalog) -> None:
        raise RuntimeError(CANARY)


def parts_of(container: Container) -> tuple[Telemetry, ...]:
    """Who is told what happens in a container."""
    telemetry = container._wiring.telemetry()
    assert isinstance(telemetry, GuardedTelemetry)
    return telemetry._parts


def tell_everything(telemetry: Telemetry) -> None:
    """Tell one of everything."""
    telemetry.catalog_stale(STALE)
    operation = telemetry.started(sample_start())
    operation.call_ended(sample_call())
    operation.ended(sample_end())


@pytest.mark.parametrize("starts", [True, False])
def test_a_telemetry_that_raises_is_logged_once_and_harms_nobody(
    starts: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """Also not the others: what comes after it is told all the same."""
    recording = RecordingTelemetry()
    guarded = GuardedTelemetry([Broken(starts=starts), recording])
    for _ in range(3):
        tell_everything(guarded)

    assert [len(operation.calls) for operation in recording.operations] == [1, 1, 1]
    assert [len(operation.ends) for operation in recording.operations] == [1, 1, 1]
    assert recording.stale == [STALE] * 3
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("llama_marketing.telemetry", logging.ERROR)
    assert (record.getMessage(), vars(record)["error_type"]) == (
        "telemetry_failed", "RuntimeError",
    )  # fmt: skip
    assert CANARY not in repr(vars(record))


def test_what_stops_the_process_goes_through_the_guard() -> None:
    """Ctrl-C is nobody's telemetry."""

    class Stopped(RecordingTelemetry):
        def started(self, facts: OperationFacts) -> OperationTelemetry:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        GuardedTelemetry([Stopped()]).started(sample_start())


def test_the_guard_tells_only_the_first_end() -> None:
    """So that no part needs to know how often an operation is settled."""
    recording = RecordingTelemetry()
    operation = GuardedTelemetry([recording]).started(sample_start())
    operation.ended(sample_end())
    operation.ended(sample_end())

    assert len(recording.operations[0].ends) == 1


def test_nobody_can_be_told_everything(caplog: pytest.LogCaptureFixture) -> None:
    """The default where nobody watches."""
    tell_everything(NO_TELEMETRY)

    assert NO_TELEMETRY.started(sample_start()) is NOT_FOLLOWED
    assert caplog.records == []


def test_the_container_has_logs_and_opentelemetry() -> None:
    """Behind the guard."""
    with Container.from_settings(settings()) as container:
        parts = parts_of(container)

    assert [type(part).__name__ for part in parts] == ["LogTelemetry", "OpenTelemetry"]


def test_without_opentelemetry_there_are_only_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.delitem(sys.modules, "llama_marketing.adapters.telemetry.otel", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with Container.from_settings(settings()) as container:
        parts = parts_of(container)

    assert [type(part) for part in parts] == [LogTelemetry]


def test_a_fresh_catalog_is_not_told_of_and_one_91_days_older_is_once() -> None:
    """At the start of a container, through the caller's own telemetry."""
    fresh, old = RecordingTelemetry(), RecordingTelemetry()
    with Container.from_settings(settings(), clock=StandingClock(), telemetry=fresh) as container:
        catalog = container.catalog_service().catalog.catalog()
    newest = max(row.as_of for row in catalog.prices)
    clock = StandingClock(NOW + timedelta(days=(newest - NOW.date()).days + 91))
    with Container.from_settings(settings(), clock=clock, telemetry=old) as container:
        stale = container.catalog_service().stale()

    assert fresh.stale == []
    (told,) = old.stale
    assert told.rows == len(stale) >= len(catalog.prices)
    assert told.oldest_as_of == min(row.as_of for row in stale)
    assert told.oldest_file.endswith(".toml")


def test_a_telemetry_that_raises_does_not_stop_the_container(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is guarded as ours are."""
    late = StandingClock(NOW + timedelta(days=400))
    with Container.from_settings(
        settings(), clock=late, telemetry=Broken(starts=False)
    ) as container:
        assert container.catalog_service().models()
    assert [record.getMessage() for record in caplog.records] == ["telemetry_failed"]
