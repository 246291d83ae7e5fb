"""The port Configs, on every store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.adapters.memory.configs import MemoryConfigs
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.sqlite.configs import SqliteConfigs
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.ports.configs import Configs
from llama_marketing.testing.configs import ConfigsContract


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
