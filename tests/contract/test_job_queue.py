"""The port JobQueue, on every store and on a queue of SQS (moto, in this thread)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from moto import mock_aws

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.job_queue import DynamoJobQueue
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.jobs import MemoryJobQueue
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.job_queue import SqliteJobQueue
from llama_marketing.adapters.sqs.job_queue import SqsJobQueue
from llama_marketing.domain.errors import SettingsError, StoreUnavailable
from llama_marketing.domain.jobs.models import QueuedPart
from llama_marketing.ports.job_queue import JobQueue
from llama_marketing.testing.job_queue import NOW, JobQueueContract, sample_ref


class TestMemoryJobQueue(JobQueueContract):
    """The queue in memory."""

    def make(self) -> JobQueue:
        return MemoryJobQueue(MemoryDatabase())


class TestSqliteJobQueue(JobQueueContract):
    """The queue in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> JobQueue:
        return SqliteJobQueue(self.database)


@pytest.mark.slow
class TestDynamoJobQueue(JobQueueContract):
    """The queue in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> JobQueue:
        return DynamoJobQueue(self.client)


class TestSqsJobQueue(JobQueueContract):
    """A standard queue of Amazon SQS."""

    @pytest.fixture(autouse=True)
    def _queue(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        with mock_aws():
            self.session = boto3.session.Session(region_name="us-east-1")
            self.sqs = self.session.client("sqs")
            self.url = self.sqs.create_queue(QueueName="moderation")["QueueUrl"]
            yield

    def make(self) -> JobQueue:
        return SqsJobQueue.connect(self.url, self.session)

    def test_workers_at_once_share_the_parts(self) -> None:
        """They take turns here: moto is not atomic, so it can prove nothing about a race."""
        put, workers = [sample_ref(number) for number in range(20)], [self.make(), self.make()]
        workers[0].put(put, NOW)
        shares = [worker.take(NOW, 600, 5) for worker in workers * 2]

        taken = [one.ref for share in shares for one in share]
        assert sorted(taken, key=lambda ref: ref.number) == put
        assert all(shares)

    @pytest.mark.parametrize(
        "body",
        [
            "no JSON",
            "[]",
            '{"jobId": "job1"}',
            '{"organizationId": "a b", "clientId": "cli1", "jobId": "job1", "number": 0}',
        ],
    )
    def test_a_message_that_is_none_of_ours_is_left_to_the_queue(self, body: str) -> None:
        """It is neither handed out nor deleted."""
        queue = self.make()
        self.sqs.send_message(QueueUrl=self.url, MessageBody=body)
        queue.put([sample_ref(0)], NOW)

        assert [one.ref for one in queue.take(NOW, 600, 10)] == [sample_ref(0)]
        counted = self.sqs.get_queue_attributes(
            QueueUrl=self.url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
        )
        assert counted["Attributes"]["ApproximateNumberOfMessagesNotVisible"] == "2"

    def test_a_queue_that_is_not_there_is_an_unavailable_store(self) -> None:
        """Told with its URL."""
        queue = SqsJobQueue.connect(f"{self.url}-2", self.session)

        with pytest.raises(StoreUnavailable, match="moderation-2"):
            queue.take(NOW, 600)
        queue.close()

    def test_a_queue_without_a_region_is_a_wrong_setting(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Told at the start."""
        for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("AWS_CONFIG_FILE", "none")

        with pytest.raises(SettingsError, match=r"queue\.test"):
            SqsJobQueue.connect("https://queue.test/1/moderation")


class _Line:
    """A client whose every call fails, or takes only the first message."""

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    def send_message_batch(self, **_: Any) -> dict[str, Any]:
        return self._answer({"Successful": [{"Id": "0"}], "Failed": [{"Id": "1"}]})

    def delete_message(self, **_: Any) -> dict[str, Any]:
        return self._answer({})

    def _answer(self, answer: dict[str, Any]) -> dict[str, Any]:
        if self._error is not None:
            raise self._error
        return answer


URL = "https://sqs.test/1/moderation"
QUEUED = QueuedPart(ref=sample_ref(0), receipt="r1", tries=1)


def test_a_job_that_the_queue_took_in_part_is_told() -> None:
    """Whoever hands it in must know."""
    queue = SqsJobQueue(URL, _Line())

    with pytest.raises(StoreUnavailable, match="every part"):
        queue.put([sample_ref(0), sample_ref(1)], NOW)


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDenied"}}, "DeleteMessage"),
        EndpointConnectionError(endpoint_url=URL),
    ],
)
def test_what_sqs_refuses_is_an_unavailable_store(error: Exception) -> None:
    """Of whatever kind the refusal is."""
    with pytest.raises(StoreUnavailable, match=r"sqs\.test"):
        SqsJobQueue(URL, _Line(error)).acknowledge(QUEUED)


def test_a_receipt_that_counts_no_more_is_no_fault() -> None:
    """Another worker has the part by now."""
    gone = {"Error": {"Code": "AWS.SimpleQueueService.MessageNotInflight"}}

    SqsJobQueue(URL, _Line(ClientError(gone, "DeleteMessage"))).acknowledge(QUEUED)
    with pytest.raises(StoreUnavailable):
        SqsJobQueue(URL, _Line(ClientError(gone, "SendMessageBatch"))).put([sample_ref(0)], NOW)
