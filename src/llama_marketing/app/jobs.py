"""Jobs as their senders see them: handed in, and looked at while they go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import attrs

from llama_marketing.domain.errors import NotFound
from llama_marketing.domain.jobs.models import (
    Job,
    JobKind,
    JobPart,
    JobTicket,
    PartContent,
    PartRef,
    parts_of,
)
from llama_marketing.domain.tenant import TenantRef, check_id
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.job_queue import JobQueue
from llama_marketing.ports.jobs import Jobs


@attrs.frozen(kw_only=True)
class JobDesk:
    """Takes jobs in and tells how far they are. Safe between threads."""

    store: Jobs
    queue: JobQueue
    clock: Clock
    ids: Ids
    retention: timedelta
    """How long a job and its results are kept."""

    def submit(
        self, tenant: TenantRef, kind: JobKind, contents: Sequence[PartContent], user_id: str
    ) -> JobTicket:
        """Store a job with a part for each content, which wait for a worker then."""
        now = self.clock.now()
        job_id, until = self.ids.new(now), timestamp(now + self.retention)
        parts = parts_of(job_id, [self.ids.new(now) for _ in contents], contents, until)
        job = Job(
            id=job_id,
            kind=kind,
            user_id=user_id,
            total=sum(part.size for part in parts),
            parts=len(parts),
            created_at=timestamp(now),
            expires_at=until,
        )
        self.store.add(tenant, job, parts)
        self.queue.put([PartRef.of(tenant, part) for part in parts], now)
        return JobTicket.of(job)

    def find(self, tenant: TenantRef, kind: JobKind, job_id: str) -> Job:
        """One job of a kind; raises InvalidRequest and NotFound."""
        check_id("job_id", job_id)
        job = self.store.get(tenant, job_id, timestamp(self.clock.now()))
        if job is None or job.kind is not kind:
            raise NotFound(f"{tenant} has no {kind.value} job {job_id}")
        return job

    def parts(
        self, tenant: TenantRef, job: Job, first: int = 0, limit: int | None = None
    ) -> Sequence[JobPart]:
        """Its parts in their order, from the number ``first`` on; None for all of them."""
        return self.store.parts(tenant, job.id, first, job.parts if limit is None else limit)
