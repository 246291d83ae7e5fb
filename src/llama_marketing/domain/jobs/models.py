"""Jobs: comments to judge or texts to write, in parts that are done one by one."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Self

from pydantic import Field

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.model import Model
from llama_marketing.domain.moderation.models import Comment, CommentResult
from llama_marketing.domain.tenant import TenantRef

PARTS_OF_PAGE: Final = 20
"""Parts whose results one page of a job has, 500 results at most."""


class JobKind(StrEnum):
    """What the parts of a job are."""

    MODERATION = "moderation"
    """Some comments each."""
    BATCH = "batch"
    """A generation each."""


class JobStatus(StrEnum):
    """How far a job is; a failed one has no part that was done."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class PartState(StrEnum):
    """What became of a part; a dead one is tried no more."""

    OPEN = "open"
    DONE = "done"
    DEAD = "dead"


class Job(Model):
    """A job and its progress; the store counts the last four fields as parts end.

    Timestamps are UTC of fixed width. From ``expires_at`` on the job is forgotten.
    """

    id: str
    kind: JobKind = JobKind.MODERATION
    user_id: str = ""
    total: int
    """Comments, or generations."""
    parts: int
    created_at: str
    expires_at: str
    begun: bool = False
    processed: int = 0
    """Of the parts that ended."""
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
            change["processed"] = self.processed + part.size
        return self.model_copy(update=change)


class JobPart(Model):
    """Some comments of a job or one generation, what came of it, and how often it was tried.

    ``started_at`` is the moment by which the operation of the present try is priced and booked;
    it stays when a killed worker's part is taken up again, so that it is the same operation.
    """

    id: str
    job_id: str
    number: int
    """Its place in the job, from 0."""
    comments: tuple[Comment, ...] = Field(default=(), repr=False)
    request: GenerationRequest | None = Field(default=None, repr=False)
    """What is to be generated, in a batch."""
    expires_at: str
    state: PartState = PartState.OPEN
    started_at: str = ""
    failures: int = 0
    """Tries that came to an end and brought nothing."""
    results: tuple[CommentResult, ...] = Field(default=(), repr=False)
    generation_id: str = ""
    """Under which the generation of a batch is found in the history."""
    error_code: str = ""
    """Why the last try failed."""
    error_message: str = ""
    """The same in Spanish."""

    @property
    def size(self) -> int:
        """How much it counts in the job's progress."""
        return len(self.comments) if self.request is None else 1

    @property
    def operation_id(self) -> str:
        """Under which id the present try is booked; each that failed has an entry of its own."""
        return f"{self.id}-{self.failures}" if self.failures else self.id

    def started(self, at: str) -> Self:
        """The part when its present try begins; again: as it was."""
        return self if self.started_at else self.model_copy(update={"started_at": at})

    def failed(self, error_code: str, error_message: str = "") -> Self:
        """The part after a try that brought nothing; the next one is another operation."""
        changed = {"failures": self.failures + 1, "started_at": ""}
        told = {"error_code": error_code, "error_message": error_message}
        return self.model_copy(update=changed | told)

    def done(self, results: Sequence[CommentResult] = (), generation_id: str = "") -> Self:
        """The part with what came of it."""
        came = {"results": tuple(results), "generation_id": generation_id}
        return self.model_copy(update={"state": PartState.DONE, **came})

    def dead(self, results: Sequence[CommentResult] = ()) -> Self:
        """The part that is tried no more."""
        return self.model_copy(update={"state": PartState.DEAD, "results": tuple(results)})


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
    def of(cls, job: Job) -> Self:
        """How far a job is."""
        return cls(job_id=job.id, status=job.status, total=job.total, processed=job.processed)


class JobPage(JobTicket):
    """How far a moderation is, and one page of its results, in the order of its comments.

    Of parts that have not ended there are none yet. ``next_cursor`` is None on the last page.
    """

    results: tuple[CommentResult, ...] = ()
    next_cursor: str | None = None


PartContent = tuple[Comment, ...] | GenerationRequest
"""What one part is about: some comments, or one generation."""


def parts_of(
    job_id: str, ids: Sequence[str], contents: Sequence[PartContent], until: str
) -> list[JobPart]:
    """The parts of a job that expires ``until`` then: an id and a content each."""
    return [
        JobPart(
            id=part_id,
            job_id=job_id,
            number=number,
            comments=content if isinstance(content, tuple) else (),
            request=None if isinstance(content, tuple) else content,
            expires_at=until,
        )
        for number, (part_id, content) in enumerate(zip(ids, contents, strict=True))
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
