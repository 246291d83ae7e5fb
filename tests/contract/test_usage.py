"""The port UsageBooks, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.books import UsageBooksContract


class TestMemoryUsageBooks(UsageBooksContract):
    """The books in memory."""

    def make(self) -> UsageBooks:
        return MemoryUsageBooks(MemoryDatabase())


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
