"""From a verdict to exactly one action; the model never chooses it.

The thresholds are the client's. Hiding can be undone and is preferred to deleting, which needs
the client's wish, a verdict it can rely on and a second witness. A merely negative comment is
never hidden.
"""

from __future__ import annotations

from typing import Final

import attrs

from llama_marketing.domain.config.models import ModerationSettings
from llama_marketing.domain.moderation.models import CommentLabel, ModerationAction
from llama_marketing.domain.moderation.reading import Judgement
from llama_marketing.domain.moderation.signals import Signals

WARM_SENTIMENT: Final = 0.3
"""Above it a comment may be answered without a person (EP-MK-015, 2026-03)."""


@attrs.frozen
class Situation:
    """What an action depends on besides the verdict."""

    signals: Signals
    injection_suspected: bool
    crisis: bool


def decide(
    judgement: Judgement | None, situation: Situation, settings: ModerationSettings
) -> ModerationAction:
    """The action for a comment; ``judgement`` None is one that nobody judged validly."""
    if judgement is None or judgement.confidence < settings.min_confidence:
        return ModerationAction.ESCALATE
    if situation.injection_suspected or situation.signals.danger:
        return ModerationAction.ESCALATE
    sure = judgement.confidence >= settings.hide_confidence
    if judgement.label is CommentLabel.SPAM:
        return ModerationAction.HIDE if sure else ModerationAction.ESCALATE
    if judgement.label is CommentLabel.OFFENSIVE:
        return _offensive(situation, settings, sure=sure)
    if judgement.label is CommentLabel.NEGATIVE:
        return _negative(situation, settings, sure=sure)
    return _welcome(judgement, situation, settings, sure=sure)


def _welcome(
    judgement: Judgement, situation: Situation, settings: ModerationSettings, *, sure: bool
) -> ModerationAction:
    """A positive comment may be answered, a neutral one when it asks something."""
    positive = judgement.label is CommentLabel.POSITIVE
    if not sure or not (positive or situation.signals.question):
        return ModerationAction.NONE
    if not settings.automatic:
        return ModerationAction.REPLY
    # Without a person in between only warm words are answered, and none during a crisis.
    warm = judgement.sentiment is not None and judgement.sentiment > WARM_SENTIMENT
    if warm and not situation.crisis:
        return ModerationAction.REPLY
    return ModerationAction.ESCALATE


def _negative(
    situation: Situation, settings: ModerationSettings, *, sure: bool
) -> ModerationAction:
    """A person answers a negative comment; a complaint is for somebody who can solve it."""
    if not sure or settings.automatic or situation.signals.complaint:
        return ModerationAction.ESCALATE
    return ModerationAction.REPLY


def _offensive(
    situation: Situation, settings: ModerationSettings, *, sure: bool
) -> ModerationAction:
    if not sure:
        return ModerationAction.ESCALATE
    if settings.suggest_delete and situation.signals.hate:
        return ModerationAction.DELETE
    return ModerationAction.HIDE
