"""Moderation jobs: how they are cut, how far they are, and which operation a try is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from llama_marketing.domain.config.models import ModerationSettings
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.jobs.models import (
    JobStatus,
    JobTicket,
    PartRef,
    PartState,
    first_part,
    parts_of,
)
from llama_marketing.domain.moderation.models import ModerationAction, ModerationFlag
from llama_marketing.domain.moderation.results import moderation_of
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.testing.jobs import dead, judged, sample_job, sample_part
from tests.unit.domain.moderation.samples import comments_of

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
UNTIL = "2027-02-22T18:00:00.000000Z"


def test_comments_are_cut_into_parts_of_25_in_their_order() -> None:
    comments = comments_of(*[f"Hola {n}" for n in range(60)])

    contents = [comments[:25], comments[25:50], comments[50:]]
    parts = parts_of("job1", ["p0", "p1", "p2"], contents, UNTIL)

    assert [len(part.comments) for part in parts] == [25, 25, 10]
    assert [(part.id, part.number, part.job_id) for part in parts] == [
        ("p0", 0, "job1"),
        ("p1", 1, "job1"),
        ("p2", 2, "job1"),
    ]
    assert tuple(comment for part in parts for comment in part.comments) == comments


@pytest.mark.parametrize(
    ("begun", "done", "dead_parts", "status"),
    [
        (False, 0, 0, JobStatus.QUEUED),
        (True, 0, 0, JobStatus.RUNNING),
        (True, 1, 0, JobStatus.RUNNING),
        (True, 0, 1, JobStatus.RUNNING),
        (True, 2, 0, JobStatus.COMPLETED),
        (True, 1, 1, JobStatus.COMPLETED),
        (True, 0, 2, JobStatus.FAILED),
    ],
)
def test_a_job_has_failed_only_when_nothing_of_it_was_judged(
    begun: bool, done: int, dead_parts: int, status: JobStatus
) -> None:
    job = sample_job(begun=begun, done_parts=done, dead_parts=dead_parts)

    assert job.status is status
    assert JobTicket.of(job).status is status


def test_a_job_counts_the_comments_of_the_parts_that_ended() -> None:
    begun = sample_job().after(sample_part(0).started(UNTIL))
    after = begun.after(judged(sample_part(0))).after(dead(sample_part(1)))

    assert (begun.processed, begun.begun) == (0, True)
    assert (after.processed, after.done_parts, after.dead_parts) == (4, 1, 1)


def test_a_part_that_is_taken_up_again_is_the_same_operation() -> None:
    part = sample_part(0).started("2026-11-24T18:00:00.000000Z")
    again = part.started("2026-11-24T18:01:00.000000Z")

    assert again == part
    assert part.operation_id == "part0"


def test_a_try_that_failed_is_followed_by_another_operation() -> None:
    part = sample_part(0).started("2026-11-24T18:00:00.000000Z").failed("host_unreachable")

    assert part.operation_id == "part0-1"
    assert part.started_at == ""
    assert part.failed("bad_key").operation_id == "part0-2"


def test_the_comments_of_a_dead_part_go_to_a_person() -> None:
    comments = sample_part(0).comments
    left = moderation_of(comments, {}, ModerationSettings(), NOW).results
    part = sample_part(0).failed("bad_key").dead(left)

    assert (part.state, part.error_code) == (PartState.DEAD, "bad_key")
    assert [result.comment_id for result in part.results] == ["0_1", "0_2"]
    assert {result.action for result in part.results} == {ModerationAction.ESCALATE}
    assert all(ModerationFlag.NOT_JUDGED in result.flags for result in part.results)


def test_a_reference_names_the_part_and_whose_it_is() -> None:
    ref = PartRef.of(TenantRef("org1", "cli1"), sample_part(3))

    assert (ref.job_id, ref.number, ref.tenant) == ("job1", 3, TenantRef("org1", "cli1"))


@pytest.mark.parametrize(("cursor", "first"), [("", 0), ("20", 20), ("00", 0), ("99999", 99999)])
def test_a_cursor_is_the_number_of_a_part(cursor: str, first: int) -> None:
    assert first_part(cursor) == first


@pytest.mark.parametrize("cursor", ["-1", "1.5", "x", "²", "100000", " 1"])
def test_what_is_no_number_of_a_part_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        first_part(cursor)

    assert caught.value.issues[0][0] == "cursor"


def test_a_log_never_shows_what_people_wrote() -> None:
    assert "barbaridad" not in repr(judged(sample_part(0)))
