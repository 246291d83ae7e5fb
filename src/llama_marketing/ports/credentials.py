"""Port: a usable key of another provider, for who calls it on a client's behalf."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.credentials import ProviderSecret
from llama_marketing.domain.tenant import TenantRef


class ProviderCredentials(Protocol):
    """Finds a client's key of a provider; safe between threads.

    Ours reads ``ProviderKeys``; a host application that keeps such keys in tables of its own
    brings its own.
    """

    @abstractmethod
    def key(self, tenant: TenantRef, provider: str) -> ProviderSecret | None:
        """The client's own key, else the organization's where it has one, else None.

        Raises SecretError for a kept key that cannot be opened, and StoreUnavailable.
        """
