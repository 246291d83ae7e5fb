"""From comments and verdicts to the answer: ids out are ids in, in their order, always."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import attrs

from llama_marketing.domain.config.models import ModerationSettings
from llama_marketing.domain.moderation.crisis import is_crisis
from llama_marketing.domain.moderation.models import (
    Comment,
    CommentLabel,
    CommentResult,
    ModerationFlag,
    ModerationSummary,
)
from llama_marketing.domain.moderation.policy import WARM_SENTIMENT, Situation, decide
from llama_marketing.domain.moderation.reading import Judgement
from llama_marketing.domain.moderation.signals import signals_of
from llama_marketing.domain.moderation.suspicion import suspects_injection


@attrs.frozen
class Moderation:
    """What came of a request's comments."""

    results: tuple[CommentResult, ...]
    summary: ModerationSummary
    crisis: bool


def moderation_of(
    comments: Sequence[Comment],
    judgements: Mapping[int, Judgement],
    settings: ModerationSettings,
    now: datetime,
    earlier: Sequence[datetime] = (),
) -> Moderation:
    """One result a comment; ``judgements`` are the valid verdicts, by the comment's place.

    A comment that does not say when it was written counts as written ``now``. ``earlier`` are the
    moments of negative comments that came before and count for a crisis too.
    """
    negatives = [
        comments[place].written_at(now)
        for place, judgement in judgements.items()
        if judgement.label is CommentLabel.NEGATIVE
        and judgement.confidence >= settings.min_confidence
    ]
    crisis = is_crisis([*earlier, *negatives], settings.crisis_per_hour)
    results = tuple(
        _result(comment, judgements.get(place), settings, crisis)
        for place, comment in enumerate(comments)
    )
    return Moderation(results, summarise(results), crisis)


def _result(
    comment: Comment, judgement: Judgement | None, settings: ModerationSettings, crisis: bool
) -> CommentResult:
    signals, suspected = signals_of(comment.text), suspects_injection(comment.text)
    flags = (
        (ModerationFlag.INJECTION_SUSPECTED, suspected),
        (ModerationFlag.NOT_JUDGED, judgement is None),
        (ModerationFlag.COMPLAINT, signals.complaint),
        (ModerationFlag.DANGER, signals.danger),
    )
    # The label of what nobody judged says nothing, and nothing follows from it.
    label = CommentLabel.NEUTRAL if judgement is None else judgement.label
    return CommentResult(
        comment_id=comment.id,
        label=label,
        label_text=label.text,
        sentiment=None if judgement is None else judgement.sentiment,
        confidence=0.0 if judgement is None else judgement.confidence,
        action=decide(judgement, Situation(signals, suspected, crisis), settings),
        flags=tuple(flag for flag, raised in flags if raised),
    )


def summarise(results: Sequence[CommentResult]) -> ModerationSummary:
    """How many came out how."""
    judged = [result for result in results if ModerationFlag.NOT_JUDGED not in result.flags]
    return ModerationSummary(
        total=len(results),
        by_label=Counter(result.label.value for result in judged),
        by_action=Counter(result.action.value for result in results),
        by_sentiment=Counter(_side(result.sentiment) for result in results),
        not_judged=len(results) - len(judged),
    )


def _side(sentiment: float | None) -> str:
    if sentiment is None:
        return "unknown"
    if abs(sentiment) <= WARM_SENTIMENT:
        return "neutral"
    return "positive" if sentiment > 0 else "negative"
