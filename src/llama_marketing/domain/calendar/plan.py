"""From what a model proposed for a month to a plan that keeps its rules."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.domain.calendar.days import day_said, days_in, placed, time_said
from llama_marketing.domain.calendar.models import CalendarEntry, ContentType, Objective
from llama_marketing.domain.calendar.shares import OBJECTIVE_SHARES, TYPE_SHARES, in_shares
from llama_marketing.domain.vocabulary import Platform


@attrs.frozen
class ProposedEntry:
    """One piece as a model wrote it: its texts are clean, the rest is whatever it said."""

    topic: str
    copy: str
    hashtags: tuple[str, ...] = ()
    date: str = ""
    time: str = ""
    platform: Platform | None = None
    type: ContentType | None = None
    objective: Objective | None = None


def planned(
    proposed: Sequence[ProposedEntry], month: str, platforms: Sequence[Platform]
) -> tuple[CalendarEntry, ...]:
    """The month's entries in their order of time.

    Every date lies in ``month``, the types and objectives have their exact shares, the platform
    is one of ``platforms`` (at least one; the first where another was proposed). What was
    proposed stays where it keeps these rules. Raises InvalidRequest for what is no month.
    """
    days = days_in(month)
    chosen = placed([day_said(entry.date, days) for entry in proposed], days)
    types = in_shares([entry.type for entry in proposed], TYPE_SHARES)
    objectives = in_shares([entry.objective for entry in proposed], OBJECTIVE_SHARES)
    entries = [
        CalendarEntry(
            date=f"{month}-{chosen[place]:02}",
            time=time_said(entry.time, place),
            platform=_one_of(platforms, entry.platform),
            type=types[place],
            objective=objectives[place],
            topic=entry.topic,
            copy=entry.copy,
            hashtags=entry.hashtags,
        )
        for place, entry in enumerate(proposed)
    ]
    return tuple(sorted(entries, key=lambda entry: (entry.date, entry.time)))


def _one_of(platforms: Sequence[Platform], wanted: Platform | None) -> Platform:
    return wanted if wanted is not None and wanted in platforms else platforms[0]
