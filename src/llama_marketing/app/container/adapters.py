"""Makes the driven adapters: the one file that names them.

An adapter is imported where it is made, so that importing the container loads neither
cryptography nor httpx nor a store.
"""

from __future__ import annotations

from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import attrs

from llama_marketing.app.billing import NO_BILLING
from llama_marketing.app.settings import Settings
from llama_marketing.app.stores import StoreAddress, Stores, TableAddress
from llama_marketing.app.telemetry import GuardedTelemetry
from llama_marketing.ports.ad_rules import AdRulesSource
from llama_marketing.ports.alerts import QuotaAlerts
from llama_marketing.ports.billing_events import BillingEvents
from llama_marketing.ports.catalog import CatalogSource
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.evaluation_set import EvaluationSetSource
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.image_rules import ImageRulesSource
from llama_marketing.ports.images import ImageIntake
from llama_marketing.ports.job_queue import JobQueue
from llama_marketing.ports.media import MediaSource
from llama_marketing.ports.parallel import Parallel
from llama_marketing.ports.platform_rules import PlatformRulesSource
from llama_marketing.ports.prompts import Prompts
from llama_marketing.ports.secret_box import SecretBox
from llama_marketing.ports.telemetry import Telemetry
from llama_marketing.ports.waiting import Waiting
from llama_marketing.ports.zone import BillingZone


def make_clock() -> Clock:
    """The machine's clock."""
    from llama_marketing.adapters.system.clock import SystemClock

    return SystemClock()


def make_telemetry() -> Telemetry:
    """Log records, and OpenTelemetry where its API is installed."""
    from llama_marketing.adapters.telemetry.logs import LogTelemetry

    parts: list[Telemetry] = [LogTelemetry()]
    try:
        from llama_marketing.adapters.telemetry.otel import OpenTelemetry
    except ImportError:
        return GuardedTelemetry(parts)
    return GuardedTelemetry([*parts, OpenTelemetry()])


def make_alerts() -> QuotaAlerts:
    """Log records."""
    from llama_marketing.adapters.telemetry.quota_alerts import LogQuotaAlerts

    return LogQuotaAlerts()


def make_billing_events(settings: Settings, aws_session: Any) -> BillingEvents:
    """The queue that the operator names, or nobody."""
    if not settings.billing_queue:
        return NO_BILLING
    from llama_marketing.adapters.sqs.billing_events import SqsBillingEvents

    return SqsBillingEvents.connect(settings.billing_queue, aws_session)


def make_job_queue(settings: Settings, aws_session: Any, stores: Stores) -> JobQueue:
    """The queue that the operator names, or the store itself."""
    if not settings.job_queue:
        return stores.job_queue
    from llama_marketing.adapters.sqs.job_queue import SqsJobQueue

    return SqsJobQueue.connect(settings.job_queue, aws_session)


def make_waiting() -> Waiting:
    """The machine's clock, and chance."""
    from llama_marketing.adapters.system.waiting import SystemWaiting

    return SystemWaiting()


def make_ids() -> Ids:
    """ULIDs."""
    from llama_marketing.adapters.system.ids import UlidIds

    return UlidIds()


def make_zone(settings: Settings) -> BillingZone:
    """One billing zone for all."""
    from llama_marketing.adapters.system.zone import OneBillingZone

    return OneBillingZone.named(settings.timezone)


def make_parallel(executor: Executor | None) -> Parallel:
    """Worker threads, or the caller's executor."""
    from llama_marketing.adapters.system.parallel import ThreadParallel

    return ThreadParallel(executor)


def make_secret_box(settings: Settings) -> SecretBox:
    """Fernet under the operator's keys."""
    from llama_marketing.adapters.fernet.secret_box import FernetSecretBox

    return FernetSecretBox.from_keys(settings.encryption_keys)


def make_catalog(settings: Settings) -> CatalogSource:
    """The bundled catalog with the operator's rows."""
    from llama_marketing.adapters.package_data.catalog import PackagedCatalog

    return PackagedCatalog(settings.catalog_folder)


def make_rules(settings: Settings) -> PlatformRulesSource:
    """The bundled limits with the operator's rows."""
    from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules

    return PackagedPlatformRules(settings.catalog_folder)


def make_ad_rules(settings: Settings) -> AdRulesSource:
    """The bundled facts about ads with the operator's rows."""
    from llama_marketing.adapters.package_data.ad_rules import PackagedAdRules

    return PackagedAdRules(settings.catalog_folder)


def make_prompts(settings: Settings) -> Prompts:
    """The bundled templates with the operator's files."""
    from llama_marketing.adapters.package_data.prompts import PackagedPrompts

    return PackagedPrompts(settings.catalog_folder)


def make_evaluation_set() -> EvaluationSetSource:
    """The bundled comments and briefs, the same for everybody."""
    from llama_marketing.adapters.package_data.evaluation_set import PackagedEvaluationSet

    return PackagedEvaluationSet()


def make_chat(settings: Settings, aws_session: Any = None) -> ChatHosts:
    """Hosts over HTTP, behind the endpoint guard; Bedrock is signed from the session."""
    from llama_marketing.adapters.hosts.client import HttpChatHosts
    from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard

    return HttpChatHosts.over(EndpointGuard.parse(settings.allowed_endpoints), aws_session)


def make_media(settings: Settings, aws_session: Any = None) -> MediaSource:
    """Images over HTTP, behind the endpoint guard, and out of the allowed buckets of S3."""
    from llama_marketing.adapters.media.by_scheme import MediaByScheme
    from llama_marketing.adapters.media.http import HttpMediaSource
    from llama_marketing.adapters.media.s3 import AllowedPlace, S3MediaSource
    from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard

    http = HttpMediaSource(EndpointGuard.parse(settings.allowed_endpoints))
    s3 = S3MediaSource(AllowedPlace.parse(settings.media_buckets), aws_session)
    return MediaByScheme({"https": http, "http": http, "s3": s3})


def make_images() -> ImageIntake:
    """Pictures through Pillow, which is loaded with the first one."""
    from llama_marketing.adapters.images.intake import PillowImageIntake

    return PillowImageIntake()


def make_image_rules(settings: Settings) -> ImageRulesSource:
    """The bundled limits on pictures with the operator's rows."""
    from llama_marketing.adapters.package_data.image_rules import PackagedImageRules

    return PackagedImageRules(settings.catalog_folder)


def make_memory_stores(*, outbox: bool) -> Stores:
    """Every store in memory; with ``outbox`` billing events are put aside."""
    from llama_marketing.adapters.memory.cache import MemoryAnswerCache
    from llama_marketing.adapters.memory.configs import MemoryConfigs
    from llama_marketing.adapters.memory.database import MemoryDatabase
    from llama_marketing.adapters.memory.generations import MemoryGenerations
    from llama_marketing.adapters.memory.idempotency import MemoryIdempotencyKeys
    from llama_marketing.adapters.memory.moderation_actions import MemoryModerationActions
    from llama_marketing.adapters.memory.moderation_jobs import MemoryJobQueue, MemoryModerationJobs
    from llama_marketing.adapters.memory.moderation_tallies import MemoryModerationTallies
    from llama_marketing.adapters.memory.outbox import MemoryOutbox
    from llama_marketing.adapters.memory.provider_keys import MemoryProviderKeys
    from llama_marketing.adapters.memory.saved_versions import MemorySavedVersions
    from llama_marketing.adapters.memory.usage import MemoryUsageBooks

    database = MemoryDatabase()
    return Stores(
        configs=MemoryConfigs(database),
        books=MemoryUsageBooks(database, outbox=outbox),
        generations=MemoryGenerations(database),
        idempotency=MemoryIdempotencyKeys(database),
        cache=MemoryAnswerCache(database),
        provider_keys=MemoryProviderKeys(database),
        moderation_actions=MemoryModerationActions(database),
        moderation_jobs=MemoryModerationJobs(database),
        moderation_tallies=MemoryModerationTallies(database),
        job_queue=MemoryJobQueue(database),
        outbox=MemoryOutbox(database),
        saved_versions=MemorySavedVersions(database),
        close=lambda: None,
    )


def make_sqlite_stores(address: StoreAddress, *, outbox: bool) -> Stores:
    """Every store over one SQLite file, opened now; with ``outbox`` as in memory."""
    from llama_marketing.adapters.sqlite.cache import SqliteAnswerCache
    from llama_marketing.adapters.sqlite.configs import SqliteConfigs
    from llama_marketing.adapters.sqlite.database import SqliteDatabase
    from llama_marketing.adapters.sqlite.generations import SqliteGenerations
    from llama_marketing.adapters.sqlite.idempotency import SqliteIdempotencyKeys
    from llama_marketing.adapters.sqlite.job_queue import SqliteJobQueue
    from llama_marketing.adapters.sqlite.moderation_actions import SqliteModerationActions
    from llama_marketing.adapters.sqlite.moderation_jobs import SqliteModerationJobs
    from llama_marketing.adapters.sqlite.moderation_tallies import SqliteModerationTallies
    from llama_marketing.adapters.sqlite.outbox import SqliteOutbox
    from llama_marketing.adapters.sqlite.provider_keys import SqliteProviderKeys
    from llama_marketing.adapters.sqlite.saved_versions import SqliteSavedVersions
    from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks

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
        moderation_jobs=SqliteModerationJobs(database),
        moderation_tallies=SqliteModerationTallies(database),
        job_queue=SqliteJobQueue(database),
        outbox=SqliteOutbox(database),
        saved_versions=SqliteSavedVersions(database),
        close=database.close,
    )


def make_dynamodb_stores(address: TableAddress, aws_session: Any, *, outbox: bool) -> Stores:
    """Every store over one table, which is looked at now; with ``outbox`` as in memory."""
    from llama_marketing.adapters.dynamodb.cache import DynamoAnswerCache
    from llama_marketing.adapters.dynamodb.configs import DynamoConfigs
    from llama_marketing.adapters.dynamodb.generations import DynamoGenerations
    from llama_marketing.adapters.dynamodb.idempotency import DynamoIdempotencyKeys
    from llama_marketing.adapters.dynamodb.job_queue import DynamoJobQueue
    from llama_marketing.adapters.dynamodb.moderation_actions import DynamoModerationActions
    from llama_marketing.adapters.dynamodb.moderation_jobs import DynamoModerationJobs
    from llama_marketing.adapters.dynamodb.moderation_tallies import DynamoModerationTallies
    from llama_marketing.adapters.dynamodb.outbox import DynamoOutbox
    from llama_marketing.adapters.dynamodb.provider_keys import DynamoProviderKeys
    from llama_marketing.adapters.dynamodb.saved_versions import DynamoSavedVersions
    from llama_marketing.adapters.dynamodb.table import connect_table
    from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks

    client = connect_table(**attrs.asdict(address), session=aws_session)
    return Stores(
        configs=DynamoConfigs(client),
        books=DynamoUsageBooks(client, outbox=outbox),
        generations=DynamoGenerations(client),
        idempotency=DynamoIdempotencyKeys(client),
        cache=DynamoAnswerCache(client),
        provider_keys=DynamoProviderKeys(client),
        moderation_actions=DynamoModerationActions(client),
        moderation_jobs=DynamoModerationJobs(client),
        moderation_tallies=DynamoModerationTallies(client),
        job_queue=DynamoJobQueue(client),
        outbox=DynamoOutbox(client),
        saved_versions=DynamoSavedVersions(client),
        close=client.close,
    )


def make_stores(settings: Settings, aws_session: Any, billing_events: BillingEvents) -> Stores:
    """The stores of ``LLAMA_MARKETING_STORE``; raises SettingsError for any other address.

    Only where somebody takes billing events are they put aside.
    """
    address = StoreAddress.parse(settings.store)
    outbox = billing_events is not NO_BILLING
    if address.table is not None:
        return make_dynamodb_stores(address.table, aws_session, outbox=outbox)
    if address.in_memory:
        return make_memory_stores(outbox=outbox)
    return make_sqlite_stores(address, outbox=outbox)
