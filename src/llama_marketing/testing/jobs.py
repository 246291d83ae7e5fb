"""The contract of the port ``Jobs``, as tests for any adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from functools import partial

from llama_marketing.domain.config.models import ModerationSettings
from llama_marketing.domain.jobs.models import Job, JobPart, JobStatus
from llama_marketing.domain.moderation.models import (
    Comment,
    CommentLabel,
    CommentResult,
    ModerationAction,
    ModerationFlag,
)
from llama_marketing.domain.moderation.results import moderation_of
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.jobs import Jobs
from llama_marketing.testing.races import run_together
from llama_marketing.testing.samples import AFTERWARDS, TENANT, TIMESTAMP

NOW = AFTERWARDS
UNTIL = "2026-03-14T18:00:00.000000Z"
OTHERS = (TenantRef("org1", "cli2"), TenantRef("org2", "cli1"))


class JobsContract(ABC):
    """Derive a class whose name starts with Test and say how an empty store is made."""

    @abstractmethod
    def make(self) -> Jobs:
        """An empty store."""

    def test_a_job_and_its_parts_are_read_back_the_same(self) -> None:
        """Text with accents and emoji, moments of comments, more parts than one trip takes."""
        jobs = self.make()
        parts = [sample_part(number) for number in range(23)]
        jobs.add(TENANT, sample_job(parts=23), parts)

        assert jobs.get(TENANT, "job1", NOW) == sample_job(parts=23)
        assert list(jobs.parts(TENANT, "job1", 0, 100)) == parts
        assert jobs.get(TENANT, "job2", NOW) is None
        assert list(jobs.parts(TENANT, "job2", 0, 100)) == []

    def test_parts_are_read_in_their_order_and_page_by_page(self) -> None:
        """``first`` is the number of the first one, whatever there is of them."""
        jobs = self.make()
        jobs.add(TENANT, sample_job(parts=12), [sample_part(number) for number in range(12)])

        def numbers(first: int, limit: int) -> list[int]:
            return [part.number for part in jobs.parts(TENANT, "job1", first, limit)]

        assert numbers(0, 5) == [0, 1, 2, 3, 4]
        assert numbers(9, 5) == [9, 10, 11]
        assert numbers(11, 1) == [11]
        assert numbers(12, 5) == []

    def test_adding_again_changes_nothing(self) -> None:
        """Neither how far the job is."""
        jobs = self.make()
        job, parts = sample_job(), [sample_part(0), sample_part(1)]
        jobs.add(TENANT, job, parts)
        jobs.replace(TENANT, parts[0], judged(parts[0]))
        jobs.add(TENANT, job, parts)

        kept = jobs.get(TENANT, "job1", NOW)
        assert kept is not None and kept.processed == 2
        assert list(jobs.parts(TENANT, "job1", 0, 2)) == [judged(parts[0]), parts[1]]

    def test_the_job_follows_its_parts(self) -> None:
        """From queued over running to completed, whatever became of each part."""
        jobs = self.make()
        parts = [sample_part(number) for number in range(2)]
        jobs.add(TENANT, sample_job(), parts)
        seen = [self._progress(jobs)]

        begun = parts[0].started(NOW)
        for one, other in ((parts[0], begun), (begun, judged(begun)), (parts[1], dead(parts[1]))):
            assert jobs.replace(TENANT, one, other) is True
            seen.append(self._progress(jobs))

        assert seen == [
            (JobStatus.QUEUED, 0),
            (JobStatus.RUNNING, 0),
            (JobStatus.RUNNING, 2),
            (JobStatus.COMPLETED, 4),
        ]

    def test_a_replacement_that_is_repeated_counts_once(self) -> None:
        """As after a lost answer."""
        jobs = self.make()
        part = sample_part(0)
        jobs.add(TENANT, sample_job(), [part, sample_part(1)])

        assert jobs.replace(TENANT, part, judged(part)) is True
        assert jobs.replace(TENANT, part, judged(part)) is True
        assert self._progress(jobs) == (JobStatus.RUNNING, 2)

    def test_what_changed_since_is_not_replaced(self) -> None:
        """Nothing is overwritten unseen, and nothing made that is not there."""
        jobs = self.make()
        part = sample_part(0)
        jobs.add(TENANT, sample_job(), [part, sample_part(1)])
        jobs.replace(TENANT, part, judged(part))

        assert jobs.replace(TENANT, part, dead(part)) is False
        assert jobs.replace(TENANT, sample_part(7), judged(sample_part(7))) is False
        assert jobs.replace(TENANT, part, part) is False
        assert list(jobs.parts(TENANT, "job1", 0, 1)) == [judged(part)]
        assert self._progress(jobs) == (JobStatus.RUNNING, 2)

    def test_a_replacement_by_the_same_is_no_progress(self) -> None:
        """A part that begins once more is as it was."""
        jobs = self.make()
        part = sample_part(0)
        jobs.add(TENANT, sample_job(), [part, sample_part(1)])

        assert jobs.replace(TENANT, part, part) is True
        assert self._progress(jobs) == (JobStatus.QUEUED, 0)

    def test_parts_that_end_at_once_are_all_counted(self) -> None:
        """By as many threads."""
        jobs = self.make()
        parts = [sample_part(number) for number in range(8)]
        jobs.add(TENANT, sample_job(parts=8), parts)

        done = run_together([partial(jobs.replace, TENANT, part, judged(part)) for part in parts])

        assert done == [True] * 8
        assert self._progress(jobs) == (JobStatus.COMPLETED, 16)

    def test_an_expired_job_is_never_answered(self) -> None:
        """From the very moment of ``expires_at`` on."""
        jobs = self.make()
        jobs.add(TENANT, sample_job(expires_at=NOW), [sample_part(0)])

        assert jobs.get(TENANT, "job1", NOW) is None
        assert jobs.get(TENANT, "job1", TIMESTAMP) is not None

    def test_tenants_do_not_see_each_other(self) -> None:
        """The same id elsewhere is another job."""
        jobs = self.make()
        part = sample_part(0)
        jobs.add(TENANT, sample_job(), [part, sample_part(1)])
        for other in OTHERS:
            assert jobs.get(other, "job1", NOW) is None
            assert list(jobs.parts(other, "job1", 0, 5)) == []
            assert jobs.replace(other, part, judged(part)) is False

        assert list(jobs.parts(TENANT, "job1", 0, 1)) == [part]

    def _progress(self, jobs: Jobs) -> tuple[JobStatus, int]:
        job = jobs.get(TENANT, "job1", NOW)
        assert job is not None
        return job.status, job.processed


def sample_job(**fields: object) -> Job:
    """A job of two parts, until March 2026."""
    given: dict[str, object] = {
        "id": "job1",
        "user_id": "ana",
        "total": 4,
        "parts": 2,
        "created_at": TIMESTAMP,
        "expires_at": UNTIL,
    }
    return Job.read(given | fields)


def sample_part(number: int, job_id: str = "job1") -> JobPart:
    """A part of two comments."""
    comments = (
        Comment(id=f"{number}_1", text="¡Qué barbaridad! ☕", created_at=TIMESTAMP),
        Comment(id=f"{number}_2", text="Gracias"),
    )
    return JobPart(
        id=f"part{number}", job_id=job_id, number=number, comments=comments, expires_at=UNTIL
    )


def judged(part: JobPart) -> JobPart:
    """The part after a model found all of it offensive."""
    results = [
        CommentResult(
            comment_id=comment.id,
            label=CommentLabel.OFFENSIVE,
            label_text="ofensivo",
            sentiment=-0.75,
            confidence=0.9,
            action=ModerationAction.HIDE,
            flags=(ModerationFlag.COMPLAINT,),
        )
        for comment in part.comments
    ]
    return part.done(results)


def dead(part: JobPart) -> JobPart:
    """The part after its last try."""
    moment = datetime.fromisoformat(TIMESTAMP)
    left = moderation_of(part.comments, {}, ModerationSettings(), moment).results
    return part.failed("host_unreachable").dead(left)
