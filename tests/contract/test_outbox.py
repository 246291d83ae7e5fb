"""The port Outbox, on every store that keeps billing events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.adapters.dynamodb.client import MAX_TRANSACTION, DynamoClient
from llama_marketing.adapters.dynamodb.outbox import DynamoOutbox
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.outbox import MemoryOutbox
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.outbox import SqliteOutbox
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.steps import swept
from llama_marketing.ports.outbox import Outbox
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.billing_events import sample_event
from llama_marketing.testing.cache import sample_item
from llama_marketing.testing.outbox import OutboxContract, settle
from llama_marketing.testing.samples import (
    DIME,
    TENANT,
    dollars,
    sample_amount,
    sample_entry,
    sample_hold,
    sample_record,
    sample_settlement,
)


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


class TestDynamoOutbox(OutboxContract):
    """The outbox in a table of DynamoDB Local."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> tuple[UsageBooks, Outbox]:
        return DynamoUsageBooks(self.client, outbox=True), DynamoOutbox(self.client)

    def test_books_without_an_outbox_put_nothing_aside(self) -> None:
        """Nobody would ever take it."""
        settle(DynamoUsageBooks(self.client), "gen1")

        assert list(DynamoOutbox(self.client).waiting()) == []

    def test_what_waits_of_many_clients_is_read_in_pages_and_never_scanned(self) -> None:
        """More than a page of each lane, in order, whoever they belong to."""
        books, outbox = self.make()
        for number in range(40):
            tenant = TenantRef(f"org{number % 3}", f"cli{number % 4}")
            books.record(tenant, sample_entry(f"gen{number}", client_id=tenant.client_id))
        asked: set[str] = set()
        self.client.line.watch = lambda operation, _: asked.add(operation)

        assert [event.id for event in outbox.waiting(5)] == [f"gen{n}" for n in range(5)]
        assert [event.id for event in outbox.waiting(35)] == [f"gen{n}" for n in range(35)]
        assert len(outbox.waiting()) == 40
        assert list(outbox.waiting(0)) == []
        assert asked == {"query", "batch_get_item"}

    def test_the_largest_settlement_with_its_events_is_one_transaction_of_ten(self) -> None:
        """One that ends after its sweep, with an answer to keep in history and cache."""
        books, outbox = self.make()
        hold = sample_hold("gen1", sample_amount(3 * DIME))
        books.reserve(TENANT, hold, dollars(None))
        books.settle(TENANT, swept(hold))
        sizes: list[int] = []

        def watch(operation: str, parameters: Mapping[str, Any]) -> None:
            if operation == "transact_write_items":
                sizes.append(len(parameters["TransactItems"]))

        self.client.line.watch = watch
        late = sample_settlement(hold, sample_amount(DIME))
        books.settle(TENANT, late, sample_record("gen1"), sample_item())

        assert max(sizes) == MAX_TRANSACTION
        assert len(outbox.waiting()) == 2

    def test_forgetting_what_never_waited_changes_nothing(self) -> None:
        """Another process may have been faster."""
        books, outbox = self.make()
        settle(books, "gen1")

        outbox.sent([sample_event("gen2")])

        assert [event.id for event in outbox.waiting()] == ["gen1"]
