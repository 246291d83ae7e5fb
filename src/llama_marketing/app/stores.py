"""The storage ports of one store, made and closed together, and the store's address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import attrs

from llama_marketing.domain.errors import SettingsError
from llama_marketing.ports.cache import AnswerCache
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.generations import Generations
from llama_marketing.ports.idempotency import IdempotencyKeys
from llama_marketing.ports.provider_keys import ProviderKeys
from llama_marketing.ports.usage import UsageBooks

MEMORY = "memory://"
SQLITE = "sqlite:///"
_SYNCHRONOUS = {"": False, "synchronous=normal": False, "synchronous=full": True}


@attrs.frozen(kw_only=True)
class Stores:
    """Every storage port over one store, and how to close it."""

    configs: Configs
    books: UsageBooks
    generations: Generations
    idempotency: IdempotencyKeys
    cache: AnswerCache
    provider_keys: ProviderKeys
    close: Callable[[], None] = attrs.field(repr=False)


@attrs.frozen
class StoreAddress:
    """What ``LLAMA_MARKETING_STORE`` says: memory (then ``path`` is empty), or a SQLite file."""

    path: str = ""
    full_synchronous: bool = False

    @property
    def in_memory(self) -> bool:
        """Whether nothing outlives the container."""
        return not self.path

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an address; raises SettingsError."""
        if text == MEMORY:
            return cls()
        path, _, options = text.removeprefix(SQLITE).partition("?")
        usable = path not in ("", ":memory:") and "#" not in path and "\0" not in path
        if not text.startswith(SQLITE) or not usable or options not in _SYNCHRONOUS:
            raise SettingsError(
                "LLAMA_MARKETING_STORE must be memory://, sqlite:///file.db or "
                "sqlite:////folder/file.db, with ?synchronous=full or normal at most"
            )
        return cls(path, _SYNCHRONOUS[options])
