"""A planned month of content, entry by entry."""

from __future__ import annotations

import warnings
from enum import StrEnum

from llama_marketing.domain.model import Model
from llama_marketing.domain.vocabulary import Platform


class ContentType(StrEnum):
    """In which form a piece is published."""

    FEED = "feed"
    REEL = "reel"
    STORY = "story"
    CAROUSEL = "carousel"


class Objective(StrEnum):
    """What a piece is for."""

    SALES = "sales"
    BRAND = "brand"
    OTHER = "other"


with warnings.catch_warnings():
    # `copy` is the wire's name; pydantic's deprecated method of that name goes unused.
    warnings.simplefilter("ignore", UserWarning)

    class CalendarEntry(Model):
        """One piece of the month.

        ``date`` is ``YYYY-MM-DD`` and ``time`` is ``HH:MM``, both in the zone the month was planned
        in. ``copy`` is the text alone; its hashtags stand beside it, each with its ``#``.
        """

        date: str
        time: str
        platform: Platform
        type: ContentType
        objective: Objective
        topic: str
        copy: str  # type: ignore[assignment]  # the base's deprecated method
        hashtags: tuple[str, ...] = ()
