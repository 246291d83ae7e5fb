"""Comments, what is said of them, and the answer of a moderation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self

from pydantic import Field, StrictBool, field_validator, model_validator

from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.config.models import is_none
from llama_marketing.domain.generation.models import TokenUsage
from llama_marketing.domain.model import Model

LONGEST_COMMENT = 8_000
"""Characters (code points) of one comment."""
MOST_COMMENTS = 200
"""Comments that are judged at once; more are a job."""
MOST_IN_JOB = 10_000
"""Comments of one job."""


class CommentLabel(StrEnum):
    """What a comment is."""

    POSITIVE = "positive"
    NEUTRAL = "neutral"
    NEGATIVE = "negative"
    SPAM = "spam"
    OFFENSIVE = "offensive"

    @property
    def text(self) -> str:
        """The label as a client's user reads it."""
        return _LABEL_TEXTS[self]


_LABEL_TEXTS: Mapping[CommentLabel, str] = {
    CommentLabel.POSITIVE: "positivo",
    CommentLabel.NEUTRAL: "neutral",
    CommentLabel.NEGATIVE: "negativo",
    CommentLabel.SPAM: "spam",
    CommentLabel.OFFENSIVE: "ofensivo",
}


class ModerationAction(StrEnum):
    """What to do about a comment; a suggestion, whoever carries it out."""

    REPLY = "reply"
    HIDE = "hide"
    DELETE = "delete"
    ESCALATE = "escalate"
    NONE = "none"


class ModerationFlag(StrEnum):
    """What is worth knowing about a comment or its verdict besides the label."""

    INJECTION_SUSPECTED = "injection_suspected"
    """The text looks like an order to the model."""
    NOT_JUDGED = "not_judged"
    """No valid and trusted verdict came; the label says nothing."""
    COMPLAINT = "complaint"
    """It speaks of a refund, a fraud, an authority or a lawsuit."""
    DANGER = "danger"
    """It speaks of a threat, of self-harm or of the abuse of minors."""


class Comment(Model):
    """One comment: the caller's own ``id``, up to 8,000 characters, and when it was written.

    ``created_at`` is ISO 8601; without an offset it is taken for UTC.
    """

    id: str = Field(min_length=1, max_length=256)
    text: str = Field(max_length=LONGEST_COMMENT)
    created_at: str | None = Field(default=None, max_length=64)

    @field_validator("id", "text")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if is_blank(value):
            raise ValueError("must not be blank")
        return value

    @field_validator("created_at")
    @classmethod
    def _is_a_moment(cls, value: str | None) -> str | None:
        if value is not None:
            _moment(value)
        return value

    def written_at(self, otherwise: datetime) -> datetime:
        """When it was written; ``otherwise`` where that is not known."""
        return otherwise if self.created_at is None else _moment(self.created_at)


def _moment(text: str) -> datetime:
    """An ISO 8601 moment with its offset; raises ValueError for anything else."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be a moment in ISO 8601") from None


class ModerationRequest(Model):
    """Comments to judge, from 1 to 10,000, each id once.

    More than 200, and fewer with ``as_job`` (``async`` in the JSON), are judged as a job.
    """

    comments: tuple[Comment, ...] = Field(min_length=1, max_length=MOST_IN_JOB)
    as_job: StrictBool = Field(default=False, alias="async")
    client_id: str | None = None

    @property
    def is_job(self) -> bool:
        """Whether it is judged in the background."""
        return self.as_job or len(self.comments) > MOST_COMMENTS

    @property
    def texts(self) -> tuple[str, ...]:
        """What the comments say, in their order."""
        return tuple(comment.text for comment in self.comments)

    @model_validator(mode="after")
    def _each_id_once(self) -> Self:
        if len({comment.id for comment in self.comments}) != len(self.comments):
            raise ValueError("comments: an id is repeated")
        return self


class CommentResult(Model):
    """What is said of one comment, and what to do about it.

    ``sentiment`` is from -1 (very negative) to 1 (very positive), None when unknown;
    ``confidence`` from 0 to 1 is the model's own word, 0 where it gave no valid verdict.
    """

    comment_id: str
    label: CommentLabel
    label_text: str
    sentiment: float | None
    confidence: float
    action: ModerationAction
    flags: tuple[ModerationFlag, ...] = ()
    action_id: str | None = Field(default=None, exclude_if=is_none)
    """Under which the action waits, where the client moderates automatically."""


class ModerationSummary(Model):
    """How many comments came out how; the maps hold what occurred."""

    total: int
    by_label: Mapping[str, int]
    """Of the comments with a verdict."""
    by_action: Mapping[str, int]
    by_sentiment: Mapping[str, int]
    """``positive``, ``neutral``, ``negative`` or ``unknown``, by the score."""
    not_judged: int


class ModerationResponse(Model):
    """One finished moderation: one result a comment, in the order in which they came.

    ``tokens_used`` counts every call. ``crisis`` says that too many negative comments came within
    an hour. ``partial`` says that some comments were not judged.
    """

    id: str
    model: str
    provider: str
    latency_ms: int
    tokens_used: TokenUsage
    results: tuple[CommentResult, ...]
    summary: ModerationSummary
    crisis: bool = False
    partial: bool = False
