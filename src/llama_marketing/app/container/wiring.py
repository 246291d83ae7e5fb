"""The whole wiring: the services, and what works in the background or for the operator."""

from __future__ import annotations

from dependency_injector import providers

from llama_marketing.app.batch_items import BatchItems
from llama_marketing.app.billing import BillingRelay
from llama_marketing.app.comment_parts import CommentParts
from llama_marketing.app.comparison import AIProviderComparisonService
from llama_marketing.app.container.service_wiring import ServiceWiring
from llama_marketing.app.evaluation import EvaluationService
from llama_marketing.app.job_worker import JobWorker
from llama_marketing.app.key_rotation import KeyRotation
from llama_marketing.app.playground.columns import ColumnPlanner
from llama_marketing.app.playground.service import Playground
from llama_marketing.domain.jobs.models import JobKind


class Wiring(ServiceWiring):
    """How everything is joined. Singletons are thread-safe and shared."""

    comment_parts = providers.ThreadSafeSingleton(
        CommentParts,
        judging=ServiceWiring.judging,
        pending=ServiceWiring.pending_actions,
        tallying=ServiceWiring.tallying,
    )
    batch_items = providers.ThreadSafeSingleton(
        BatchItems, generation=ServiceWiring.generation_service, books=ServiceWiring.books
    )
    job_worker = providers.ThreadSafeSingleton(
        JobWorker,
        works=providers.Dict({JobKind.MODERATION: comment_parts, JobKind.BATCH: batch_items}),
        store=ServiceWiring.stores.provided.jobs,
        queue=ServiceWiring.job_queue,
        books=ServiceWiring.books,
        parallel=ServiceWiring.parallel,
        clock=ServiceWiring.clock,
    )
    evaluation_service = providers.ThreadSafeSingleton(
        EvaluationService,
        source=ServiceWiring.evaluation_set,
        moderation=ServiceWiring.moderation_service,
        generation=ServiceWiring.generation_service,
        rules=ServiceWiring.rules,
        prompts=ServiceWiring.prompts,
        clock=ServiceWiring.clock,
    )
    column_planner = providers.ThreadSafeSingleton(
        ColumnPlanner, access=ServiceWiring.access, credentials=ServiceWiring.credentials
    )
    playground = providers.ThreadSafeSingleton(
        Playground,
        planner=column_planner,
        configs=ServiceWiring.configs,
        chat=ServiceWiring.chat,
        books=ServiceWiring.books,
        watch=ServiceWiring.watch,
        parallel=ServiceWiring.parallel,
        clock=ServiceWiring.clock,
        ids=ServiceWiring.ids,
        zone=ServiceWiring.zone,
        deadline_seconds=ServiceWiring.settings.provided.deadline_seconds,
        hold_grace=ServiceWiring.settings.provided.hold_grace_seconds,
        telemetry=ServiceWiring.telemetry,
    )
    comparison_service = providers.ThreadSafeSingleton(
        AIProviderComparisonService,
        books=ServiceWiring.books,
        configs=ServiceWiring.configs,
        catalog=ServiceWiring.catalog,
        comparisons=ServiceWiring.stores.provided.comparisons,
        tryout=playground,
        clock=ServiceWiring.clock,
        zone=ServiceWiring.zone,
    )
    key_rotation = providers.ThreadSafeSingleton(
        KeyRotation,
        configs=ServiceWiring.configs,
        provider_keys=ServiceWiring.provider_keys,
        secret_box=ServiceWiring.secret_box,
    )
    billing_relay = providers.ThreadSafeSingleton(
        BillingRelay,
        outbox=ServiceWiring.stores.provided.outbox,
        events=ServiceWiring.billing_events,
    )
