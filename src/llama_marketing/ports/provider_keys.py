"""Port: the sealed keys of other providers."""

from __future__ import annotations

from abc import abstractmethod
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
