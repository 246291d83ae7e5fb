"""The port IdempotencyKeys, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.idempotency import DynamoIdempotencyKeys
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.idempotency import MemoryIdempotencyKeys
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.idempotency import SqliteIdempotencyKeys
from llama_marketing.ports.idempotency import IdempotencyKeys
from llama_marketing.testing.idempotency import (
    EXPIRES_AT,
    NOW,
    IdempotencyKeysContract,
    sample_answer,
    sample_claim,
)
from llama_marketing.testing.samples import TENANT


class TestMemoryIdempotencyKeys(IdempotencyKeysContract):
    """The keys in memory."""

    def make(self) -> IdempotencyKeys:
        return MemoryIdempotencyKeys(MemoryDatabase())


class TestSqliteIdempotencyKeys(IdempotencyKeysContract):
    """The keys in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> IdempotencyKeys:
        return SqliteIdempotencyKeys(self.database)

    def test_an_answer_outlives_the_process(self, tmp_path: Path) -> None:
        """Another connection to the same file repeats it."""
        keys = self.make()
        keys.take(TENANT, "k1", sample_claim(), NOW)
        keys.keep(TENANT, "k1", sample_claim(), sample_answer())
        other = SqliteDatabase(tmp_path / "store.db")

        kept = SqliteIdempotencyKeys(other).take(TENANT, "k1", sample_claim(), NOW)
        other.close()

        assert kept == sample_answer()

    def test_expired_answers_leave_the_file(self) -> None:
        """When any key is taken, so the table does not grow for ever."""
        keys = self.make()
        for name in ("k1", "k2"):
            keys.take(TENANT, name, sample_claim(), NOW)

        keys.take(TENANT, "k3", sample_claim(), EXPIRES_AT)

        with self.database.reading() as connection:
            rows = connection.execute("SELECT key FROM idempotency_keys").fetchall()
        assert [row[0] for row in rows] == ["k3"]


@pytest.mark.slow
class TestDynamoIdempotencyKeys(IdempotencyKeysContract):
    """The keys in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> IdempotencyKeys:
        return DynamoIdempotencyKeys(self.client)

    def test_of_many_with_the_same_claim_exactly_one_takes_the_key(self) -> None:
        """Two equal requests at the same instant say the same of themselves."""
        keys = self.make()
        with ThreadPoolExecutor(8) as threads:
            taken = list(
                threads.map(lambda _: keys.take(TENANT, "k1", sample_claim(), NOW), range(16))
            )

        assert taken.count(None) == 1
        assert taken.count(sample_claim()) == 15
