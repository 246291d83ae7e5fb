"""What is special about the store in memory."""

from __future__ import annotations

from llama_marketing.adapters.memory.configs import MemoryConfigs
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.testing.samples import TENANT, sample_config


def test_each_database_is_its_own() -> None:
    """Two containers in one process share nothing."""
    first, second = MemoryConfigs(MemoryDatabase()), MemoryConfigs(MemoryDatabase())

    first.create(TENANT, sample_config())

    assert second.get(TENANT) is None


def test_adapters_over_one_database_share_it() -> None:
    """The services of a container see each other's writes."""
    database = MemoryDatabase()

    MemoryConfigs(database).create(TENANT, sample_config())

    assert MemoryConfigs(database).get(TENANT) == sample_config()
