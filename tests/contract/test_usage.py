"""The port UsageBooks, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.configs import DynamoConfigs
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.adapters.memory.configs import MemoryConfigs
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.adapters.sqlite.configs import SqliteConfigs
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.books import UsageBooksContract


class TestMemoryUsageBooks(UsageBooksContract):
    """The books in memory."""

    def make(self) -> UsageBooks:
        return MemoryUsageBooks(MemoryDatabase())

    def make_with_configs(self) -> tuple[UsageBooks, Configs]:
        database = MemoryDatabase()
        return MemoryUsageBooks(database), MemoryConfigs(database)


class TestSqliteUsageBooks(UsageBooksContract):
    """The books in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> UsageBooks:
        return SqliteUsageBooks(self.database)

    def make_with_configs(self) -> tuple[UsageBooks, Configs]:
        return SqliteUsageBooks(self.database), SqliteConfigs(self.database)


@pytest.mark.slow
class TestDynamoUsageBooks(UsageBooksContract):
    """The books in a table of DynamoDB Local."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> UsageBooks:
        return DynamoUsageBooks(self.client)

    def make_with_configs(self) -> tuple[UsageBooks, Configs]:
        return DynamoUsageBooks(self.client), DynamoConfigs(self.client)
