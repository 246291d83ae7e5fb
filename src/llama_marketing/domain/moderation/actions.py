"""Pending actions: what a moderation wants done, what a person decided, who and when.

Carrying an action out is another service's work; here is what it should do and on whose word.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field

from llama_marketing.domain.model import Model
from llama_marketing.domain.moderation.models import (
    Comment,
    CommentLabel,
    CommentResult,
    ModerationAction,
    ModerationFlag,
)


class ActionStatus(StrEnum):
    """Whether somebody still has to decide."""

    PENDING = "pending"
    RESOLVED = "resolved"


class Decision(StrEnum):
    """What a person wants done: leave the comment visible, hide it, delete it, or ask another."""

    APPROVE = "approve"
    HIDE = "hide"
    DELETE = "delete"
    ESCALATE = "escalate"


class Resolution(Model):
    """A person's decision as it is sent, with a reason of up to 2,000 characters."""

    action: Decision
    reason: str = Field(default="", max_length=2_000)
    client_id: str | None = None


class DecidedStep(Model):
    """One line of the audit: who decided what, when (a UTC timestamp) and why."""

    action: Decision
    user_id: str
    at: str
    reason: str = ""


class PendingAction(Model):
    """One suggested action on a comment; timestamps are UTC of fixed width.

    ``audit`` holds every decision, the last one counts. An escalated action stays pending, for
    somebody else. From ``expires_at`` on it is forgotten.
    """

    id: str
    comment_id: str
    text: str
    label: CommentLabel
    label_text: str
    sentiment: float | None = None
    confidence: float
    action: ModerationAction
    flags: tuple[ModerationFlag, ...] = ()
    status: ActionStatus = ActionStatus.PENDING
    audit: tuple[DecidedStep, ...] = ()
    written_at: str
    """When the comment was written, as far as that is known."""
    created_at: str
    expires_at: str
    version: int = 1

    @classmethod
    def of(
        cls,
        action_id: str,
        comment: Comment,
        result: CommentResult,
        written_at: str,
        created_at: str,
        expires_at: str,
    ) -> Self:
        """What a result wants done about its comment."""
        return cls(
            id=action_id,
            comment_id=comment.id,
            text=comment.text,
            label=result.label,
            label_text=result.label_text,
            sentiment=result.sentiment,
            confidence=result.confidence,
            action=result.action,
            flags=result.flags,
            written_at=written_at,
            created_at=created_at,
            expires_at=expires_at,
        )

    def decided(self, resolution: Resolution, user_id: str, at: str) -> Self:
        """The action after one more decision."""
        step = DecidedStep(
            action=resolution.action, user_id=user_id, at=at, reason=resolution.reason
        )
        open_still = resolution.action is Decision.ESCALATE
        status = ActionStatus.PENDING if open_still else ActionStatus.RESOLVED
        return self.model_copy(update={"status": status, "audit": (*self.audit, step)})


class ActionPage(Model):
    """One page of pending actions, newest first; ``next_cursor`` is None on the last one."""

    items: tuple[PendingAction, ...]
    next_cursor: str | None = None
