"""The port BillingEvents, on SQS queues (moto, in this thread) and with the one that remembers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import boto3
import botocore.session
import pytest
from moto import mock_aws

from llama_marketing.adapters.sqs.billing_events import SqsBillingEvents
from llama_marketing.domain.errors import SettingsError
from llama_marketing.ports.billing_events import BillingEvents
from llama_marketing.testing.billing_events import (
    BillingEventsContract,
    RecordingBillingEvents,
    sample_event,
)


class TestRecordingBillingEvents(BillingEventsContract):
    """The one that remembers."""

    def make(self) -> BillingEvents:
        self.events = RecordingBillingEvents()
        return self.events

    def heard(self) -> list[tuple[str, Decimal | None]]:
        return [(event.idempotency_key, event.cost_usd) for event in self.events.events]


class TestSqsBillingEvents(BillingEventsContract):
    """A standard queue."""

    name = "billing"
    attributes: dict[str, str] = {}

    @pytest.fixture(autouse=True)
    def _queue(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        with mock_aws():
            self.session = boto3.session.Session(region_name="us-east-1")
            self.sqs = self.session.client("sqs")
            queue = self.sqs.create_queue(QueueName=self.name, Attributes=self.attributes)
            self.url = queue["QueueUrl"]
            yield

    def make(self) -> BillingEvents:
        return SqsBillingEvents.connect(self.url, self.session)

    def bodies(self) -> list[dict[str, Any]]:
        """Every message of the queue, taken out of it."""
        found: list[dict[str, Any]] = []
        while True:
            answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
            messages = answer.get("Messages", [])
            if not messages:
                return found
            for message in messages:
                found.append(json.loads(message["Body"]))
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])

    def heard(self) -> list[tuple[str, Decimal | None]]:
        return [
            (body["idempotencyKey"], None if body["costUsd"] is None else Decimal(body["costUsd"]))
            for body in self.bodies()
        ]

    def test_the_body_has_everything_the_hub_needs(self) -> None:
        """Names in camelCase, the cost as a text."""
        self.make().publish([sample_event("x#1 ñ")])

        assert self.bodies() == [
            {
                "id": "x#1 ñ",
                "organizationId": "org1",
                "clientId": "cli1",
                "moduleSource": "marketing-ai",
                "timestamp": "2026-02-14T18:00:00.000000Z",
                "period": "2026-02",
                "provider": "groq",
                "model": "llama-3.3-70b-instruct",
                "useCase": "social_post",
                "tokensInput": 50,
                "tokensOutput": 150,
                "costUsd": "0.1",
                "adjusts": "",
                "idempotencyKey": "org1/cli1/x#1 ñ",
            }
        ]

    def test_only_what_the_queue_has_is_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of a call that partly failed the rest comes again."""
        events = [sample_event(f"gen{number}") for number in range(3)]
        adapter = SqsBillingEvents(self.url, _Refusing())

        assert [event.id for event in adapter.publish(events)] == ["gen0", "gen2"]

    def test_a_queue_without_a_region_is_a_wrong_setting(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Told at the start, with the queue's URL."""
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_CONFIG_FILE", "none")

        with pytest.raises(SettingsError, match=r"queue\.test"):
            SqsBillingEvents.connect("https://queue.test/1/billing")

    def test_the_url_says_the_region(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whatever that of the session is; a session may be botocore's."""
        session = botocore.session.Session()
        events = SqsBillingEvents.connect(self.url.replace("us-east-1", "eu-west-1"), session)

        assert events.client.meta.region_name == "eu-west-1"

    def test_messages_go_to_the_host_that_the_url_names(self) -> None:
        """Not to Amazon's public address, where it names another one."""
        session = boto3.session.Session(
            aws_access_key_id="k", aws_secret_access_key="s", region_name="us-east-1"
        )
        url = "http://127.0.0.1:4566/000000000000/billing"

        assert SqsBillingEvents.connect(url, session).client.meta.endpoint_url == url[:21]


class _Refusing:
    def send_message_batch(self, **_: Any) -> dict[str, Any]:
        return {"Successful": [{"Id": "0"}, {"Id": "2"}], "Failed": [{"Id": "1"}]}


class TestSqsFifoBillingEvents(TestSqsBillingEvents):
    """A FIFO queue, which drops repetitions by itself."""

    name = "billing.fifo"
    attributes = {"FifoQueue": "true"}

    def test_a_repetition_is_dropped_by_the_queue(self) -> None:
        """The deduplication id is made of the idempotency key."""
        adapter = self.make()
        adapter.publish([sample_event("gen1")])
        adapter.publish([sample_event("gen1"), sample_event("gen2")])

        assert sorted(body["id"] for body in self.bodies()) == ["gen1", "gen2"]
