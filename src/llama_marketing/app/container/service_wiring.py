"""How everything is joined."""

from __future__ import annotations

from concurrent.futures import Executor
from datetime import timedelta
from typing import Any

from dependency_injector import containers, providers

from llama_marketing.app.alerts import QuotaWatch
from llama_marketing.app.brand_voices import BrandVoiceService
from llama_marketing.app.catalog import ModelCatalogService
from llama_marketing.app.config import MetaAIConfigService
from llama_marketing.app.container.adapters import (
    make_ad_rules,
    make_alerts,
    make_billing_events,
    make_catalog,
    make_chat,
    make_clock,
    make_evaluation_set,
    make_ids,
    make_image_rules,
    make_images,
    make_job_queue,
    make_media,
    make_parallel,
    make_prompts,
    make_rules,
    make_secret_box,
    make_stores,
    make_telemetry,
    make_waiting,
    make_zone,
)
from llama_marketing.app.generation.admission import Admission
from llama_marketing.app.generation.batches import BatchDesk
from llama_marketing.app.generation.cached import AnswersAgain
from llama_marketing.app.generation.calls import HostCalls
from llama_marketing.app.generation.history import GenerationHistory
from llama_marketing.app.generation.operation import Bookkeeper
from llama_marketing.app.generation.service import MetaAIGenerationService
from llama_marketing.app.generation.walk import HostWalk
from llama_marketing.app.host_access import HostAccess
from llama_marketing.app.host_health import HostHealth
from llama_marketing.app.idempotency import IdempotencyService
from llama_marketing.app.image_analysis import LlamaVisionService
from llama_marketing.app.jobs import JobDesk
from llama_marketing.app.moderation import CommentModerationService
from llama_marketing.app.moderation_judging import PartJudging
from llama_marketing.app.moderation_tallying import ModerationTallying
from llama_marketing.app.own_prompts import OwnPromptService
from llama_marketing.app.pending_actions import PendingActions
from llama_marketing.app.provider_keys import ProviderKeyService, SealedProviderCredentials
from llama_marketing.app.saved_versions import VersionKeeper
from llama_marketing.app.settings import Settings
from llama_marketing.app.sweeping import Sweeper
from llama_marketing.app.usage import MetaAIUsageService
from llama_marketing.app.validation import HostValidation
from llama_marketing.domain.moderation.tallies import LONGEST_RANGE


class ServiceWiring(containers.DeclarativeContainer):
    """How the services are joined. Singletons are thread-safe; services are cheap and shared."""

    settings = providers.Dependency(instance_of=Settings)
    executor: providers.Object[Executor | None] = providers.Object(None)
    aws_session: providers.Object[Any] = providers.Object(None)

    clock = providers.ThreadSafeSingleton(make_clock)
    waiting = providers.ThreadSafeSingleton(make_waiting)
    telemetry = providers.ThreadSafeSingleton(make_telemetry)
    alerts = providers.ThreadSafeSingleton(make_alerts)
    billing_events = providers.ThreadSafeSingleton(make_billing_events, settings, aws_session)
    ids = providers.ThreadSafeSingleton(make_ids)
    zone = providers.ThreadSafeSingleton(make_zone, settings)
    parallel = providers.ThreadSafeSingleton(make_parallel, executor)
    secret_box = providers.ThreadSafeSingleton(make_secret_box, settings)
    catalog = providers.ThreadSafeSingleton(make_catalog, settings)
    rules = providers.ThreadSafeSingleton(make_rules, settings)
    ad_rules = providers.ThreadSafeSingleton(make_ad_rules, settings)
    prompts = providers.ThreadSafeSingleton(make_prompts, settings)
    evaluation_set = providers.ThreadSafeSingleton(make_evaluation_set)
    chat = providers.ThreadSafeSingleton(make_chat, settings, aws_session)
    images = providers.ThreadSafeSingleton(make_images)
    image_rules = providers.ThreadSafeSingleton(make_image_rules, settings)
    media = providers.ThreadSafeSingleton(make_media, settings, aws_session)

    stores = providers.ThreadSafeSingleton(make_stores, settings, aws_session, billing_events)
    job_queue = providers.ThreadSafeSingleton(make_job_queue, settings, aws_session, stores)
    configs = stores.provided.configs
    books = stores.provided.books
    generations = stores.provided.generations

    sweeper = providers.ThreadSafeSingleton(Sweeper, books=books, clock=clock)
    watch = providers.ThreadSafeSingleton(QuotaWatch, books=books, alerts=alerts)
    access = providers.ThreadSafeSingleton(HostAccess, catalog=catalog, secret_box=secret_box)
    validation = providers.ThreadSafeSingleton(
        HostValidation,
        access=access,
        chat=chat,
        books=books,
        clock=clock,
        ids=ids,
        zone=zone,
        deadline_seconds=settings.provided.deadline_seconds,
        telemetry=telemetry,
    )
    admission = providers.ThreadSafeSingleton(
        Admission,
        configs=configs,
        catalog=catalog,
        rules=rules,
        ad_rules=ad_rules,
        prompts=prompts,
        books=books,
        sweeper=sweeper,
        watch=watch,
        clock=clock,
        ids=ids,
        zone=zone,
        hold_grace=settings.provided.hold_grace_seconds,
        telemetry=telemetry,
    )
    health = providers.ThreadSafeSingleton(HostHealth, clock=clock)
    retention = providers.Factory(timedelta, days=settings.provided.retention_days)
    tally_retention = providers.Object(timedelta(days=2 * LONGEST_RANGE))
    again = providers.ThreadSafeSingleton(
        AnswersAgain,
        cache=stores.provided.cache,
        books=books,
        clock=clock,
        ids=ids,
        zone=zone,
        retention=retention,
        telemetry=telemetry,
    )
    bookkeeper = providers.ThreadSafeSingleton(
        Bookkeeper, books=books, watch=watch, clock=clock, retention=retention
    )
    walk = providers.ThreadSafeSingleton(
        HostWalk,
        access=access,
        health=health,
        clock=clock,
        waiting=waiting,
        bookkeeper=bookkeeper,
    )
    calls = providers.ThreadSafeSingleton(HostCalls, walk=walk, chat=chat)

    provider_keys = stores.provided.provider_keys
    credentials = providers.ThreadSafeSingleton(
        SealedProviderCredentials, keys=provider_keys, secret_box=secret_box, catalog=catalog
    )
    provider_key_service = providers.ThreadSafeSingleton(
        ProviderKeyService,
        keys=provider_keys,
        credentials=credentials,
        secret_box=secret_box,
        catalog=catalog,
        validation=validation,
        clock=clock,
    )
    keeper = providers.ThreadSafeSingleton(
        VersionKeeper, versions=stores.provided.saved_versions, clock=clock
    )
    config_service = providers.ThreadSafeSingleton(
        MetaAIConfigService,
        configs=configs,
        access=access,
        validation=validation,
        providers=provider_key_service,
        keeper=keeper,
        clock=clock,
        ids=ids,
    )
    own_prompt_service = providers.ThreadSafeSingleton(
        OwnPromptService,
        configs=configs,
        config_service=config_service,
        admission=admission,
        keeper=keeper,
        prompts=prompts,
        clock=clock,
    )
    voices = providers.ThreadSafeSingleton(BrandVoiceService, configs=configs, keeper=keeper)
    catalog_service = providers.ThreadSafeSingleton(
        ModelCatalogService, catalog=catalog, clock=clock
    )
    kept = providers.ThreadSafeSingleton(
        GenerationHistory, generations=generations, books=books, clock=clock
    )
    job_desk = providers.ThreadSafeSingleton(
        JobDesk,
        store=stores.provided.jobs,
        queue=job_queue,
        clock=clock,
        ids=ids,
        retention=retention,
    )
    batches = providers.ThreadSafeSingleton(
        BatchDesk, admission=admission, jobs=job_desk, kept=kept
    )
    generation_service = providers.ThreadSafeSingleton(
        MetaAIGenerationService,
        batches=batches,
        admission=admission,
        again=again,
        calls=calls,
        bookkeeper=bookkeeper,
        kept=kept,
        voices=voices,
        rules=rules,
        ad_rules=ad_rules,
        parallel=parallel,
        deadline_seconds=settings.provided.deadline_seconds,
        stream_deadline_seconds=settings.provided.stream_deadline_seconds,
    )
    pending_actions = providers.ThreadSafeSingleton(
        PendingActions,
        actions=stores.provided.moderation_actions,
        clock=clock,
        ids=ids,
        retention=retention,
    )
    judging = providers.ThreadSafeSingleton(
        PartJudging,
        admission=admission,
        calls=calls,
        bookkeeper=bookkeeper,
        parallel=parallel,
        clock=clock,
        ids=ids,
        deadline_seconds=settings.provided.deadline_seconds,
    )
    tallying = providers.ThreadSafeSingleton(
        ModerationTallying,
        tallies=stores.provided.moderation_tallies,
        clock=clock,
        zone=zone,
        retention=tally_retention,
    )
    moderation_service = providers.ThreadSafeSingleton(
        CommentModerationService,
        judging=judging,
        pending=pending_actions,
        tallying=tallying,
        jobs=job_desk,
        clock=clock,
    )
    vision_service = providers.ThreadSafeSingleton(
        LlamaVisionService,
        admission=admission,
        again=again,
        calls=calls,
        bookkeeper=bookkeeper,
        images=images,
        image_rules=image_rules,
        media=media,
        clock=clock,
        deadline_seconds=settings.provided.deadline_seconds,
    )
    usage_service = providers.ThreadSafeSingleton(
        MetaAIUsageService, books=books, configs=configs, sweeper=sweeper, clock=clock, zone=zone
    )
    idempotency_service = providers.ThreadSafeSingleton(
        IdempotencyService,
        keys=stores.provided.idempotency,
        clock=clock,
        lease_seconds=settings.provided.longest_operation_seconds,
    )
