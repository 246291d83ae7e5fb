"""Containers over fakes: a clock that stands still, hosts in memory, configured clients."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings
from llama_marketing.domain.config.models import MetaAIConfig
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.books import Counter, Hold
from llama_marketing.domain.usage.entries import UsageEntry
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.hosts import FakeChatHosts
from llama_marketing.testing.invariants import all_entries, assert_books_agree, open_holds
from llama_marketing.testing.waiting import InstantWaiting

TENANT = TenantRef("org1", "cli1")
OTHER = TenantRef("org1", "cli2")
MONTH = "2026-11"
NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
FERNET_KEY = "k6e5Yk0bqQ0m2fM1oPfr0yY4mC1q7wq3mJm5m6n7o8Q="
OTHER_FERNET_KEY = "zzzzYk0bqQ0m2fM1oPfr0yY4mC1q7wq3mJm5m6n7o8Q="
API_KEY = "di-0123456789abcdefghijKLMN"
COPY = "Buen Fin en Café Azul: 2x1 en capuchinos. ¿Vienes?"
ASKED: dict[str, Any] = {
    "use_case": "social_post",
    "platform": "instagram",
    "prompt": "Buen Fin en Café Azul",
}


class StandingClock(Clock):
    """Stands still until it is told to go on; both of its times go together."""

    def __init__(self, now: datetime = NOW) -> None:
        self._lock = threading.Lock()
        self._now = now
        self._passed = 1000.0

    def now(self) -> datetime:
        """The moment it stands at."""
        return self._now

    def monotonic(self) -> float:
        """Seconds that go on with the clock."""
        return self._passed

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._passed += max(seconds, 0.0)


def post(content: str = COPY, hashtags: Sequence[str] = ("BuenFin", "#CafeAzul")) -> str:
    """A reply as the schema asks for it."""
    data = {"content": content, "hashtags": list(hashtags), "emojis": ["☕"]}
    return json.dumps(data, ensure_ascii=False)


def settings(**environ: str) -> Settings:
    """Settings with a memory store and a key, unless told otherwise."""
    given = {"AI_ENCRYPTION_KEY": FERNET_KEY, "LLAMA_MARKETING_STORE": "memory://"}
    return Settings.from_env(given | environ)


@contextmanager
def container_over(
    chat: ChatHosts | None = None, clock: Clock | None = None, /, **environ: str
) -> Iterator[Container]:
    """A container over fakes, closed at the end."""
    chat = FakeChatHosts(otherwise=post()) if chat is None else chat
    clock = StandingClock() if clock is None else clock
    # Time goes on while a standing clock is waited for; a real one must not be overtaken.
    waiting = InstantWaiting(clock.go_on) if isinstance(clock, StandingClock) else None
    own = settings(**environ)
    with Container.from_settings(own, chat=chat, clock=clock, waiting=waiting) as container:
        yield container


def configure(container: Container, tenant: TenantRef = TENANT, /, **fields: Any) -> MetaAIConfig:
    """Give the tenant an enabled configuration on one live host, without a fallback model.

    It keeps no answers, so that equal requests are operations of their own.
    """
    given: dict[str, Any] = {
        "hosting_provider": "deepinfra",
        "api_key": API_KEY,
        "enabled": True,
        "fallback_model_id": None,
        "cache_hours": 0,
    }
    return container.config_service().create(tenant, given | fields)


def hosts_of(container: Container) -> FakeChatHosts:
    """The fake hosts that the container was given."""
    chat = container._wiring.chat()
    assert isinstance(chat, FakeChatHosts)
    return chat


def books_of(container: Container) -> UsageBooks:
    """The container's books."""
    books: UsageBooks = container._wiring.books()
    return books


def entries_of(container: Container, tenant: TenantRef = TENANT) -> list[UsageEntry]:
    """Every entry of the month."""
    return list(all_entries(books_of(container), tenant, MONTH))


def counter_of(container: Container, tenant: TenantRef = TENANT) -> Counter:
    """The month's counter, fresh where nothing was ever reserved."""
    return books_of(container).counter(tenant, MONTH) or Counter(period=MONTH)


def holds_of(container: Container, tenant: TenantRef = TENANT) -> list[Hold]:
    """The holds that are still open."""
    return open_holds(books_of(container), tenant)


def settled_entry(container: Container, tenant: TenantRef = TENANT) -> UsageEntry:
    """The one entry of the month; nothing is left open and the books agree."""
    (entry,) = entries_of(container, tenant)
    assert holds_of(container, tenant) == []
    assert_books_agree(books_of(container), tenant, MONTH)
    return entry


def priced_catalog(folder: Path, host: str = "deepinfra") -> dict[str, str]:
    """Put 0.60 / 1.20 USD per million tokens into an operator's catalog folder."""
    folder.mkdir(exist_ok=True)
    (folder / "prices.toml").write_text(
        "\n".join(
            f'[[prices]]\nhost = "{host}"\nmodel = "{model}"\ninput = 0.60\noutput = 1.20\n'
            'valid_from = 2026-11-01\nas_of = 2026-11-20\nsource = "test"\n'
            for model in ("llama-3.3-70b-instruct", "llama-3.1-8b-instruct")
        )
    )
    return {"LLAMA_MARKETING_CATALOG": str(folder)}
