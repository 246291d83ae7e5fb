"""Port: the sealed keys of other providers."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from llama_marketing.domain.credentials import StoredProviderKey
from llama_marketing.domain.tenant import TenantRef


class ProviderKeys(Protocol):
    """Keeps one sealed key a tenant and provider; safe between threads and processes.

    Reads see every finished write. Every method may raise StoreUnavailable, and
    StoreIncompatible for an item that a newer version wrote.
    """

    @abstractmethod
    def get(self, tenant: TenantRef, provider: str) -> StoredProviderKey | None:
        """The tenant's key of a provider, or None."""

    @abstractmethod
    def list(self, tenant: TenantRef) -> tuple[StoredProviderKey, ...]:
        """All keys of the tenant, in the order of their providers' ids."""

    @abstractmethod
    def put(self, tenant: TenantRef, stored: StoredProviderKey, seen_revision: int) -> None:
        """Keep a key in the place of the one with ``seen_revision``; 0 is none so far.

        Raises RevisionConflict when another revision is kept, or none. Writing the identical
        key again changes nothing.
        """

    @abstractmethod
    def delete(self, tenant: TenantRef, provider: str) -> bool:
        """Forget a key; False when there was none."""

    @abstractmethod
    def reseal(
        self, tenant: TenantRef, seen: StoredProviderKey, resealed: StoredProviderKey
    ) -> bool:
        """Put ``resealed`` in the place of ``seen``, from which only the sealed key differs.

        False, with nothing changed, unless exactly ``seen`` is kept. The revision stays. True
        also where ``resealed`` is kept already: the answer of the first write may have been lost.
        """

    @abstractmethod
    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        """The tenants that have a key, each once, in the store's own order; for maintenance only.

        ``after`` is the last one of the page before, which may be gone by now; nothing follows
        an empty page. Answers also those whose keys a newer version wrote.
        """
