"""The port Comparisons, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.comparisons import DynamoComparisons
from llama_marketing.adapters.memory.comparisons import MemoryComparisons
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.sqlite.comparisons import SqliteComparisons
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.ports.comparisons import Comparisons
from llama_marketing.testing.comparisons import ComparisonsContract


class TestMemoryComparisons(ComparisonsContract):
    """The snapshots in memory."""

    def make(self) -> Comparisons:
        return MemoryComparisons(MemoryDatabase())


class TestSqliteComparisons(ComparisonsContract):
    """The snapshots in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> Comparisons:
        return SqliteComparisons(self.database)


@pytest.mark.slow
class TestDynamoComparisons(ComparisonsContract):
    """The snapshots in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> Comparisons:
        return DynamoComparisons(self.client)
