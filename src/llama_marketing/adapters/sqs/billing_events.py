"""Billing events as messages of an Amazon SQS queue."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from llama_marketing.domain.errors import SettingsError
from llama_marketing.domain.usage.billing import BillingEvent
from llama_marketing.ports.billing_events import BillingEvents

BATCH = 10
"""Messages in one call at most (Amazon SQS quotas, seen 2026-11)."""

_REGION: Final = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com[/.]")


@attrs.frozen
class SqsBillingEvents(BillingEvents):
    """Sends one message an event, ten in a call.

    The body is the event as JSON in camelCase with ``idempotencyKey``; its cost is a text, so
    that no digit is lost. A FIFO queue (its URL ends with ``.fifo``) also drops repetitions
    within five minutes and keeps the order of each client.
    """

    queue_url: str
    client: Any = attrs.field(repr=False)
    """A client ``sqs`` of boto3, which is safe between threads."""

    @classmethod
    def connect(cls, queue_url: str, session: Any = None) -> SqsBillingEvents:
        """Over a session of boto3 or botocore, or over what boto3 finds on the machine.

        The region is the one that the queue's URL names, else the session's. Where the URL names
        another host than Amazon's public one, the messages go there. Connects at the first call.
        Raises SettingsError where no client can be made.
        """
        from boto3.session import Session
        from botocore.exceptions import BotoCoreError

        region = _REGION.match(queue_url)
        try:
            chosen = Session() if session is None else session
            make = getattr(chosen, "create_client", None) or chosen.client
            # Else boto3 would take the region's public address, whatever host the URL names.
            own = {} if region else {"endpoint_url": _origin(queue_url)}
            client = make("sqs", region_name=region[1] if region else None, **own)
        except (BotoCoreError, ValueError) as error:
            fault = type(error).__name__
        else:
            return cls(queue_url, client)
        raise SettingsError(f"the billing queue {queue_url!r} cannot be used: {fault}")

    def publish(self, events: Sequence[BillingEvent]) -> Sequence[BillingEvent]:
        """Send; answers the events that the queue has."""
        taken: list[BillingEvent] = []
        for batch in _batches(events):
            answer = self.client.send_message_batch(
                QueueUrl=self.queue_url,
                Entries=[self._message(place, event) for place, event in enumerate(batch)],
            )
            taken += [batch[int(one["Id"])] for one in answer.get("Successful", ())]
        return taken

    def close(self) -> None:
        """Close the connections; nothing can be sent afterwards."""
        self.client.close()

    def _message(self, place: int, event: BillingEvent) -> dict[str, str]:
        body = event.model_dump(mode="json", by_alias=True)
        body["costUsd"] = None if event.cost_usd is None else f"{event.cost_usd:f}"
        body["idempotencyKey"] = event.idempotency_key
        message = {"Id": str(place), "MessageBody": json.dumps(body, ensure_ascii=False)}
        if self.queue_url.endswith(".fifo"):
            message["MessageGroupId"] = f"{event.organization_id}.{event.client_id}"[:128]
            # The queue takes 128 characters of a few kinds; a caller's entry id has any.
            digest = hashlib.sha256(event.idempotency_key.encode()).hexdigest()
            message["MessageDeduplicationId"] = digest
        return message


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _batches(events: Sequence[BillingEvent]) -> Iterator[Sequence[BillingEvent]]:
    for start in range(0, len(events), BATCH):
        yield events[start : start + BATCH]
