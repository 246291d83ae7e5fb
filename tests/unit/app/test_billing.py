"""The relay: every billable entry is published at least once, and nothing is forgotten before."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import attrs
import pytest

from llama_marketing.app.billing import NO_BILLING, BillingRelay, DrainReport
from llama_marketing.app.container import Container
from llama_marketing.domain.errors import StoreUnavailable
from llama_marketing.domain.usage.billing import BillingEvent
from llama_marketing.ports.billing_events import BillingEvents
from llama_marketing.ports.outbox import Outbox
from llama_marketing.testing.billing_events import RecordingBillingEvents, sample_event
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.app.samples import ASKED, TENANT, StandingClock, configure, post, settings


@attrs.define
class ListOutbox(Outbox):
    """An outbox over a list."""

    events: list[BillingEvent]
    fails: bool = False

    def waiting(self, limit: int = 100) -> Sequence[BillingEvent]:
        return self.events[:limit]

    def sent(self, events: Sequence[BillingEvent]) -> None:
        if self.fails:
            raise StoreUnavailable("the store is away")
        self.events = [event for event in self.events if event not in events]


@attrs.define
class Choosy(RecordingBillingEvents):
    """Takes all but one."""

    refused: str = "gen3"

    def publish(self, events: Sequence[BillingEvent]) -> Sequence[BillingEvent]:
        return RecordingBillingEvents.publish(
            self, [event for event in events if event.id != self.refused]
        )


class Broken(BillingEvents):
    """Takes nothing and says so loudly."""

    def publish(self, events: Sequence[BillingEvent]) -> Sequence[BillingEvent]:
        raise RuntimeError("SECRET of another library")


def events(count: int) -> list[BillingEvent]:
    """So many."""
    return [sample_event(f"gen{number}") for number in range(count)]


def test_everything_that_waits_is_published_once_and_in_order() -> None:
    """More than a page of it; a second drain has nothing to do."""
    outbox, hub = ListOutbox(events(250)), RecordingBillingEvents()
    relay = BillingRelay(outbox=outbox, events=hub)

    assert relay.drain() == DrainReport(published=250)
    assert relay.drain() == DrainReport(published=0)
    assert [event.id for event in hub.events] == [f"gen{number}" for number in range(250)]


def test_what_is_not_taken_waits_for_the_next_drain() -> None:
    outbox, hub = ListOutbox(events(5)), Choosy()

    assert BillingRelay(outbox=outbox, events=hub).drain() == DrainReport(
        published=4, complete=False
    )
    assert [event.id for event in outbox.events] == ["gen3"]


def test_a_hub_that_raises_loses_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """What it said is not repeated."""
    outbox = ListOutbox(events(5))
    with caplog.at_level(logging.ERROR, logger="llama_marketing.billing"):
        report = BillingRelay(outbox=outbox, events=Broken()).drain()

    assert report == DrainReport(published=0, complete=False)
    assert len(outbox.events) == 5
    assert [record.message for record in caplog.records] == ["billing_events_failed"]
    assert "SECRET" not in caplog.text


def test_what_was_published_and_not_forgotten_is_published_again() -> None:
    """At least once; the key is the same."""
    outbox, hub = ListOutbox(events(1), fails=True), RecordingBillingEvents()
    relay = BillingRelay(outbox=outbox, events=hub)
    with pytest.raises(StoreUnavailable):
        relay.drain()
    outbox.fails = False
    relay.drain()

    assert [event.idempotency_key for event in hub.events] == ["org1/cli1/gen0"] * 2
    assert outbox.events == []


def test_without_a_hub_what_waits_stays() -> None:
    """Another process may have one."""
    outbox = ListOutbox(events(2))

    assert BillingRelay(outbox=outbox, events=NO_BILLING).drain() == DrainReport()
    assert not BillingRelay(outbox=outbox, events=NO_BILLING).has_hub
    assert len(outbox.events) == 2
    assert NO_BILLING.publish(outbox.events) == ()


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_a_container_with_a_hub_bills_what_it_generates(kind: str, tmp_path: Path) -> None:
    """One event a generation, with the entry's id."""
    hub, chat = RecordingBillingEvents(), FakeChatHosts(otherwise=post())
    store = "memory://" if kind == "memory" else f"sqlite:///{tmp_path / 'store.db'}"
    with Container.from_settings(
        settings(LLAMA_MARKETING_STORE=store), chat=chat, clock=StandingClock(), billing_events=hub
    ) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED)
        entry = container.usage_service().entry(TENANT, answer.id)
        assert container.billing_relay().drain() == DrainReport(published=1)

    (event,) = hub.events
    assert (event.id, event.cost_usd) == (answer.id, entry.cost_usd)


def test_a_container_without_a_hub_puts_nothing_aside() -> None:
    chat = FakeChatHosts(otherwise=post())
    with Container.from_settings(settings(), chat=chat, clock=StandingClock()) as container:
        configure(container)
        container.generation_service().generate(TENANT, ASKED)
        outbox = container._wiring.stores().outbox
        assert list(outbox.waiting()) == []
        assert container.billing_relay().drain() == DrainReport()
