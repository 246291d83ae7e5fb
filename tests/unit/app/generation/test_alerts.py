"""Alerts of a quota: each threshold once a period, whoever crosses it, and never at a price."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import attrs
import pytest

from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.app.alerts import QuotaWatch
from llama_marketing.app.container import Container
from llama_marketing.domain.errors import QuotaExceeded, StoreUnavailable
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.alerts import QuotaAlert
from llama_marketing.domain.usage.books import Counter, QuotaTerms, Reservation
from llama_marketing.ports.alerts import QuotaAlerts
from llama_marketing.testing.alerts import RecordingQuotaAlerts
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.app.samples import (
    ASKED,
    OTHER,
    TENANT,
    StandingClock,
    books_of,
    configure,
    entries_of,
    post,
    settings,
)

MONTH_SECONDS = 31 * 24 * 3600.0


@contextmanager
def container_with(
    alerts: QuotaAlerts, clock: StandingClock | None = None, chat: FakeChatHosts | None = None
) -> Iterator[Container]:
    """A container over fakes that tells of alerts here."""
    chat = chat or FakeChatHosts(otherwise=post())
    with Container.from_settings(
        settings(), chat=chat, clock=clock or StandingClock(), alerts=alerts
    ) as container:
        yield container


def generations(container: Container, quota: int, tenant: TenantRef = TENANT, **more: Any) -> None:
    """Configure a client with a quota of so many generations."""
    configure(container, tenant, quotaMonthly=quota, quotaUnit="generations", **more)


def generate(container: Container, times: int = 1, tenant: TenantRef = TENANT) -> None:
    """Generate so often."""
    for _ in range(times):
        container.generation_service().generate(tenant, ASKED)


def thresholds(alerts: RecordingQuotaAlerts) -> list[int]:
    """What was told, in order."""
    return [told.threshold for told in alerts.told]


def test_each_threshold_is_told_when_it_is_crossed_and_once() -> None:
    alerts = RecordingQuotaAlerts()
    with container_with(alerts) as container:
        generations(container, 10)
        generate(container, 7)
        assert thresholds(alerts) == []
        generate(container)
        assert thresholds(alerts) == [80]
        generate(container)
        assert thresholds(alerts) == [80]
        generate(container)
        assert thresholds(alerts) == [80, 100]
        for _ in range(2):
            with pytest.raises(QuotaExceeded):
                generate(container)

    assert thresholds(alerts) == [80, 100]
    first = alerts.told[0]
    assert (first.tenant, first.period, first.quota, first.settled) == (TENANT, "2026-11", 10, 8)


def test_a_configuration_names_its_own_thresholds() -> None:
    alerts = RecordingQuotaAlerts()
    with container_with(alerts) as container:
        generations(container, 20, quotaAlerts=[95, 10])
        generate(container, 20)

    assert thresholds(alerts) == [10, 95]


def test_the_first_refusal_tells_of_a_hundred() -> None:
    """In tokens: much is left, and still nothing fits."""
    alerts = RecordingQuotaAlerts()
    with container_with(alerts) as container:
        configure(container, quotaMonthly=10, quotaUnit="tokens")
        for _ in range(2):
            with pytest.raises(QuotaExceeded):
                generate(container)

    assert thresholds(alerts) == [100]
    assert "ya no cupo" in alerts.told[0].message


def test_notify_goes_on_and_tells_of_a_hundred() -> None:
    """At the first operation that would have been refused."""
    alerts = RecordingQuotaAlerts()
    with container_with(alerts) as container:
        generations(container, 2, quotaAction="notify", quotaAlerts=[100, 200])
        generate(container, 5)
        assert len(entries_of(container)) == 5

    assert thresholds(alerts) == [100, 200]


def test_a_failed_operation_that_took_nothing_crosses_nothing() -> None:
    """Its hold was near, what it settled was not."""
    alerts = RecordingQuotaAlerts()
    with container_with(alerts) as container:
        generations(container, 1)
        with container.generation_service().stream(TENANT, ASKED):
            # While it is open the hold is all of the quota.
            assert thresholds(alerts) == []
        assert len(entries_of(container)) == 1


def test_a_stream_crosses_too() -> None:
    alerts = RecordingQuotaAlerts()
    with container_with(alerts) as container:
        generations(container, 1)
        events = [event.event for event in container.generation_service().stream(TENANT, ASKED)]

    assert events[-1] == "done"
    assert thresholds(alerts) == [80, 100]


def test_another_period_and_another_client_have_alerts_of_their_own() -> None:
    alerts, clock = RecordingQuotaAlerts(), StandingClock()
    with container_with(alerts, clock) as container:
        generations(container, 1)
        generations(container, 1, OTHER)
        generate(container)
        generate(container, tenant=OTHER)
        clock.go_on(MONTH_SECONDS)
        generate(container)

    told = [(alert.tenant, alert.period, alert.threshold) for alert in alerts.told]
    assert told == [
        (tenant, period, threshold)
        for tenant, period in ((TENANT, "2026-11"), (OTHER, "2026-11"), (TENANT, "2026-12"))
        for threshold in (80, 100)
    ]


def test_sixteen_operations_at_once_tell_each_threshold_once() -> None:
    """All are held before any is settled, so only the ends can tell."""
    alerts, together = RecordingQuotaAlerts(), threading.Barrier(16, timeout=60)

    def all_there(*_: object) -> str:
        together.wait()
        return post()

    with container_with(alerts, chat=FakeChatHosts(otherwise=all_there)) as container:
        generations(container, 16)
        threads = [threading.Thread(target=generate, args=(container,)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(entries_of(container)) == 16

    assert sorted(thresholds(alerts)) == [80, 100]


@attrs.define
class _Broken(QuotaAlerts):
    asked: int = 0

    def crossed(self, alert: QuotaAlert) -> None:
        self.asked += 1
        raise RuntimeError("SECRET of another library")


def test_a_port_that_raises_ends_no_operation(caplog: pytest.LogCaptureFixture) -> None:
    """It is asked for every threshold, and what it said is not repeated."""
    broken = _Broken()
    with (
        caplog.at_level(logging.ERROR, logger="llama_marketing.quota"),
        container_with(broken) as container,
    ):
        generations(container, 1)
        generate(container)
        assert len(entries_of(container)) == 1

    assert broken.asked == 2
    assert [record.message for record in caplog.records] == ["quota_alert_failed"] * 2
    assert "SECRET" not in caplog.text


def watch_over(container: Container) -> QuotaWatch:
    """The container's watch."""
    watch = container._wiring.watch()
    assert isinstance(watch, QuotaWatch)
    return watch


def test_of_two_that_saw_the_same_counter_one_tells() -> None:
    """Each in a process of its own; the books say which."""
    alerts = RecordingQuotaAlerts()
    with container_with(alerts) as container:
        books = books_of(container)
        counter = Counter(period="2026-11", limit=0)
        seen = Reservation(admitted=False, counter=counter.model_copy(update={"refused": 1}))
        for _ in range(2):
            watch = QuotaWatch(books=books, alerts=alerts)
            watch.reserved(TENANT, seen, QuotaTerms(limit=0, alerts=(80, 100)))

    assert thresholds(alerts) == [80, 100]


@pytest.mark.parametrize("method", ["counter", "mark_alerts"])
def test_books_that_fail_while_a_threshold_is_told_end_no_operation(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operation is booked by then; the next one tells."""
    alerts = RecordingQuotaAlerts()
    with container_with(alerts) as container:
        generations(container, 10, quotaAlerts=[50])
        generate(container, 4)
        with monkeypatch.context() as patched:
            patched.setattr(MemoryUsageBooks, method, _unavailable)
            generate(container)
        assert thresholds(alerts) == []
        generate(container)

    assert thresholds(alerts) == [50]


def _unavailable(*_: object) -> Counter:
    raise StoreUnavailable("the store is away")


def test_far_from_every_threshold_no_counter_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither before the first threshold nor between two of them."""
    reads: list[str] = []
    read: Callable[..., Counter | None] = MemoryUsageBooks.counter

    def counted(books: MemoryUsageBooks, tenant: TenantRef, period: str) -> Counter | None:
        reads.append(period)
        return read(books, tenant, period)

    monkeypatch.setattr(MemoryUsageBooks, "counter", counted)
    with container_with(RecordingQuotaAlerts()) as container:
        generations(container, 100, quotaAlerts=[10, 90])
        generate(container, 9)
        assert reads == []
        generate(container)
        assert reads == ["2026-11"]
        generate(container, 79)
        assert reads == ["2026-11"]


def test_no_more_clients_are_watched_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The one longest near makes room."""
    monkeypatch.setattr("llama_marketing.app.alerts.MOST_WATCHED", 2)
    tenants = [TenantRef("org1", f"cli{number}") for number in range(3)]
    with container_with(RecordingQuotaAlerts()) as container:
        watch = watch_over(container)
        for tenant in tenants:
            generations(container, 1, tenant)
            with container.generation_service().stream(tenant, ASKED):
                assert (tenant, "2026-11") in watch._near

        assert len(watch._near) <= 2
