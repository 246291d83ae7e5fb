"""Every store over one SQLite file."""

from __future__ import annotations

from pathlib import Path

from llama_marketing.adapters.sqlite.cache import SqliteAnswerCache
from llama_marketing.adapters.sqlite.comparisons import SqliteComparisons
from llama_marketing.adapters.sqlite.configs import SqliteConfigs
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.generations import SqliteGenerations
from llama_marketing.adapters.sqlite.idempotency import SqliteIdempotencyKeys
from llama_marketing.adapters.sqlite.job_queue import SqliteJobQueue
from llama_marketing.adapters.sqlite.jobs import SqliteJobs
from llama_marketing.adapters.sqlite.moderation_actions import SqliteModerationActions
from llama_marketing.adapters.sqlite.moderation_tallies import SqliteModerationTallies
from llama_marketing.adapters.sqlite.outbox import SqliteOutbox
from llama_marketing.adapters.sqlite.provider_keys import SqliteProviderKeys
from llama_marketing.adapters.sqlite.saved_versions import SqliteSavedVersions
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.app.stores import StoreAddress, Stores


def make_stores(address: StoreAddress, *, outbox: bool) -> Stores:
    """Every store over one SQLite file, opened now; with ``outbox`` as in memory."""
    database = SqliteDatabase(path=Path(address.path), full_synchronous=address.full_synchronous)
    database.open()
    return Stores(
        configs=SqliteConfigs(database),
        books=SqliteUsageBooks(database, outbox=outbox),
        generations=SqliteGenerations(database),
        idempotency=SqliteIdempotencyKeys(database),
        cache=SqliteAnswerCache(database),
        provider_keys=SqliteProviderKeys(database),
        moderation_actions=SqliteModerationActions(database),
        jobs=SqliteJobs(database),
        moderation_tallies=SqliteModerationTallies(database),
        job_queue=SqliteJobQueue(database),
        outbox=SqliteOutbox(database),
        saved_versions=SqliteSavedVersions(database),
        comparisons=SqliteComparisons(database),
        close=database.close,
    )
