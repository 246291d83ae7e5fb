"""Port: the history of generations."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from llama_marketing.domain.generation.history import GenerationRecord
from llama_marketing.domain.tenant import TenantRef


class Generations(Protocol):
    """Reads and forgets what was generated; records are written by ``UsageBooks.settle``.

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
    def delete(self, tenant: TenantRef, generation_id: str) -> bool:
        """Forget one record, and the cache's copy of its answer; False when there was none.

        The books keep its entry.
        """
