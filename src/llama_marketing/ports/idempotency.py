"""Port: the answers of writes that carried an idempotency key."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.idempotency import KeptAnswer
from llama_marketing.domain.tenant import TenantRef


class IdempotencyKeys(Protocol):
    """Keeps one answer a tenant and key; safe between threads and processes."""

    @abstractmethod
    def take(self, tenant: TenantRef, key: str, claim: KeptAnswer, now: str) -> KeptAnswer | None:
        """Take a free key for a running request; None when it was taken now.

        A key that is not free (``KeptAnswer.is_free``) is left alone, and what is kept under it
        is answered. Of several that take a free key at once exactly one gets None.
        """

    @abstractmethod
    def keep(self, tenant: TenantRef, key: str, claim: KeptAnswer, answer: KeptAnswer) -> None:
        """Keep the answer of the request that took the key with ``claim``.

        Does nothing where the key is no longer that request's: its lease passed and another one
        took the key, or the key was given back.
        """

    @abstractmethod
    def free(self, tenant: TenantRef, key: str, claim: KeptAnswer) -> None:
        """Give a key back whose request left nothing to repeat; only while it is that request's."""
