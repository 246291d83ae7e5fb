"""Moderation jobs: many comments in parts that are judged one by one, and how far they are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from pydantic import Field

from llama_marketing.domain.config.models import ModerationSettings
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.model import Model
from llama_marketing.domain.moderation.models import Comment, CommentResult
from llama_marketing.domain.moderation.results import moderation_of
from llama_marketing.domain.tenant import TenantRef

PARTS_OF_PAGE: Final = 20
"""Parts whose results one page of a job has, 500 results at most."""


class JobStatus(StrEnum):
    """How far a job is; a failed one has no part that was judged."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class PartState(StrEnum):
    """What became of a part; a dead one was tried too often, its comments go to a person."""

    OPEN = "open"
    DONE = "done"
    DEAD = "dead"


class ModerationJob(Model):
    """A job and its progress; the store counts the last four fields as parts end.

    Timestamps are UTC of fixed width. From ``expires_at`` on the job is forgotten.
    """

    id: str
    user_id: str = ""
    total: int
    """Comments."""
    parts: int
    created_at: str
    expires_at: str
    begun: bool = False
    processed: int = 0
    """Comments of the parts that ended."""
    done_parts: int = 0
    dead_parts: int = 0

    @property
    def status(self) -> JobStatus:
        """How far it is."""
        if self.done_parts + self.dead_parts >= self.parts:
            return JobStatus.COMPLETED if self.done_parts else JobStatus.FAILED
        return JobStatus.RUNNING if self.begun or self.processed else JobStatus.QUEUED

    def after(self, part: JobPart) -> Self:
        """The job once one more of its parts has come so far."""
        change: dict[str, object] = {"begun": True}
        if part.state is not PartState.OPEN:
            name = "done_parts" if part.state is PartState.DONE else "dead_parts"
            change[name] = getattr(self, name) + 1
            change["processed"] = self.processed + len(part.comments)
        return self.model_copy(update=change)


class JobPart(Model):
    """Some comments of a job, what was said of them, and how often it was tried.

    ``started_at`` is the moment by which the operation of the present try is priced and booked;
    it stays when a killed worker's part is taken up again, so that it is the same operation.
    """

    id: str
    job_id: str
    number: int
    """Its place in the job, from 0."""
    comments: tuple[Comment, ...] = Field(repr=False)
    expires_at: str
    state: PartState = PartState.OPEN
    started_at: str = ""
    failures: int = 0
    """Tries that came to an end without any verdict."""
    results: tuple[CommentResult, ...] = Field(default=(), repr=False)
    error_code: str = ""
    """Why the last try failed."""

    @property
    def operation_id(self) -> str:
        """Under which id the present try is booked; each that failed has an entry of its own."""
        return f"{self.id}-{self.failures}" if self.failures else self.id

    def started(self, at: str) -> Self:
        """The part when its present try begins; again: as it was."""
        return self if self.started_at else self.model_copy(update={"started_at": at})

    def failed(self, error_code: str) -> Self:
        """The part after a try that brought nothing; the next one is another operation."""
        changed = {"failures": self.failures + 1, "started_at": "", "error_code": error_code}
        return self.model_copy(update=changed)

    def done(self, results: Sequence[CommentResult]) -> Self:
        """The part with its results."""
        return self.model_copy(update={"state": PartState.DONE, "results": tuple(results)})

    def dead(self, settings: ModerationSettings, now: datetime) -> Self:
        """The part that is tried no more: every comment goes to a person."""
        results = moderation_of(self.comments, {}, settings, now).results
        return self.model_copy(update={"state": PartState.DEAD, "results": results})


class PartRef(Model):
    """Which part of whose job; what goes through a queue."""

    organization_id: str
    client_id: str
    job_id: str
    number: int = Field(ge=0)

    @property
    def tenant(self) -> TenantRef:
        """Whose it is."""
        return TenantRef(self.organization_id, self.client_id)

    @classmethod
    def of(cls, tenant: TenantRef, part: JobPart) -> Self:
        """The reference to a part."""
        return cls(
            organization_id=tenant.organization_id,
            client_id=tenant.client_id,
            job_id=part.job_id,
            number=part.number,
        )


class QueuedPart(Model):
    """A part that was taken out of a queue for a while.

    ``receipt`` is the queue's own, ``tries`` how often it was taken, this time included.
    """

    ref: PartRef
    receipt: str = Field(repr=False)
    tries: int


class JobTicket(Model):
    """What is answered when a job was stored."""

    job_id: str
    status: JobStatus
    total: int
    processed: int

    @classmethod
    def of(cls, job: ModerationJob) -> Self:
        """How far a job is."""
        return cls(job_id=job.id, status=job.status, total=job.total, processed=job.processed)


class JobPage(JobTicket):
    """How far a job is, and one page of its results, in the order of its comments.

    Of parts that have not ended there are none yet. ``next_cursor`` is None on the last page.
    """

    results: tuple[CommentResult, ...] = ()
    next_cursor: str | None = None


def cut(
    job_id: str,
    ids: Sequence[str],
    comments: Sequence[Comment],
    places: Sequence[tuple[int, ...]],
    until: str,
) -> list[JobPart]:
    """The parts of a job: each has one of the ids, and the comments at its places."""
    return [
        JobPart(
            id=part_id,
            job_id=job_id,
            number=number,
            comments=tuple(comments[place] for place in some),
            expires_at=until,
        )
        for number, (part_id, some) in enumerate(zip(ids, places, strict=True))
    ]


def first_part(cursor: str) -> int:
    """The number of the part that a page begins with; raises InvalidRequest."""
    if not cursor:
        return 0
    if cursor.isascii() and cursor.isdigit() and len(cursor) <= 5:
        return int(cursor)
    raise InvalidRequest(
        "the cursor is none of a job's",
        user_message="El cursor no es válido. Empieza de nuevo por la primera página.",
        issues=(("cursor", "must be the nextCursor of the page before"),),
    )
