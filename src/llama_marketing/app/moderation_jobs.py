"""Moderation jobs as their senders see them: handed in, and looked at while they go on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import attrs

from llama_marketing.domain.errors import NotFound
from llama_marketing.domain.moderation.jobs import (
    PARTS_OF_PAGE,
    JobPage,
    JobTicket,
    ModerationJob,
    PartRef,
    cut,
    first_part,
)
from llama_marketing.domain.moderation.models import Comment
from llama_marketing.domain.tenant import TenantRef, check_id
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.job_queue import JobQueue
from llama_marketing.ports.moderation_jobs import ModerationJobs


@attrs.frozen(kw_only=True)
class JobDesk:
    """Takes jobs in and tells how far they are. Safe between threads."""

    store: ModerationJobs
    queue: JobQueue
    clock: Clock
    ids: Ids
    retention: timedelta
    """How long a job and its results are kept."""

    def submit(
        self,
        tenant: TenantRef,
        comments: Sequence[Comment],
        places: Sequence[tuple[int, ...]],
        user_id: str,
    ) -> JobTicket:
        """Store a job, and let its parts, of the comments at these places, wait for a worker."""
        now = self.clock.now()
        job_id, until = self.ids.new(now), timestamp(now + self.retention)
        parts = cut(job_id, [self.ids.new(now) for _ in places], comments, places, until)
        job = ModerationJob(
            id=job_id,
            user_id=user_id,
            total=len(comments),
            parts=len(parts),
            created_at=timestamp(now),
            expires_at=until,
        )
        self.store.add(tenant, job, parts)
        self.queue.put([PartRef.of(tenant, part) for part in parts], now)
        return JobTicket.of(job)

    def page(self, tenant: TenantRef, job_id: str, cursor: str) -> JobPage:
        """One page of a job; raises InvalidRequest and NotFound."""
        check_id("job_id", job_id)
        first = first_part(cursor)
        job = self.store.get(tenant, job_id, timestamp(self.clock.now()))
        if job is None:
            raise NotFound(f"{tenant} has no moderation job {job_id}")
        parts = self.store.parts(tenant, job_id, first, PARTS_OF_PAGE)
        following = first + PARTS_OF_PAGE
        return JobPage(
            **JobTicket.of(job).model_dump(),
            results=tuple(result for part in parts for result in part.results),
            next_cursor=str(following) if following < job.parts else None,
        )
