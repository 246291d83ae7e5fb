"""The port ProviderKeys, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.provider_keys import DynamoProviderKeys
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.provider_keys import MemoryProviderKeys
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.provider_keys import SqliteProviderKeys
from llama_marketing.domain.errors import RevisionConflict, StoreIncompatible
from llama_marketing.ports.provider_keys import ProviderKeys
from llama_marketing.testing.provider_keys import ProviderKeysContract, sample_provider_key
from llama_marketing.testing.samples import TENANT


class TestMemoryProviderKeys(ProviderKeysContract):
    """The sealed keys in memory."""

    def make(self) -> ProviderKeys:
        return MemoryProviderKeys(MemoryDatabase())


class TestSqliteProviderKeys(ProviderKeysContract):
    """The sealed keys in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> ProviderKeys:
        return SqliteProviderKeys(self.database)

    def test_a_key_outlives_the_process(self, tmp_path: Path) -> None:
        """Another opening of the file reads it."""
        self.make().put(TENANT, sample_provider_key(), seen_revision=0)

        again = SqliteDatabase(tmp_path / "store.db")

        assert SqliteProviderKeys(again).get(TENANT, "openai") == sample_provider_key()
        again.close()

    def test_a_newer_version_s_key_is_refused(self) -> None:
        """It is neither read nor overwritten."""
        keys = self.make()
        keys.put(TENANT, sample_provider_key(), seen_revision=0)
        with self.database.transaction() as connection:
            connection.execute("UPDATE provider_keys SET version = 99")

        for act in (
            lambda: keys.get(TENANT, "openai"),
            lambda: keys.list(TENANT),
            lambda: keys.put(TENANT, sample_provider_key(revision=2), seen_revision=1),
        ):
            with pytest.raises(StoreIncompatible):
                act()

    def test_of_many_editors_at_once_exactly_one_wins(self, tmp_path: Path) -> None:
        """Each over a connection of its own, as other processes have."""

        def put(number: int) -> bool:
            database = SqliteDatabase(tmp_path / "store.db")
            stored = sample_provider_key(mask=f"mask-{number}")
            try:
                SqliteProviderKeys(database).put(TENANT, stored, seen_revision=0)
            except RevisionConflict:
                return False
            finally:
                database.close()
            return True

        with ThreadPoolExecutor(8) as threads:
            won = list(threads.map(put, range(24)))

        assert won.count(True) == 1
        kept = self.make().get(TENANT, "openai")
        assert kept == sample_provider_key(mask=f"mask-{won.index(True)}")


@pytest.mark.slow
class TestDynamoProviderKeys(ProviderKeysContract):
    """The sealed keys in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> ProviderKeys:
        return DynamoProviderKeys(self.client)

    def test_of_many_editors_at_once_exactly_one_wins(self) -> None:
        """The first key, and then its first replacement."""
        keys = self.make()

        def put(number: int, seen: int) -> bool:
            stored = sample_provider_key(mask=f"mask-{number}", revision=seen + 1)
            try:
                keys.put(TENANT, stored, seen_revision=seen)
            except RevisionConflict:
                return False
            return True

        for seen in (0, 1):
            with ThreadPoolExecutor(8) as threads:
                won = list(threads.map(put, range(24), [seen] * 24))
            assert won.count(True) == 1
            kept = sample_provider_key(mask=f"mask-{won.index(True)}", revision=seen + 1)
            assert keys.get(TENANT, "openai") == kept
