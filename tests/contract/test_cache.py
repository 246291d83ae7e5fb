"""The port AnswerCache, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.memory.cache import MemoryAnswerCache
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.generations import MemoryGenerations
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.adapters.sqlite.cache import SqliteAnswerCache
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.generations import SqliteGenerations
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.domain.errors import StoreIncompatible, StoreUnavailable
from llama_marketing.ports.cache import AnswerCache
from llama_marketing.ports.generations import Generations
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.cache import (
    KEY,
    NOW,
    OTHER_KEY,
    AnswerCacheContract,
    generate,
    sample_item,
)
from llama_marketing.testing.samples import TENANT


class TestMemoryAnswerCache(AnswerCacheContract):
    """The cache in memory."""

    database: MemoryDatabase

    def make(self) -> tuple[UsageBooks, AnswerCache, Generations]:
        self.database = database = MemoryDatabase()
        return MemoryUsageBooks(database), MemoryAnswerCache(database), MemoryGenerations(database)

    def test_expired_answers_leave_the_memory(self) -> None:
        """When another one is kept, so that it does not grow for ever."""
        books, _, _ = self.make()
        generate(books, sample_item("gen1", KEY, expires_at=NOW))
        generate(books, sample_item("gen2", OTHER_KEY, created_at=NOW))

        assert list(self.database.tenants[TENANT].cached) == [OTHER_KEY]


class TestSqliteAnswerCache(AnswerCacheContract):
    """The cache in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> tuple[UsageBooks, AnswerCache, Generations]:
        database = self.database
        return SqliteUsageBooks(database), SqliteAnswerCache(database), SqliteGenerations(database)

    def test_an_answer_outlives_the_process(self, tmp_path: Path) -> None:
        """Another connection to the same file gives it again."""
        books, _, _ = self.make()
        generate(books, sample_item())
        self.database.close()
        other = SqliteDatabase(tmp_path / "store.db")

        kept = SqliteAnswerCache(other).get(TENANT, KEY, NOW)
        other.close()

        assert kept == sample_item().answer

    def test_expired_answers_leave_the_file(self) -> None:
        """When another one is kept, so that the table does not grow for ever."""
        books, _, _ = self.make()
        generate(books, sample_item("gen1", KEY, expires_at=NOW))
        generate(books, sample_item("gen2", OTHER_KEY, created_at=NOW))

        with self.database.reading() as connection:
            rows = connection.execute("SELECT key FROM cached_answers").fetchall()
        assert [row[0] for row in rows] == [OTHER_KEY]

    @pytest.mark.parametrize(
        ("change", "told"),
        [("version = 99", "version 99"), ("document = '{}'", "cannot be read")],
    )
    def test_an_answer_that_cannot_be_read_is_said(self, change: str, told: str) -> None:
        """A newer version of the program wrote it, or nobody knows what is there."""
        books, cache, _ = self.make()
        generate(books, sample_item())
        with self.database.transaction() as connection:
            connection.execute(f"UPDATE cached_answers SET {change}")

        with pytest.raises(StoreIncompatible, match=told):
            cache.get(TENANT, KEY, NOW)

    def test_a_file_that_cannot_be_read_is_said(self) -> None:
        """And is no miss, after which a host would be called and not be booked."""
        _, cache, _ = self.make()
        self.database.close()

        with pytest.raises(StoreUnavailable):
            cache.get(TENANT, KEY, NOW)
