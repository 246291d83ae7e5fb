"""The port SavedVersions, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.saved_versions import DynamoSavedVersions
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.saved_versions import MemorySavedVersions
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.saved_versions import SqliteSavedVersions
from llama_marketing.ports.saved_versions import SavedVersions
from llama_marketing.testing.saved_versions import SavedVersionsContract


class TestMemorySavedVersions(SavedVersionsContract):
    """The versions in memory."""

    def make(self) -> SavedVersions:
        return MemorySavedVersions(MemoryDatabase())


class TestSqliteSavedVersions(SavedVersionsContract):
    """The versions in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> SavedVersions:
        return SqliteSavedVersions(self.database)


@pytest.mark.slow
class TestDynamoSavedVersions(SavedVersionsContract):
    """The versions in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> SavedVersions:
        return DynamoSavedVersions(self.client)
