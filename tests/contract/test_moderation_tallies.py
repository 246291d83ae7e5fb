"""The port ModerationTallies, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.moderation_tallies import DynamoModerationTallies
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.moderation_tallies import MemoryModerationTallies
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.moderation_tallies import SqliteModerationTallies
from llama_marketing.ports.moderation_tallies import ModerationTallies
from llama_marketing.testing.moderation_tallies import ModerationTalliesContract


class TestMemoryModerationTallies(ModerationTalliesContract):
    """The tallies in memory."""

    def make(self) -> ModerationTallies:
        return MemoryModerationTallies(MemoryDatabase())


class TestSqliteModerationTallies(ModerationTalliesContract):
    """The tallies in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> ModerationTallies:
        return SqliteModerationTallies(self.database)


@pytest.mark.slow
class TestDynamoModerationTallies(ModerationTalliesContract):
    """The tallies in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> ModerationTallies:
        return DynamoModerationTallies(self.client)
