"""When a key is free, and what the second request is told."""

from __future__ import annotations

import pytest

from llama_marketing.domain.errors import IdempotencyMismatch, IdempotencyRunning
from llama_marketing.domain.idempotency import KeptAnswer, answer_again

RUNNING = KeptAnswer(fingerprint="a", lease_until="T3", expires_at="T9")
DONE = RUNNING.model_copy(update={"status": 200, "body": "{}"})


@pytest.mark.parametrize(
    ("kept", "now", "free"),
    [
        (RUNNING, "T2", False),
        (RUNNING, "T3", True),
        (RUNNING, "T9", True),
        (DONE, "T3", False),
        (DONE, "T8", False),
        (DONE, "T9", True),
    ],
)
def test_a_key_is_free_when_its_lease_or_its_time_has_passed(
    kept: KeptAnswer, now: str, free: bool
) -> None:
    """A lease counts only while nothing is answered."""
    assert kept.is_free(now) is free


def test_the_same_request_gets_the_first_answer() -> None:
    assert answer_again(DONE, "a") is DONE


def test_the_same_request_is_told_that_the_first_one_runs() -> None:
    with pytest.raises(IdempotencyRunning):
        answer_again(RUNNING, "a")


@pytest.mark.parametrize("kept", [RUNNING, DONE])
def test_another_request_is_refused(kept: KeptAnswer) -> None:
    """Whether or not the first one runs."""
    with pytest.raises(IdempotencyMismatch):
        answer_again(kept, "b")
