"""The port ModerationActions, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.moderation_actions import DynamoModerationActions
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.moderation_actions import MemoryModerationActions
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.moderation_actions import SqliteModerationActions
from llama_marketing.ports.moderation_actions import ModerationActions
from llama_marketing.testing.moderation_actions import ModerationActionsContract


class TestMemoryModerationActions(ModerationActionsContract):
    """The actions in memory."""

    def make(self) -> ModerationActions:
        return MemoryModerationActions(MemoryDatabase())


class TestSqliteModerationActions(ModerationActionsContract):
    """The actions in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> ModerationActions:
        return SqliteModerationActions(self.database)


@pytest.mark.slow
class TestDynamoModerationActions(ModerationActionsContract):
    """The actions in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> ModerationActions:
        return DynamoModerationActions(self.client)
