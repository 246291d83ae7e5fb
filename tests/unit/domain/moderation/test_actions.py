"""Pending actions: made of results, decided step by step, with every step kept."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.moderation.actions import (
    ActionStatus,
    DecidedStep,
    Decision,
    PendingAction,
    Resolution,
)
from llama_marketing.domain.moderation.models import Comment, CommentLabel, CommentResult
from llama_marketing.domain.moderation.models import ModerationAction as Action
from llama_marketing.testing.moderation_actions import sample_action


def test_an_action_says_what_the_result_said_of_which_comment() -> None:
    comment = Comment(id="178_1", text="Idiotas")
    result = CommentResult(
        comment_id="178_1",
        label=CommentLabel.OFFENSIVE,
        label_text="ofensivo",
        sentiment=-1.0,
        confidence=0.9,
        action=Action.HIDE,
    )
    made = PendingAction.of("a1", comment, result, "2026-11-27", "2026-11-28", "2027-02-26")

    assert (made.id, made.comment_id, made.text) == ("a1", "178_1", "Idiotas")
    assert (made.label, made.label_text, made.action) == ("offensive", "ofensivo", "hide")
    assert (made.sentiment, made.confidence, made.flags) == (-1.0, 0.9, ())
    assert (made.created_at, made.expires_at) == ("2026-11-28", "2027-02-26")
    assert made.written_at == "2026-11-27"
    assert (made.status, made.audit) == (ActionStatus.PENDING, ())


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        (Decision.APPROVE, ActionStatus.RESOLVED),
        (Decision.HIDE, ActionStatus.RESOLVED),
        (Decision.DELETE, ActionStatus.RESOLVED),
        (Decision.ESCALATE, ActionStatus.PENDING),
    ],
)
def test_a_decision_resolves_unless_it_asks_somebody_else(
    decision: Decision, status: ActionStatus
) -> None:
    decided = sample_action("a1").decided(Resolution(action=decision), "ana", "t1")

    assert decided.status is status
    assert decided.audit == (DecidedStep(action=decision, user_id="ana", at="t1"),)


def test_every_decision_stays_and_the_last_one_counts() -> None:
    action = sample_action("a1")
    for decision, user in ((Decision.ESCALATE, "ana"), (Decision.HIDE, "eva")):
        action = action.decided(Resolution(action=decision, reason=f"por {user}"), user, "t")

    assert [(step.action, step.user_id, step.reason) for step in action.audit] == [
        ("escalate", "ana", "por ana"),
        ("hide", "eva", "por eva"),
    ]
    assert action.status is ActionStatus.RESOLVED


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"action": "reply"},
        {"action": "none"},
        {"action": "hide", "reason": "x" * 2001},
        {"a": 1},
    ],
)
def test_what_is_no_decision_is_refused(sent: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        Resolution.read(sent)
