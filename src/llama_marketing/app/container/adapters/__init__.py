"""Makes the driven adapters: the one room that names them.

An adapter is imported where it is made, so that importing the container loads neither
cryptography nor httpx nor a store.
"""

from __future__ import annotations

from concurrent.futures import Executor
from typing import Any

from llama_marketing.app.billing import NO_BILLING
from llama_marketing.app.settings import Settings
from llama_marketing.app.stores import StoreAddress, Stores
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


def make_stores(settings: Settings, aws_session: Any, billing_events: BillingEvents) -> Stores:
    """The stores of ``LLAMA_MARKETING_STORE``; raises SettingsError for any other address.

    Only where somebody takes billing events are they put aside.
    """
    address = StoreAddress.parse(settings.store)
    outbox = billing_events is not NO_BILLING
    if address.table is not None:
        from llama_marketing.app.container.adapters import dynamodb_stores

        return dynamodb_stores.make_stores(address.table, aws_session, outbox=outbox)
    if address.in_memory:
        from llama_marketing.app.container.adapters import memory_stores

        return memory_stores.make_stores(outbox=outbox)
    from llama_marketing.app.container.adapters import sqlite_stores

    return sqlite_stores.make_stores(address, outbox=outbox)
