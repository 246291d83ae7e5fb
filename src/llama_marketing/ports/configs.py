"""Port: the clients' configurations."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
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

    @abstractmethod
    def reseal(self, tenant: TenantRef, seen: StoredConfig, resealed: StoredConfig) -> bool:
        """Put ``resealed`` in the place of ``seen``, from which only the sealed keys differ.

        False, with nothing changed, unless exactly ``seen`` is kept: its ciphertexts too, as a
        configuration that was deleted and made anew may have its revision. Nobody edited
        anything, so the revision stays. True also where ``resealed`` is kept already: the
        answer of the first write may have been lost.
        """

    @abstractmethod
    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        """The tenants that have a configuration, in the store's own order; for maintenance only.

        ``after`` is the last one of the page before, which may be gone by now; nothing follows
        an empty page. Answers also those whose configuration a newer version wrote.
        """
