"""Every store over one DynamoDB table."""

from __future__ import annotations

from typing import Any

import attrs

from llama_marketing.adapters.dynamodb.cache import DynamoAnswerCache
from llama_marketing.adapters.dynamodb.comparisons import DynamoComparisons
from llama_marketing.adapters.dynamodb.configs import DynamoConfigs
from llama_marketing.adapters.dynamodb.generations import DynamoGenerations
from llama_marketing.adapters.dynamodb.idempotency import DynamoIdempotencyKeys
from llama_marketing.adapters.dynamodb.job_queue import DynamoJobQueue
from llama_marketing.adapters.dynamodb.jobs import DynamoJobs
from llama_marketing.adapters.dynamodb.moderation_actions import DynamoModerationActions
from llama_marketing.adapters.dynamodb.moderation_tallies import DynamoModerationTallies
from llama_marketing.adapters.dynamodb.outbox import DynamoOutbox
from llama_marketing.adapters.dynamodb.provider_keys import DynamoProviderKeys
from llama_marketing.adapters.dynamodb.saved_versions import DynamoSavedVersions
from llama_marketing.adapters.dynamodb.table import connect_table
from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.app.stores import Stores, TableAddress


def make_stores(address: TableAddress, aws_session: Any, *, outbox: bool) -> Stores:
    """Every store over one table, which is looked at now; with ``outbox`` as in memory."""
    client = connect_table(**attrs.asdict(address), session=aws_session)
    return Stores(
        configs=DynamoConfigs(client),
        books=DynamoUsageBooks(client, outbox=outbox),
        generations=DynamoGenerations(client),
        idempotency=DynamoIdempotencyKeys(client),
        cache=DynamoAnswerCache(client),
        provider_keys=DynamoProviderKeys(client),
        moderation_actions=DynamoModerationActions(client),
        jobs=DynamoJobs(client),
        moderation_tallies=DynamoModerationTallies(client),
        job_queue=DynamoJobQueue(client),
        outbox=DynamoOutbox(client),
        saved_versions=DynamoSavedVersions(client),
        comparisons=DynamoComparisons(client),
        close=client.close,
    )
