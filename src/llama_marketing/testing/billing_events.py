"""The contract of the port ``BillingEvents``, as tests for any adapter, and one that remembers."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs

from llama_marketing.domain.usage.billing import BillingEvent, events_of
from llama_marketing.ports.billing_events import BillingEvents
from llama_marketing.testing.samples import TENANT, sample_entry


@attrs.define(eq=False)
class RecordingBillingEvents(BillingEvents):
    """Remembers what it was handed."""

    events: list[BillingEvent] = attrs.Factory(list)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)

    def publish(self, events: Sequence[BillingEvent]) -> Sequence[BillingEvent]:
        """Remember and take all of them."""
        with self._lock:
            self.events.extend(events)
        return events


def sample_event(entry_id: str = "gen1", **fields: Any) -> BillingEvent:
    """The event of a sample entry."""
    (event,) = events_of(TENANT, sample_entry(entry_id, **fields))
    return event


class BillingEventsContract(ABC):
    """Derive a class whose name starts with Test and say how an adapter is made and heard."""

    @abstractmethod
    def make(self) -> BillingEvents:
        """A new adapter that handed nothing on yet."""

    @abstractmethod
    def heard(self) -> list[tuple[str, Decimal | None]]:
        """Idempotency key and cost of what arrived so far, in any order."""

    def test_more_events_than_fit_into_one_call_all_arrive(self) -> None:
        """And are answered as taken, each once."""
        events = [sample_event(f"gen{number}") for number in range(23)]

        taken = self.make().publish(events)

        assert list(taken) == events
        assert sorted(self.heard()) == sorted((e.idempotency_key, e.cost_usd) for e in events)

    def test_no_digit_of_a_cost_is_lost(self) -> None:
        """One pico-USD, a large one, an unknown one and a negative correction."""
        costs = [Decimal("0.000000000001"), Decimal("123456.789012345678"), None]
        events = [sample_event(f"gen{n}", cost_usd=cost) for n, cost in enumerate(costs)]
        events.append(sample_event("ADJ-gen1", adjusts="gen1", cost_usd=Decimal("-0.03")))

        self.make().publish(events)

        assert {cost for _, cost in self.heard()} == {*costs, Decimal("-0.03")}

    def test_nothing_to_publish_is_no_call_and_no_error(self) -> None:
        """An empty drain."""
        assert list(self.make().publish([])) == []
        assert self.heard() == []
