"""Moderation jobs and their parts, on DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from llama_marketing.adapters.dynamodb import items, keys
from llama_marketing.adapters.dynamodb.client import MAX_TRANSACTION, DynamoClient
from llama_marketing.adapters.dynamodb.items import Item
from llama_marketing.adapters.dynamodb.writes import EXISTS, IS_NEW, put, update
from llama_marketing.domain.jobs.models import Job, JobPart
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.jobs import Jobs

_COUNTED: Final = ("processed", "done_parts", "dead_parts")
"""Attributes of their own, so that two parts that end at once never wait for each other."""
_FOLLOW: Final = (
    "SET #begun = :begun ADD #processed :processed, #done_parts :done_parts, "
    "#dead_parts :dead_parts"
)


@attrs.frozen
class DynamoJobs(Jobs):
    """Keeps the jobs in the table, one item each and one for each part."""

    client: DynamoClient

    def add(self, tenant: TenantRef, job: Job, parts: Sequence[JobPart]) -> None:
        for start in range(0, len(parts), MAX_TRANSACTION):
            some = parts[start : start + MAX_TRANSACTION]
            # A refusal says that this very call put them before, and its answer was lost.
            self.client.transact([put(_part_item(tenant, part), IS_NEW) for part in some])
        self.client.write(put(_job_item(tenant, job), IS_NEW))

    def get(self, tenant: TenantRef, job_id: str, now: str) -> Job | None:
        item = self.client.get(tenant, keys.job(job_id))
        if item is None:
            return None
        job = _job(tenant, item)
        return job if job.expires_at > now else None

    def parts(
        self, tenant: TenantRef, job_id: str, first: int = 0, limit: int = 1
    ) -> Sequence[JobPart]:
        bounds = keys.job_part(job_id, first), keys.job_part(job_id, first + limit - 1)
        found = self.client.query(tenant, bounds)
        return [items.read(JobPart, tenant, item) for item in found]

    def replace(self, tenant: TenantRef, seen: JobPart, changed: JobPart) -> bool:
        sort_key = keys.job_part(seen.job_id, seen.number)
        item = self.client.get(tenant, sort_key)
        kept = None if item is None else items.read(JobPart, tenant, item)
        if item is None or kept != seen or seen == changed:
            return kept is not None and kept in (seen, changed)
        anew = put(
            _part_item(tenant, changed),
            f"#{items.DOCUMENT} = :seen",
            seen=items.text(item, items.DOCUMENT),
        )
        follow = update(tenant, keys.job(seen.job_id), _FOLLOW, EXISTS, **_steps(changed))
        if not self.client.transact([anew, follow]):
            return True
        # Somebody else was faster, or this very call was, and its answer was lost.
        return self.parts(tenant, seen.job_id, seen.number) == [changed]


def _steps(part: JobPart) -> Mapping[str, Any]:
    """What a job's attributes move by when a part of it has come so far."""
    before = Job(id="", total=0, parts=0, created_at="", expires_at="")
    after = before.after(part)
    return {"begun": True, **{name: getattr(after, name) for name in _COUNTED}}


def _job(tenant: TenantRef, item: Item) -> Job:
    job = items.read(Job, tenant, item)
    counted = {name: items.number(item, name) for name in _COUNTED}
    begun = bool(item.get("begun", {}).get("BOOL", False))
    return job.model_copy(update={"begun": begun, **counted})


def _job_item(tenant: TenantRef, job: Job) -> Item:
    counted = {name: getattr(job, name) for name in _COUNTED}
    expiry = {keys.EXPIRES: items.unix_seconds(job.expires_at)}
    return items.document_item(tenant, keys.job(job.id), job, begun=job.begun, **counted, **expiry)


def _part_item(tenant: TenantRef, part: JobPart) -> Item:
    expiry = {keys.EXPIRES: items.unix_seconds(part.expires_at)}
    return items.document_item(tenant, keys.job_part(part.job_id, part.number), part, **expiry)
