"""Billing: from the outbox of the books to whoever takes billing events."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import attrs

from llama_marketing.domain.model import Model
from llama_marketing.domain.usage.billing import BillingEvent
from llama_marketing.ports.billing_events import BillingEvents
from llama_marketing.ports.outbox import Outbox

PAGE = 100

_log = logging.getLogger("llama_marketing.billing")


class _Nobody(BillingEvents):
    """Nobody is billed."""

    def publish(self, events: Sequence[BillingEvent]) -> Sequence[BillingEvent]:
        """Take nothing."""
        return ()

    def close(self) -> None:
        """There is nothing to close."""


NO_BILLING: BillingEvents = _Nobody()
"""Takes nothing: there is no hub, so the books put nothing aside."""


class DrainReport(Model):
    """What a drain did; ``complete`` is False where something was not taken."""

    published: int = 0
    complete: bool = True


@attrs.frozen(kw_only=True)
class BillingRelay:
    """Publishes what waits in the outbox, each event at least once. Safe between threads.

    Several processes may drain at once: then an event may go out more than once, as it may
    when a process dies between publishing and forgetting.
    """

    outbox: Outbox
    events: BillingEvents

    @property
    def has_hub(self) -> bool:
        """Whether anybody takes billing events."""
        return self.events is not NO_BILLING

    def drain(self) -> DrainReport:
        """Publish until nothing waits, or something is not taken.

        What was not taken waits for the next drain. Raises StoreUnavailable.
        """
        published = 0
        if not self.has_hub:
            return DrainReport()
        while waiting := self.outbox.waiting(PAGE):
            taken = self._publish(waiting)
            self.outbox.sent(taken)
            published += len(taken)
            if len(taken) < len(waiting):
                return DrainReport(published=published, complete=False)
        return DrainReport(published=published)

    def _publish(self, waiting: Sequence[BillingEvent]) -> Sequence[BillingEvent]:
        try:
            taken = {event.idempotency_key for event in self.events.publish(waiting)}
        except Exception as error:  # noqa: BLE001 - what was not taken is sent again
            # Its message is another library's text, and might repeat what it was given.
            _log.error("billing_events_failed", extra={"error_type": type(error).__name__})
            return ()
        return [event for event in waiting if event.idempotency_key in taken]
