"""The port AnswerCache, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.dynamodb.cache import DynamoAnswerCache
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.configs import DynamoConfigs
from llama_marketing.adapters.dynamodb.generations import DynamoGenerations
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.adapters.memory.cache import MemoryAnswerCache
from llama_marketing.adapters.memory.configs import MemoryConfigs
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.generations import MemoryGenerations
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.adapters.sqlite.cache import SqliteAnswerCache
from llama_marketing.adapters.sqlite.configs import SqliteConfigs
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.generations import SqliteGenerations
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.domain.errors import RevisionConflict, StoreIncompatible, StoreUnavailable
from llama_marketing.ports.cache import AnswerCache
from llama_marketing.ports.configs import Configs
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
from llama_marketing.testing.samples import TENANT, sample_config


class TestMemoryAnswerCache(AnswerCacheContract):
    """The cache in memory."""

    database: MemoryDatabase

    def make(self) -> tuple[UsageBooks, AnswerCache, Generations]:
        self.database = database = MemoryDatabase()
        return MemoryUsageBooks(database), MemoryAnswerCache(database), MemoryGenerations(database)

    def make_with_configs(self) -> tuple[UsageBooks, AnswerCache, Configs]:
        books, cache, _ = self.make()
        return books, cache, MemoryConfigs(self.database)

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

    def make_with_configs(self) -> tuple[UsageBooks, AnswerCache, Configs]:
        books, cache, _ = self.make()
        return books, cache, SqliteConfigs(self.database)

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


@pytest.mark.slow
class TestDynamoAnswerCache(AnswerCacheContract):
    """The cache in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> tuple[UsageBooks, AnswerCache, Generations]:
        client = self.client
        return DynamoUsageBooks(client), DynamoAnswerCache(client), DynamoGenerations(client)

    def make_with_configs(self) -> tuple[UsageBooks, AnswerCache, Configs]:
        books, cache, _ = self.make()
        return books, cache, DynamoConfigs(self.client)

    def test_the_answer_and_the_configuration_are_one_trip(self) -> None:
        """A call costs more than all that is computed about it."""
        books, cache, configs = self.make_with_configs()
        configs.create(TENANT, sample_config())
        generate(books, sample_item())
        trips = list[str]()
        self.client.line.watch = lambda operation, _: trips.append(operation)

        assert cache.get(TENANT, KEY, NOW, 1) == sample_item().answer

        assert trips == ["batch_get_item"]

    def test_a_configuration_made_anew_elsewhere_is_not_taken_for_the_one_before(self) -> None:
        """Both are at revision 1, and this process still remembers the first."""
        _, cache, configs = self.make_with_configs()
        configs.create(TENANT, sample_config())
        elsewhere = DynamoConfigs(DynamoClient(self.client.line, self.client.table))
        elsewhere.delete(TENANT)
        elsewhere.create(TENANT, sample_config(id="conf2"))

        with pytest.raises(RevisionConflict, match="anew"):
            cache.get(TENANT, KEY, NOW, 1)

        assert configs.get(TENANT) == sample_config(id="conf2")
        assert cache.get(TENANT, KEY, NOW, 1) is None
