"""Pending actions: kept for whoever carries them out, decided by people, with an audit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import attrs

from llama_marketing.app.generation.callers import check_user_id
from llama_marketing.domain.config.models import ModerationSettings
from llama_marketing.domain.errors import NotFound, RevisionConflict
from llama_marketing.domain.moderation.actions import ActionPage, PendingAction, Resolution
from llama_marketing.domain.moderation.crisis import WINDOW
from llama_marketing.domain.moderation.models import (
    Comment,
    CommentLabel,
    CommentResult,
    ModerationAction,
)
from llama_marketing.domain.paging import check_page
from llama_marketing.domain.tenant import TenantRef, check_id, check_owner
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.ids import Ids
from llama_marketing.ports.moderation_actions import ModerationActions


@attrs.frozen(kw_only=True)
class PendingActions:
    """Makes, lists and decides actions. Safe between threads."""

    actions: ModerationActions
    clock: Clock
    ids: Ids
    retention: timedelta
    """How long an action is kept, decided or not."""

    def make(
        self,
        tenant: TenantRef,
        comments: Sequence[Comment],
        results: Sequence[CommentResult],
        ids: Sequence[str] = (),
        moment: datetime | None = None,
    ) -> tuple[CommentResult, ...]:
        """Keep an action for every result that wants something done; the results with its id.

        With ``ids``, one a comment and made for ``moment``, doing it again keeps nothing twice.
        """
        now = self.clock.now() if moment is None else moment
        created_at, expires_at = timestamp(now), timestamp(now + self.retention)
        made: list[PendingAction] = []
        known: list[CommentResult] = []
        for place, (comment, result) in enumerate(zip(comments, results, strict=True)):
            if result.action is ModerationAction.NONE:
                known.append(result)
                continue
            action_id = ids[place] if ids else self.ids.new(now)
            written_at = timestamp(comment.written_at(now))
            made.append(
                PendingAction.of(action_id, comment, result, written_at, created_at, expires_at)
            )
            known.append(result.model_copy(update={"action_id": action_id}))
        self.actions.add(tenant, made)
        return tuple(known)

    def negatives(
        self, tenant: TenantRef, comments: Sequence[Comment], settings: ModerationSettings
    ) -> list[datetime]:
        """When the negative comments of the last hour were written, these comments left out."""
        now = self.clock.now()
        known = {comment.id for comment in comments}
        made = self.actions.made_since(tenant, timestamp(now), timestamp(now - WINDOW))
        found = {
            action.comment_id: datetime.fromisoformat(action.written_at)
            for action in made
            if action.label is CommentLabel.NEGATIVE
            and action.confidence >= settings.min_confidence
            and action.comment_id not in known
        }
        return list(found.values())

    def page(self, tenant: TenantRef, cursor: str, limit: int) -> ActionPage:
        """What is still pending, newest first, ``limit`` (1-100) at a time."""
        check_page(cursor, limit)
        found = self.actions.pending(tenant, timestamp(self.clock.now()), cursor, limit + 1)
        items = tuple(found[:limit])
        return ActionPage(items=items, next_cursor=items[-1].id if len(found) > limit else None)

    def resolve(
        self,
        tenant: TenantRef,
        action_id: str,
        resolution: Resolution | Mapping[str, Any],
        user_id: str,
    ) -> PendingAction:
        """Add a person's decision to an action; the last decision counts.

        Raises NotFound, and RevisionConflict when somebody else decided at the same moment.
        """
        check_id("action_id", action_id)
        decision, user = Resolution.read(resolution), check_user_id(user_id)
        check_owner(tenant, decision.client_id)
        now = timestamp(self.clock.now())
        seen = self.actions.get(tenant, action_id, now)
        if seen is None:
            raise NotFound(f"{tenant} has no moderation action {action_id}")
        decided = seen.decided(decision, user, now)
        if not self.actions.replace(tenant, seen, decided):
            raise RevisionConflict(
                f"{tenant}: action {action_id} was decided by somebody else",
                user_message="Otra persona decidió esta acción al mismo tiempo. "
                "Recarga e intenta de nuevo.",
            )
        return decided
