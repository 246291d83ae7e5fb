"""Port: the answers that an equal request gets again."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.generation.cache import CachedAnswer
from llama_marketing.domain.tenant import TenantRef


class AnswerCache(Protocol):
    """Reads what ``UsageBooks.settle`` keeps; safe between threads and between processes."""

    @abstractmethod
    def get(
        self, tenant: TenantRef, key: str, now: str, config_revision: int | None = None
    ) -> CachedAnswer | None:
        """The tenant's answer under a key (``domain.generation.cache.cache_key``), or None.

        An expired one (``expires_at`` not after ``now``) is never answered. Raises
        RevisionConflict when the client's configuration is not at ``config_revision`` (or gone),
        StoreUnavailable, and StoreIncompatible for an answer that cannot be read.
        """
