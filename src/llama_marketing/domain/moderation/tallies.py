"""Sums of what moderations said, by label, action and day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Self

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.model import Model
from llama_marketing.domain.moderation.models import CommentResult
from llama_marketing.domain.moderation.results import summarise

LONGEST_RANGE = 366
"""Days."""


class ModerationTally(Model):
    """How many comments of one operation came out how; kept once under the operation's id.

    ``day`` is in the billing zone.
    """

    id: str
    day: str
    expires_at: str
    total: int
    not_judged: int
    by_label: Mapping[str, int]
    """Of the comments with a verdict."""
    by_action: Mapping[str, int]

    @classmethod
    def of(cls, tally_id: str, day: str, until: str, results: Sequence[CommentResult]) -> Self:
        """The tally of some results, kept until then."""
        summary = summarise(results)
        return cls(
            id=tally_id,
            day=day,
            expires_at=until,
            total=summary.total,
            not_judged=summary.not_judged,
            by_label=dict(summary.by_label),
            by_action=dict(summary.by_action),
        )


class ModerationSums(Model):
    """Comments moderated: how many, and how they came out; the maps hold what occurred."""

    total: int
    not_judged: int
    by_label: Mapping[str, int]
    by_action: Mapping[str, int]

    @classmethod
    def of(cls, tallies: Iterable[ModerationTally]) -> Self:
        """The sums of some tallies."""
        labels: Counter[str] = Counter()
        actions: Counter[str] = Counter()
        total = not_judged = 0
        for tally in tallies:
            labels.update(tally.by_label)
            actions.update(tally.by_action)
            total += tally.total
            not_judged += tally.not_judged
        return cls(
            total=total, not_judged=not_judged, by_label=dict(labels), by_action=dict(actions)
        )


class ModerationDay(ModerationSums):
    """The sums of one day, ``YYYY-MM-DD`` in the billing zone."""

    day: str


class ModerationOverview(ModerationSums):
    """The sums of some days, both ends included; ``by_day`` has the days with comments."""

    first_day: str
    last_day: str
    by_day: tuple[ModerationDay, ...]


def overview(tallies: Sequence[ModerationTally], first: date, last: date) -> ModerationOverview:
    """What the tallies of the days from first to last sum up to."""
    days = sorted({tally.day for tally in tallies})
    by_day = [
        ModerationDay(
            day=day,
            **ModerationSums.of(tally for tally in tallies if tally.day == day).model_dump(),
        )
        for day in days
    ]
    return ModerationOverview(
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        by_day=tuple(by_day),
        **ModerationSums.of(tallies).model_dump(),
    )


def days_from(first: str, last: str) -> tuple[date, date]:
    """Two days as dates; raises InvalidRequest for no days, a reversed or too long range."""
    found = _day("from", first), _day("to", last)
    if not 0 <= (found[1] - found[0]).days < LONGEST_RANGE:
        raise InvalidRequest(
            f"the range must not be reversed or longer than {LONGEST_RANGE} days",
            user_message=f"El rango de fechas debe tener de 1 a {LONGEST_RANGE} días.",
            issues=(("to", f"must be at most {LONGEST_RANGE} days after from"),),
        )
    return found


def _day(name: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
        # It reads other ways of writing a day too, such as a week's.
        if day.isoformat() == text:
            return day
    except ValueError:
        pass  # said below, without the caller's text
    raise InvalidRequest(
        f"{name} must be a day written YYYY-MM-DD",
        user_message=f"La fecha «{name}» debe escribirse como AAAA-MM-DD.",
        issues=((name, "must be YYYY-MM-DD"),),
    )
