"""Port: the clients' configurations."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.tenant import TenantRef


class Configs(Protocol):
    """Keeps one configuration a tenant; safe between threads and processes.

    Reads see every finished write. Every method may raise StoreUnavailable, and
    StoreIncompatible for an item that a newer version wrote.
    """

    @abstractmethod
    def get(self, tenant: TenantRef, *, fresh: bool = True) -> StoredConfig | None:
        """The tenant's configuration, or None.

        With ``fresh`` False a store whose reads are dear may answer what this process read
        before; who acts on that has the revision confirmed (``UsageBooks.reserve``,
        ``AnswerCache.get``).
        """

    @abstractmethod
    def create(self, tenant: TenantRef, stored: StoredConfig) -> None:
        """Keep the first configuration; raises ConfigExists when there is one.

        Writing the identical configuration again changes nothing.
        """

    @abstractmethod
    def replace(self, tenant: TenantRef, stored: StoredConfig, seen_revision: int) -> None:
        """Put a new configuration in the place of the one with ``seen_revision``.

        Raises ConfigNotFound when there is none, RevisionConflict when it has another revision.
        Writing the identical configuration again changes nothing.
        """

    @abstractmethod
    def delete(self, tenant: TenantRef) -> bool:
        """Forget the configuration; False when there was none."""
