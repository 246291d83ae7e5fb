"""The port Outbox, on every store that keeps billing events."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.outbox import MemoryOutbox
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.outbox import SqliteOutbox
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.ports.outbox import Outbox
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.outbox import OutboxContract, settle


class TestMemoryOutbox(OutboxContract):
    """The outbox in memory."""

    def make(self) -> tuple[UsageBooks, Outbox]:
        database = MemoryDatabase()
        return MemoryUsageBooks(database, outbox=True), MemoryOutbox(database)

    def test_books_without_an_outbox_put_nothing_aside(self) -> None:
        """Nobody would ever take it."""
        database = MemoryDatabase()
        settle(MemoryUsageBooks(database), "gen1")

        assert list(MemoryOutbox(database).waiting()) == []


class TestSqliteOutbox(OutboxContract):
    """The outbox in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> tuple[UsageBooks, Outbox]:
        return SqliteUsageBooks(self.database, outbox=True), SqliteOutbox(self.database)

    def test_books_without_an_outbox_put_nothing_aside(self) -> None:
        """Nobody would ever take it."""
        settle(SqliteUsageBooks(self.database), "gen1")

        assert list(SqliteOutbox(self.database).waiting()) == []

    def test_what_waits_outlives_the_process(self, tmp_path: Path) -> None:
        """Another connection to the same file finds it."""
        books, _ = self.make()
        settle(books, "gen1")
        self.database.close()
        other = SqliteDatabase(tmp_path / "store.db")

        found = [event.id for event in SqliteOutbox(other).waiting()]
        other.close()

        assert found == ["gen1"]
