"""What is known of a part grows with each reply, and never by what cannot be trusted."""

from __future__ import annotations

from llama_marketing.domain.moderation.models import CommentLabel
from llama_marketing.domain.moderation.verdicts import Verdicts
from tests.unit.domain.moderation.samples import (
    TEXTS,
    batch_of,
    comments_in,
    verdict,
    verdicts,
)

BATCH = batch_of()
CANARIES = tuple(verdict(item) for item in BATCH.items if item.id in BATCH.canaries)
FIRST, *OTHERS = comments_in(BATCH)


def known() -> Verdicts:
    """A part of the sample texts."""
    return Verdicts.about(dict(enumerate(TEXTS)))


def test_after_an_obedient_reply_nothing_is_open() -> None:
    part = known()
    part.take(tuple(verdicts(BATCH)), BATCH)

    assert (part.open, set(part.judged)) == ({}, set(range(len(TEXTS))))


def test_what_a_reply_leaves_out_stays_open() -> None:
    part = known()
    part.take((*CANARIES, *map(verdict, OTHERS)), BATCH)

    assert (part.open, set(part.judged)) == ({0: TEXTS[0]}, {1, 2, 3})


def test_what_is_judged_twice_is_neither_open_nor_judged() -> None:
    part = known()
    part.take((*CANARIES, verdict(FIRST), verdict(FIRST), *map(verdict, OTHERS)), BATCH)

    assert (part.open, set(part.judged)) == ({}, {1, 2, 3})


def test_a_reply_that_is_not_believed_changes_nothing() -> None:
    part = known()
    part.take(tuple(map(verdict, comments_in(BATCH))), BATCH)

    assert (part.open, part.judged) == (dict(enumerate(TEXTS)), {})


def test_a_later_reply_changes_no_verdict() -> None:
    """Whatever is said again of a comment that is not open any more."""
    part = known()
    part.take(tuple(verdicts(BATCH)), BATCH)
    part.take((*CANARIES, verdict(FIRST, label="positive")), BATCH)

    assert part.judged[0].label is CommentLabel.NEGATIVE
