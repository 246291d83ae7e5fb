"""Ratings: what each user thinks of a generation, and what a change of mind moves.

The last rating of a user counts. An entry keeps the tally of its current ratings, so that the
roll-ups are the sums of the entries here too, and an entry that is written again for another
reason keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

import attrs
from pydantic import Field

from llama_marketing.domain.errors import InvalidRequest, NotFound
from llama_marketing.domain.model import Model
from llama_marketing.domain.usage.entries import Purpose, RatingTally, UsageEntry
from llama_marketing.domain.usage.rollups import Sums, sums_of

Stars = Annotated[int, Field(ge=1, le=5, strict=True)]
"""From 1, poor, to 5, excellent; no boolean and no text."""


class Rating(Model):
    """What one user thinks of one generation; no user id is a user too."""

    entry_id: str = Field(min_length=1, max_length=128)
    user_id: str = Field(default="", max_length=256)
    rating: Stars


class Thumbs(StrEnum):
    """The short way to rate."""

    UP = "up"
    DOWN = "down"


_OF_THUMBS = {Thumbs.UP: 5, Thumbs.DOWN: 1}


class Feedback(Model):
    """A rating as it is asked for: exactly one of ``rating`` and ``thumbs``."""

    rating: Stars | None = None
    thumbs: Thumbs | None = None

    @property
    def stars(self) -> int:
        """The rating; thumbs up is 5, thumbs down is 1. Raises InvalidRequest."""
        if self.rating is not None and self.thumbs is None:
            return self.rating
        if self.thumbs is not None and self.rating is None:
            return _OF_THUMBS[self.thumbs]
        raise InvalidRequest(
            "feedback is exactly one of rating and thumbs",
            user_message="Envía «rating» (de 1 a 5) o «thumbs» (up o down), solo uno de los dos.",
            issues=(("rating", "or thumbs is required, not both"),),
        )


class RatedGeneration(Model):
    """How a generation is rated: by this user, by how many users, and their mean (1-5)."""

    id: str
    rating: int
    ratings: int
    average_rating: float


@attrs.frozen
class Rated:
    """What a rating leads to: the entry as it is to be, and what is added to its roll-ups.

    ``change`` None: the rating stands already, and nothing is to be written.
    """

    entry: UsageEntry
    change: Sums | None


def rate(rating: Rating, entry: UsageEntry | None, kept: Rating | None) -> Rated:
    """Count a rating; ``entry`` and ``kept`` are what the store has of its entry and its user.

    Raises NotFound for what is no generation: nothing, a validation, an adjustment.
    """
    if entry is None or entry.adjusts or entry.purpose is not Purpose.GENERATION:
        raise NotFound(f"there is no generation {rating.entry_id} to rate")
    is_own = rating.user_id == entry.user_id
    before = kept.rating if kept else entry.quality_rating if is_own else None
    if before == rating.rating:
        return Rated(entry, None)
    tally = tally_of(entry)
    changed = {
        "rating_sum": tally.rating_sum + rating.rating - (before or 0),
        "ratings": tally.ratings + (before is None),
    }
    after = entry.model_copy(
        update={
            "rating_tally": tally.model_copy(update=changed),
            "quality_rating": rating.rating if is_own else entry.quality_rating,
        }
    )
    return Rated(after, sums_of(after) - sums_of(entry))


def tally_of(entry: UsageEntry) -> RatingTally:
    """The tally of an entry, also of one that nobody rated since it was booked."""
    if entry.rating_tally is not None:
        return entry.rating_tally
    own = entry.quality_rating
    return RatingTally(rating_sum=own or 0, ratings=int(own is not None), recorded=own)


def recounted(entry: UsageEntry, kept: Iterable[Rating]) -> UsageEntry:
    """The entry with the tally that its ratings add up to; the entry itself if it was not rated.

    ``kept`` is every rating that came after it was booked, one a user.
    """
    stars = {rating.user_id: rating.rating for rating in kept}
    tally = tally_of(entry)
    if tally.recorded is not None:
        stars.setdefault(entry.user_id, tally.recorded)
    counted = {"rating_sum": sum(stars.values()), "ratings": len(stars)}
    own = {"quality_rating": stars.get(entry.user_id)}
    if entry.rating_tally is None and all(getattr(tally, n) == c for n, c in counted.items()):
        return entry
    return entry.model_copy(update={"rating_tally": tally.model_copy(update=counted), **own})
