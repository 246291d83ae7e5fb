"""What is kept of a generation: the request, the answer and what people said of it."""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field, StrictBool

from llama_marketing.domain.config.models import is_none
from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse
from llama_marketing.domain.model import Model
from llama_marketing.domain.usage.entries import Outcome, UsageEntry
from llama_marketing.domain.usage.ratings import tally_of

MOST_REVIEWS: Final = 10
"""So many decisions are kept of one generation; the oldest make room."""


class ReviewDecision(Model):
    """What a person decides about a generation: may it be published?"""

    approved: StrictBool
    reason: str = Field(default="", max_length=2000)
    client_id: str | None = None


class Review(Model):
    """One decision, with who made it and when (UTC timestamp of fixed width)."""

    approved: bool
    reason: str
    user_id: str
    reviewed_at: str


class GenerationRecord(Model):
    """One kept generation; ``created_at`` and ``expires_at`` are UTC timestamps of fixed width.

    ``request`` and ``response`` are the JSON shapes (snake_case) of GenerationRequest and
    GenerationResponse, so that an older record stays readable; ``response`` is None where the
    operation failed. Of ``reviews`` the last one counts. ``ratings`` (of how many users) and
    ``average_rating`` (1-5) are filled in when the record is shown, and never stored with it.
    """

    id: str
    created_at: str
    expires_at: str
    user_id: str = ""
    outcome: Outcome = Outcome.OK
    error_code: str = ""
    prompt_version: str = ""
    request: dict[str, Any]
    response: dict[str, Any] | None = None
    reviews: tuple[Review, ...] = Field(default=(), exclude_if=lambda value: not value)
    ratings: int | None = Field(default=None, exclude_if=is_none)
    average_rating: float | None = Field(default=None, exclude_if=is_none)
    version: int = 1

    @property
    def review(self) -> Review | None:
        """The decision that counts."""
        return self.reviews[-1] if self.reviews else None

    def reviewed(self, decision: ReviewDecision, user_id: str, at: str) -> GenerationRecord:
        """The record with one more decision."""
        review = Review(
            approved=decision.approved, reason=decision.reason, user_id=user_id, reviewed_at=at
        )
        return self.model_copy(update={"reviews": (*self.reviews, review)[-MOST_REVIEWS:]})

    def rated(self, entry: UsageEntry | None) -> GenerationRecord:
        """The record with how its entry in the books is rated, as it is shown."""
        tally = None if entry is None else tally_of(entry)
        count = 0 if tally is None else tally.ratings
        average = None if tally is None or not count else tally.rating_sum / count
        return self.model_copy(update={"ratings": count, "average_rating": average})


def record_of(
    entry: UsageEntry,
    request: GenerationRequest,
    response: GenerationResponse | None,
    expires_at: str,
) -> GenerationRecord:
    """What is kept of the operation that ``entry`` books; no response where it failed."""
    return GenerationRecord(
        id=entry.id,
        created_at=entry.timestamp,
        expires_at=expires_at,
        user_id=entry.user_id,
        outcome=entry.outcome,
        error_code=entry.error_code,
        prompt_version=entry.prompt_version,
        request=request.model_dump(mode="json", exclude_none=True),
        response=None if response is None else response.model_dump(mode="json"),
    )


class GenerationPage(Model):
    """One page of the history, newest first; ``next_cursor`` is None on the last one."""

    items: tuple[GenerationRecord, ...]
    next_cursor: str | None = None
