"""The queue of the parts of jobs on Amazon SQS."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

import attrs

from llama_marketing.adapters.sqs.connecting import connect_sqs
from llama_marketing.domain.errors import InvalidRequest, StoreUnavailable
from llama_marketing.domain.jobs.models import PartRef, QueuedPart
from llama_marketing.ports.job_queue import JobQueue

BATCH: Final = 10
"""Messages in one call at most (Amazon SQS quotas, seen 2026-11)."""
_GONE: Final = ("InvalidParameterValue", "ReceiptHandleIsInvalid", "MessageNotInflight")
"""What SQS says of a receipt whose message was acknowledged or taken by another since."""


@attrs.frozen
class SqsJobQueue(JobQueue):
    """One message a part, in a standard queue.

    A message that is none of ours is left to the queue's own dead-letter queue.
    """

    queue_url: str
    client: Any = attrs.field(repr=False)
    """A client ``sqs`` of boto3, which is safe between threads."""

    @classmethod
    def connect(cls, queue_url: str, session: Any = None) -> SqsJobQueue:
        """Over a session as ``connect_sqs`` takes it; raises SettingsError."""
        return cls(queue_url, connect_sqs(queue_url, session))

    def put(self, parts: Sequence[PartRef], now: datetime) -> None:
        """Send; raises StoreUnavailable unless the queue has all of them."""
        for start in range(0, len(parts), BATCH):
            some = parts[start : start + BATCH]
            entries = [
                {"Id": str(place), "MessageBody": _body(part)} for place, part in enumerate(some)
            ]
            answer = self._call(self.client.send_message_batch, Entries=entries)
            if len(answer.get("Successful", ())) < len(some):
                raise StoreUnavailable(f"{self.queue_url} did not take every part of a job")

    def take(self, now: datetime, seconds: int, limit: int = 1) -> Sequence[QueuedPart]:
        """Receive, without waiting for what is not there."""
        answer = self._call(
            self.client.receive_message,
            MaxNumberOfMessages=min(limit, BATCH),
            VisibilityTimeout=seconds,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        found = (_read(message) for message in answer.get("Messages", ()))
        return [part for part in found if part is not None]

    def hide(self, part: QueuedPart, now: datetime, seconds: int) -> None:
        """Change the message's visibility timeout."""
        self._call(
            self.client.change_message_visibility,
            ReceiptHandle=part.receipt,
            VisibilityTimeout=seconds,
        )

    def acknowledge(self, part: QueuedPart) -> None:
        """Delete the message."""
        self._call(self.client.delete_message, ReceiptHandle=part.receipt)

    def close(self) -> None:
        """Close the connections; nothing can be sent or received afterwards."""
        self.client.close()

    def _call(self, method: Callable[..., Any], **parameters: Any) -> dict[str, Any]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = method(QueueUrl=self.queue_url, **parameters)
        except ClientError as error:
            fault = str(error.response.get("Error", {}).get("Code", ""))
            if "ReceiptHandle" in parameters and fault.rpartition(".")[2] in _GONE:
                return {}
        except BotoCoreError as error:
            fault = type(error).__name__
        else:
            return answer
        raise StoreUnavailable(f"the queue {self.queue_url} cannot be used: {fault}")


def _body(part: PartRef) -> str:
    return json.dumps(part.model_dump(mode="json", by_alias=True))


def _read(message: dict[str, Any]) -> QueuedPart | None:
    tries = int(message.get("Attributes", {}).get("ApproximateReceiveCount", 1))
    try:
        ref = PartRef.read(json.loads(message["Body"]))
        ref.tenant  # noqa: B018 - raises for ids that are nobody's
    except (ValueError, InvalidRequest):
        return None
    return QueuedPart(ref=ref, receipt=message["ReceiptHandle"], tries=tries)
