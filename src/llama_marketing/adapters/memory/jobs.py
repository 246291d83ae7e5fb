"""Moderation jobs and the queue of their parts, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.domain.jobs.models import Job, JobPart, PartRef, QueuedPart
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.ports.job_queue import JobQueue
from llama_marketing.ports.jobs import Jobs


@attrs.frozen
class MemoryJobs(Jobs):
    """Keeps the jobs of a ``MemoryDatabase``."""

    database: MemoryDatabase

    def add(self, tenant: TenantRef, job: Job, parts: Sequence[JobPart]) -> None:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            for part in parts:
                rows.job_parts.setdefault((part.job_id, part.number), part)
            rows.jobs.setdefault(job.id, job)

    def get(self, tenant: TenantRef, job_id: str, now: str) -> Job | None:
        with self.database.lock:
            job = self.database.tenants[tenant].jobs.get(job_id)
        return job if job is not None and job.expires_at > now else None

    def parts(
        self, tenant: TenantRef, job_id: str, first: int = 0, limit: int = 1
    ) -> Sequence[JobPart]:
        with self.database.lock:
            kept = self.database.tenants[tenant].job_parts
            found = [kept.get((job_id, number)) for number in range(first, first + limit)]
        return [part for part in found if part is not None]

    def replace(self, tenant: TenantRef, seen: JobPart, changed: JobPart) -> bool:
        with self.database.lock:
            rows = self.database.tenants[tenant]
            key = seen.job_id, seen.number
            kept = rows.job_parts.get(key)
            if kept == seen != changed:
                rows.job_parts[key] = changed
                rows.jobs[seen.job_id] = rows.jobs[seen.job_id].after(changed)
            return kept in (seen, changed)


@attrs.frozen
class MemoryJobQueue(JobQueue):
    """Keeps the waiting parts of a ``MemoryDatabase``."""

    database: MemoryDatabase

    def put(self, parts: Sequence[PartRef], now: datetime) -> None:
        with self.database.lock:
            for part in parts:
                self.database.queue.setdefault(part, (timestamp(now), 0))

    def take(self, now: datetime, seconds: int, limit: int = 1) -> Sequence[QueuedPart]:
        present, until = timestamp(now), timestamp(now + timedelta(seconds=seconds))
        taken: list[QueuedPart] = []
        with self.database.lock:
            waiting = [
                (visible_at, ref.job_id, ref.number, ref, tries)
                for ref, (visible_at, tries) in self.database.queue.items()
                if visible_at <= present
            ]
            waiting.sort(key=lambda each: each[:3])
            for *_, ref, tries in waiting[:limit]:
                self.database.queue[ref] = (until, tries + 1)
                taken.append(QueuedPart(ref=ref, receipt=str(tries + 1), tries=tries + 1))
        return taken

    def hide(self, part: QueuedPart, now: datetime, seconds: int) -> None:
        with self.database.lock:
            _, tries = self.database.queue.get(part.ref, ("", 0))
            if tries == part.tries:
                until = timestamp(now + timedelta(seconds=seconds))
                self.database.queue[part.ref] = (until, tries)

    def acknowledge(self, part: QueuedPart) -> None:
        with self.database.lock:
            self.database.queue.pop(part.ref, None)

    def close(self) -> None:
        """There is nothing to close."""
