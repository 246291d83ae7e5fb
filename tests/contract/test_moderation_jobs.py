"""The port ModerationJobs, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.moderation_jobs import DynamoModerationJobs
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.moderation_jobs import MemoryModerationJobs
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.moderation_jobs import SqliteModerationJobs
from llama_marketing.ports.moderation_jobs import ModerationJobs
from llama_marketing.testing.moderation_jobs import ModerationJobsContract


class TestMemoryModerationJobs(ModerationJobsContract):
    """The jobs in memory."""

    def make(self) -> ModerationJobs:
        return MemoryModerationJobs(MemoryDatabase())


class TestSqliteModerationJobs(ModerationJobsContract):
    """The jobs in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> ModerationJobs:
        return SqliteModerationJobs(self.database)


@pytest.mark.slow
class TestDynamoModerationJobs(ModerationJobsContract):
    """The jobs in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> ModerationJobs:
        return DynamoModerationJobs(self.client)
