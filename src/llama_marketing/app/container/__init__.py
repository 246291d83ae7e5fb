"""The container: makes the services from the settings, and closes what it opened."""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import ExitStack
from typing import Any, Self

from dependency_injector import providers

from llama_marketing.app.billing import BillingRelay
from llama_marketing.app.brand_voices import BrandVoiceService
from llama_marketing.app.catalog import ModelCatalogService
from llama_marketing.app.comparison import AIProviderComparisonService
from llama_marketing.app.config import MetaAIConfigService
from llama_marketing.app.container.wiring import Wiring
from llama_marketing.app.evaluation import EvaluationService
from llama_marketing.app.generation.service import MetaAIGenerationService
from llama_marketing.app.image_analysis import LlamaVisionService
from llama_marketing.app.job_worker import JobWorker
from llama_marketing.app.key_rotation import KeyRotation
from llama_marketing.app.moderation import CommentModerationService
from llama_marketing.app.own_prompts import OwnPromptService
from llama_marketing.app.services import Services
from llama_marketing.app.settings import Settings
from llama_marketing.app.telemetry import GuardedTelemetry
from llama_marketing.app.usage import MetaAIUsageService
from llama_marketing.domain.catalog.staleness import StaleCatalog
from llama_marketing.domain.generation.use_cases.offered import SHAPES
from llama_marketing.domain.moderation.shape import COMMENT_MODERATION
from llama_marketing.ports.alerts import QuotaAlerts
from llama_marketing.ports.billing_events import BillingEvents
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.credentials import ProviderCredentials
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.media import MediaSource
from llama_marketing.ports.telemetry import Telemetry
from llama_marketing.ports.waiting import Waiting


class Container:
    """Makes the services from the settings; a context manager that closes what it opened.

    Make it after a fork, once a process. The services it answers are shared and safe between
    threads.
    """

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._opened = ExitStack()

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        waiting: Waiting | None = None,
        chat: ChatHosts | None = None,
        credentials: ProviderCredentials | None = None,
        executor: Executor | None = None,
        telemetry: Telemetry | None = None,
        alerts: QuotaAlerts | None = None,
        billing_events: BillingEvents | None = None,
        media: MediaSource | None = None,
        aws_session: Any = None,
    ) -> Container:
        """A container; what the caller brings takes the place of ours and stays the caller's.

        ``aws_session`` is a session of boto3 or botocore; without one, Bedrock is signed, and
        DynamoDB called, with what botocore finds on the machine.

        Only with ``billing_events`` are billable entries put aside for ``billing_relay``.

        Raises SettingsError when a setting or an override file is missing or wrong,
        StoreIncompatible and StoreUnavailable when the store cannot be used; so a fault shows
        at the start.
        """
        wiring = Wiring(settings=settings)
        told = None if telemetry is None else GuardedTelemetry([telemetry])
        _take(wiring, clock=clock, ids=ids, waiting=waiting, chat=chat, credentials=credentials)
        _take(wiring, executor=executor, telemetry=told, media=media, aws_session=aws_session)
        _take(wiring, alerts=alerts, billing_events=billing_events)
        _read(wiring)
        container = cls(wiring)
        container._opened = _opened(wiring)
        return container

    def config_service(self) -> MetaAIConfigService:
        """Configurations of the clients."""
        return self._wiring.config_service()

    def catalog_service(self) -> ModelCatalogService:
        """The models and their hosts."""
        return self._wiring.catalog_service()

    def generation_service(self) -> MetaAIGenerationService:
        """Content for the clients."""
        return self._wiring.generation_service()

    def prompt_service(self) -> OwnPromptService:
        """The clients' own prompts."""
        return self._wiring.own_prompt_service()

    def brand_voice_service(self) -> BrandVoiceService:
        """The clients' brand voices."""
        return self._wiring.voices()

    def moderation_service(self) -> CommentModerationService:
        """Verdicts on the comments of the clients' audiences."""
        return self._wiring.moderation_service()

    def job_worker(self) -> JobWorker:
        """Does the jobs that wait; somebody has to let it work."""
        return self._wiring.job_worker()

    def vision_service(self) -> LlamaVisionService:
        """Pictures, looked at for the clients."""
        return self._wiring.vision_service()

    def evaluation_service(self) -> EvaluationService:
        """How good the clients' models are, measured on the bundled set."""
        return self._wiring.evaluation_service()

    def usage_service(self) -> MetaAIUsageService:
        """What was used, and the quotas."""
        return self._wiring.usage_service()

    def comparison_service(self) -> AIProviderComparisonService:
        """The clients' providers side by side."""
        return self._wiring.comparison_service()

    def billing_relay(self) -> BillingRelay:
        """Publishes the billing events that wait; somebody has to call it, again and again."""
        return self._wiring.billing_relay()

    def key_rotation(self) -> KeyRotation:
        """The stored keys, sealed again under the newest encryption key."""
        return self._wiring.key_rotation()

    def services(self) -> Services:
        """All services together, as the Flask blueprint takes them."""
        return Services(
            config=self.config_service(),
            catalog=self.catalog_service(),
            generation=self.generation_service(),
            moderation=self.moderation_service(),
            prompts=self.prompt_service(),
            voices=self.brand_voice_service(),
            vision=self.vision_service(),
            usage=self.usage_service(),
            comparison=self.comparison_service(),
            idempotency=self._wiring.idempotency_service(),
        )

    def close(self) -> None:
        """Close the store, connections and threads that this container opened; again: nothing.

        The services cannot be used afterwards.
        """
        self._opened.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _take(wiring: Wiring, **own: object) -> None:
    """Put what the caller brings in the place of ours; None is nothing."""
    for name, value in own.items():
        if value is not None:
            getattr(wiring, name).override(providers.Object(value))


def _read(wiring: Wiring) -> None:
    """Read what the services stand on, so that a fault shows at the start."""
    wiring.secret_box()
    wiring.zone()
    stale = StaleCatalog.of(wiring.catalog_service().stale())
    if stale is not None:
        wiring.telemetry().catalog_stale(stale)
    wiring.rules().rules()
    wiring.ad_rules().rules()
    wiring.image_rules().rules()
    wiring.media()
    for shape in (*SHAPES.values(), COMMENT_MODERATION):
        wiring.prompts().template(shape.use_case, shape.default_platform)


def _opened(wiring: Wiring) -> ExitStack:
    """Open what has to be closed, and is not the caller's own."""
    with ExitStack() as opened:
        for name in ("parallel", "chat", "billing_events", "stores", "job_queue"):
            provider = getattr(wiring, name)
            if not provider.overridden:
                opened.callback(provider().close)
        return opened.pop_all()
