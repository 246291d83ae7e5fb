"""The port Generations, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.generations import DynamoGenerations
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.generations import MemoryGenerations
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.generations import SqliteGenerations
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.ports.generations import Generations
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.generations import GenerationsContract


class TestMemoryGenerations(GenerationsContract):
    """The history in memory."""

    def make(self) -> tuple[UsageBooks, Generations]:
        database = MemoryDatabase()
        return MemoryUsageBooks(database), MemoryGenerations(database)


class TestSqliteGenerations(GenerationsContract):
    """The history in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> tuple[UsageBooks, Generations]:
        return SqliteUsageBooks(self.database), SqliteGenerations(self.database)


@pytest.mark.slow
class TestDynamoGenerations(GenerationsContract):
    """The history in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> tuple[UsageBooks, Generations]:
        return DynamoUsageBooks(self.client), DynamoGenerations(self.client)
