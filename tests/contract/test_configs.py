"""The port Configs, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.configs import DynamoConfigs
from llama_marketing.adapters.dynamodb.table import create_table
from llama_marketing.adapters.memory.configs import MemoryConfigs
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.sqlite.configs import SqliteConfigs
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.domain.errors import RevisionConflict
from llama_marketing.ports.configs import Configs
from llama_marketing.testing.configs import ConfigsContract
from llama_marketing.testing.samples import TENANT, sample_config
from tests.dynamodb_local import local_session


class TestMemoryConfigs(ConfigsContract):
    """The configurations in memory."""

    def make(self) -> Configs:
        return MemoryConfigs(MemoryDatabase())


class TestSqliteConfigs(ConfigsContract):
    """The configurations in a SQLite file."""

    database: SqliteDatabase

    @pytest.fixture(autouse=True)
    def _database(self, tmp_path: Path) -> Iterator[None]:
        self.database = SqliteDatabase(tmp_path / "store.db")
        yield
        self.database.close()

    def make(self) -> Configs:
        return SqliteConfigs(self.database)


@pytest.mark.slow
class TestDynamoConfigs(ConfigsContract):
    """The configurations in a table of DynamoDB."""

    client: DynamoClient

    @pytest.fixture(autouse=True)
    def _client(self, dynamo: DynamoClient) -> None:
        self.client = dynamo

    def make(self) -> Configs:
        return DynamoConfigs(self.client)

    def test_what_is_known_spares_the_trip(self) -> None:
        """Read or written by this process; only where the caller has it confirmed."""
        configs, trips = self.make(), list[str]()
        configs.create(TENANT, sample_config())
        self.client.line.watch = lambda operation, _: trips.append(operation)

        assert configs.get(TENANT, fresh=False) == sample_config()
        assert trips == []
        assert configs.get(TENANT) == sample_config()
        assert trips == ["get_item"]

    def test_what_another_process_changed_is_known_after_a_fresh_read(self) -> None:
        """Until then the old one is answered to who does not mind."""
        configs, elsewhere = self.make(), DynamoConfigs(another(self.client))
        configs.create(TENANT, sample_config())
        elsewhere.replace(TENANT, sample_config(revision=2), seen_revision=1)

        assert configs.get(TENANT, fresh=False) == sample_config()
        assert configs.get(TENANT) == sample_config(revision=2)
        assert configs.get(TENANT, fresh=False) == sample_config(revision=2)
        elsewhere.delete(TENANT)
        assert configs.get(TENANT) is None
        assert configs.get(TENANT, fresh=False) is None

    def test_a_write_that_failed_is_not_known(self) -> None:
        """The next read goes to the table."""
        configs, elsewhere = self.make(), DynamoConfigs(another(self.client))
        configs.create(TENANT, sample_config())
        elsewhere.replace(TENANT, sample_config(revision=2), seen_revision=1)

        with pytest.raises(RevisionConflict):
            configs.replace(TENANT, sample_config(revision=2, enabled=False), seen_revision=1)

        assert configs.get(TENANT, fresh=False) == sample_config(revision=2)


@pytest.mark.slow
class TestMotoConfigs(ConfigsContract):
    """The same over moto, a second reading of AWS's manual; one thread alone."""

    @pytest.fixture(autouse=True)
    def _aws(self) -> Iterator[None]:
        with mock_aws():
            yield

    def make(self) -> Configs:
        client = DynamoClient.connect("table", session=local_session())
        create_table(client.line.client, "table")
        return DynamoConfigs(client)


def another(client: DynamoClient) -> DynamoClient:
    """The same table as another process sees it, which knows nothing yet."""
    return DynamoClient(client.line, client.table)
