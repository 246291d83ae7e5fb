"""Port: moderation jobs and their parts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from llama_marketing.domain.jobs.models import Job, JobPart
from llama_marketing.domain.tenant import TenantRef


class Jobs(Protocol):
    """Keeps jobs, their parts and results. Every method may raise StoreUnavailable.

    An expired job (``expires_at`` not after ``now``) is never answered.
    """

    @abstractmethod
    def add(self, tenant: TenantRef, job: Job, parts: Sequence[JobPart]) -> None:
        """Keep a new job with its parts; what is there already is left as it is.

        The job can be read only once every part is kept.
        """

    @abstractmethod
    def get(self, tenant: TenantRef, job_id: str, now: str) -> Job | None:
        """A job with its progress, or None."""

    @abstractmethod
    def parts(
        self, tenant: TenantRef, job_id: str, first: int = 0, limit: int = 1
    ) -> Sequence[JobPart]:
        """At most ``limit`` parts in their order, from the number ``first`` on."""

    @abstractmethod
    def replace(self, tenant: TenantRef, seen: JobPart, changed: JobPart) -> bool:
        """Put ``changed`` in the place of ``seen``; False when another stands there by now.

        In the same transaction the job follows (``Job.after``). Doing it again after a
        lost answer is True as well, and counts nothing twice.
        """
