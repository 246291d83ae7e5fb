"""The container: the one file that names the driven adapters and joins everything.

An adapter is imported where it is made, so that importing the container loads neither
cryptography nor httpx nor a store.
"""

from __future__ import annotations

from concurrent.futures import Executor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Self

from dependency_injector import containers, providers

from llama_marketing.app.catalog import ModelCatalogService
from llama_marketing.app.config import MetaAIConfigService
from llama_marketing.app.generation.admission import DEFAULT_PLATFORM, Admission
from llama_marketing.app.generation.calls import HostCalls
from llama_marketing.app.generation.operation import Bookkeeper
from llama_marketing.app.generation.service import MetaAIGenerationService
from llama_marketing.app.host_access import HostAccess
from llama_marketing.app.idempotency import IdempotencyService
from llama_marketing.app.services import Services
from llama_marketing.app.settings import Settings
from llama_marketing.app.stores import StoreAddress, Stores
from llama_marketing.app.sweeping import Sweeper
from llama_marketing.app.usage import MetaAIUsageService
from llama_marketing.app.validation import HostValidation
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.ports.catalog import CatalogSource
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.parallel import Parallel
from llama_marketing.ports.platform_rules import PlatformRulesSource
from llama_marketing.ports.prompts import Prompts
from llama_marketing.ports.secret_box import SecretBox
from llama_marketing.ports.zone import BillingZone


def _clock() -> Clock:
    from llama_marketing.adapters.system.clock import SystemClock

    return SystemClock()


def _ids() -> Ids:
    from llama_marketing.adapters.system.ids import UlidIds

    return UlidIds()


def _zone(settings: Settings) -> BillingZone:
    from llama_marketing.adapters.system.zone import OneBillingZone

    return OneBillingZone.named(settings.timezone)


def _parallel(executor: Executor | None) -> Parallel:
    from llama_marketing.adapters.system.parallel import ThreadParallel

    return ThreadParallel(executor)


def _secret_box(settings: Settings) -> SecretBox:
    from llama_marketing.adapters.fernet.secret_box import FernetSecretBox

    return FernetSecretBox.from_keys(settings.encryption_keys)


def _catalog(settings: Settings) -> CatalogSource:
    from llama_marketing.adapters.package_data.catalog import PackagedCatalog

    return PackagedCatalog(settings.catalog_folder)


def _rules(settings: Settings) -> PlatformRulesSource:
    from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules

    return PackagedPlatformRules(settings.catalog_folder)


def _prompts(settings: Settings) -> Prompts:
    from llama_marketing.adapters.package_data.prompts import PackagedPrompts

    return PackagedPrompts(settings.catalog_folder)


def _chat(settings: Settings) -> ChatHosts:
    from llama_marketing.adapters.hosts.client import HttpChatHosts
    from llama_marketing.adapters.hosts.endpoint_guard import EndpointGuard

    return HttpChatHosts.over(EndpointGuard.parse(settings.allowed_endpoints))


def _memory_stores() -> Stores:
    from llama_marketing.adapters.memory.configs import MemoryConfigs
    from llama_marketing.adapters.memory.database import MemoryDatabase
    from llama_marketing.adapters.memory.generations import MemoryGenerations
    from llama_marketing.adapters.memory.idempotency import MemoryIdempotencyKeys
    from llama_marketing.adapters.memory.usage import MemoryUsageBooks

    database = MemoryDatabase()
    return Stores(
        configs=MemoryConfigs(database),
        books=MemoryUsageBooks(database),
        generations=MemoryGenerations(database),
        idempotency=MemoryIdempotencyKeys(database),
        close=lambda: None,
    )


def _sqlite_stores(address: StoreAddress) -> Stores:
    from llama_marketing.adapters.sqlite.configs import SqliteConfigs
    from llama_marketing.adapters.sqlite.database import SqliteDatabase
    from llama_marketing.adapters.sqlite.generations import SqliteGenerations
    from llama_marketing.adapters.sqlite.idempotency import SqliteIdempotencyKeys
    from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks

    database = SqliteDatabase(path=Path(address.path), full_synchronous=address.full_synchronous)
    database.open()
    return Stores(
        configs=SqliteConfigs(database),
        books=SqliteUsageBooks(database),
        generations=SqliteGenerations(database),
        idempotency=SqliteIdempotencyKeys(database),
        close=database.close,
    )


def _stores(settings: Settings) -> Stores:
    """The stores of ``LLAMA_MARKETING_STORE``; raises SettingsError for any other address."""
    address = StoreAddress.parse(settings.store)
    return _memory_stores() if address.in_memory else _sqlite_stores(address)


class _Wiring(containers.DeclarativeContainer):
    """How everything is joined. Singletons are thread-safe; services are cheap and shared."""

    settings = providers.Dependency(instance_of=Settings)
    executor: providers.Object[Executor | None] = providers.Object(None)

    clock = providers.ThreadSafeSingleton(_clock)
    ids = providers.ThreadSafeSingleton(_ids)
    zone = providers.ThreadSafeSingleton(_zone, settings)
    parallel = providers.ThreadSafeSingleton(_parallel, executor)
    secret_box = providers.ThreadSafeSingleton(_secret_box, settings)
    catalog = providers.ThreadSafeSingleton(_catalog, settings)
    rules = providers.ThreadSafeSingleton(_rules, settings)
    prompts = providers.ThreadSafeSingleton(_prompts, settings)
    chat = providers.ThreadSafeSingleton(_chat, settings)

    stores = providers.ThreadSafeSingleton(_stores, settings)
    configs = stores.provided.configs
    books = stores.provided.books
    generations = stores.provided.generations

    sweeper = providers.ThreadSafeSingleton(Sweeper, books=books, clock=clock)
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
    )
    admission = providers.ThreadSafeSingleton(
        Admission,
        configs=configs,
        catalog=catalog,
        rules=rules,
        prompts=prompts,
        books=books,
        sweeper=sweeper,
        clock=clock,
        ids=ids,
        zone=zone,
        hold_grace=settings.provided.hold_grace_seconds,
    )
    calls = providers.ThreadSafeSingleton(HostCalls, access=access, chat=chat, clock=clock)
    bookkeeper = providers.ThreadSafeSingleton(
        Bookkeeper,
        books=books,
        clock=clock,
        retention=providers.Factory(timedelta, days=settings.provided.retention_days),
    )

    config_service = providers.ThreadSafeSingleton(
        MetaAIConfigService,
        configs=configs,
        access=access,
        validation=validation,
        clock=clock,
        ids=ids,
    )
    catalog_service = providers.ThreadSafeSingleton(
        ModelCatalogService, catalog=catalog, clock=clock
    )
    generation_service = providers.ThreadSafeSingleton(
        MetaAIGenerationService,
        admission=admission,
        calls=calls,
        bookkeeper=bookkeeper,
        generations=generations,
        rules=rules,
        parallel=parallel,
        clock=clock,
        deadline_seconds=settings.provided.deadline_seconds,
        stream_deadline_seconds=settings.provided.stream_deadline_seconds,
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


class Container:
    """Makes the services from the settings; a context manager that closes what it opened.

    Make it after a fork, once a process. The services it answers are shared and safe between
    threads.
    """

    def __init__(self, wiring: _Wiring) -> None:
        self._wiring = wiring
        self._opened = ExitStack()

    @classmethod
    def from_settings(
        cls,
        settings: Settings,
        *,
        clock: Clock | None = None,
        ids: Ids | None = None,
        chat: ChatHosts | None = None,
        executor: Executor | None = None,
    ) -> Container:
        """A container; what the caller brings takes the place of ours and stays the caller's.

        Raises SettingsError when a setting or an override file is missing or wrong,
        StoreIncompatible and StoreUnavailable when the store cannot be used; so a fault shows
        at the start.
        """
        wiring = _Wiring(settings=settings)
        own = {"clock": clock, "ids": ids, "chat": chat, "executor": executor}
        for name, value in own.items():
            if value is not None:
                getattr(wiring, name).override(providers.Object(value))
        container = cls(wiring)
        wiring.secret_box()
        wiring.zone()
        wiring.catalog().catalog()
        wiring.rules().rules()
        wiring.prompts().template(GenerationUseCase.SOCIAL_POST, DEFAULT_PLATFORM)
        with ExitStack() as opened:
            for name in ("parallel", "chat", "stores"):
                provider = getattr(wiring, name)
                if not provider.overridden:
                    opened.callback(provider().close)
            container._opened = opened.pop_all()
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

    def usage_service(self) -> MetaAIUsageService:
        """What was used, and the quotas."""
        return self._wiring.usage_service()

    def services(self) -> Services:
        """All services together, as the Flask blueprint takes them."""
        return Services(
            config=self.config_service(),
            catalog=self.catalog_service(),
            generation=self.generation_service(),
            usage=self.usage_service(),
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
