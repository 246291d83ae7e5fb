"""Port: the history of generations."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.tenant import TenantRef


class Generations(Protocol):
    """Reads, reviews and forgets what was generated; records are made by ``UsageBooks.settle``.

    An expired record (``expires_at`` not after ``now``) is never answered.
    """

    @abstractmethod
    def get(self, tenant: TenantRef, generation_id: str, now: str) -> GenerationRecord | None:
        """One record, or None."""

    @abstractmethod
    def newest(
        self, tenant: TenantRef, now: str, before: str = "", limit: int = 20
    ) -> Sequence[GenerationRecord]:
        """Records in descending order of id, those below the id ``before`` when it is given."""

    @abstractmethod
    def replace(
        self, tenant: TenantRef, seen: GenerationRecord, reviewed: GenerationRecord
    ) -> bool:
        """Put ``reviewed`` in the place of ``seen``; False when another stands there by now.

        Both have the same id and expiry. Doing it again after a lost answer is True as well; a
        record that was deleted is not brought back.
        """

    @abstractmethod
    def delete(self, tenant: TenantRef, generation_id: str) -> bool:
        """Forget one record, and the cache's copy of its answer; False when there was none.

        The books keep its entry.
        """
