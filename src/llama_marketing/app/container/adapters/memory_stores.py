"""Every store in memory."""

from __future__ import annotations

from llama_marketing.adapters.memory.cache import MemoryAnswerCache
from llama_marketing.adapters.memory.comparisons import MemoryComparisons
from llama_marketing.adapters.memory.configs import MemoryConfigs
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.generations import MemoryGenerations
from llama_marketing.adapters.memory.idempotency import MemoryIdempotencyKeys
from llama_marketing.adapters.memory.jobs import MemoryJobQueue, MemoryJobs
from llama_marketing.adapters.memory.moderation_actions import MemoryModerationActions
from llama_marketing.adapters.memory.moderation_tallies import MemoryModerationTallies
from llama_marketing.adapters.memory.outbox import MemoryOutbox
from llama_marketing.adapters.memory.provider_keys import MemoryProviderKeys
from llama_marketing.adapters.memory.saved_versions import MemorySavedVersions
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.app.stores import Stores


def make_stores(*, outbox: bool) -> Stores:
    """Every store in memory; with ``outbox`` billing events are put aside."""
    database = MemoryDatabase()
    return Stores(
        configs=MemoryConfigs(database),
        books=MemoryUsageBooks(database, outbox=outbox),
        generations=MemoryGenerations(database),
        idempotency=MemoryIdempotencyKeys(database),
        cache=MemoryAnswerCache(database),
        provider_keys=MemoryProviderKeys(database),
        moderation_actions=MemoryModerationActions(database),
        jobs=MemoryJobs(database),
        moderation_tallies=MemoryModerationTallies(database),
        job_queue=MemoryJobQueue(database),
        outbox=MemoryOutbox(database),
        saved_versions=MemorySavedVersions(database),
        comparisons=MemoryComparisons(database),
        close=lambda: None,
    )
