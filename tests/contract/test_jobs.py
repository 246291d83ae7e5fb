"""The port Jobs, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.jobs import DynamoJobs
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.jobs import MemoryJobs
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.jobs import SqliteJobs
from llama_marketing.ports.jobs import Jobs
from llama_marketing.testing.jobs import JobsContract


class TestMemoryModerationJobs(JobsContract):
    """The jobs in memory."""

    def make(self) -> Jobs:
        return MemoryJobs(MemoryDatabase())


class TestSqliteModerationJobs(JobsContract):
    """The jobs in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> Jobs:
        return SqliteJobs(self.database)


@pytest.mark.slow
class TestDynamoModerationJobs(JobsContract):
    """The jobs in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> Jobs:
        return DynamoJobs(self.client)
