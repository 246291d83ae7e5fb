"""The days and hours of a month's pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from llama_marketing.domain.usage.periods import month_bounds

USUAL_TIMES = ("09:00", "13:00", "19:00")
"""In turn, for a piece without a time of its own (our choice: before, at and after work)."""

_DATE = re.compile(r"\s*[0-9]{4}-[0-9]{1,2}-([0-9]{1,2})(?![0-9])")
_TIME = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")


def next_month(today: date) -> str:
    """The month ``YYYY-MM`` after the day's own; of the last there is, that one."""
    fourth = min(today.replace(day=28).toordinal() + 4, date.max.toordinal())
    return date.fromordinal(fourth).isoformat()[:7]


def days_in(month: str) -> int:
    """How many days ``YYYY-MM`` has; raises InvalidRequest for what is no month."""
    _, last = month_bounds(month)
    return last.day


def dates_in(month: str) -> tuple[str, ...]:
    """Every date of ``YYYY-MM``; raises InvalidRequest for what is no month."""
    return tuple(f"{month}-{day:02}" for day in range(1, days_in(month) + 1))


def day_said(text: str, days: int) -> int | None:
    """The day that a date names, whatever its year and month; None where there is no such day."""
    match = _DATE.match(text)
    if match is None or not 1 <= int(match[1]) <= days:
        return None
    return int(match[1])


def time_said(text: str, place: int) -> str:
    """The time ``HH:MM`` that a text is, else the usual one of the ``place``-th piece."""
    time = text.strip()
    return time if _TIME.fullmatch(time) else USUAL_TIMES[place % len(USUAL_TIMES)]


def placed(wanted: Sequence[int | None], days: int) -> tuple[int, ...]:
    """A day from 1 to ``days`` for every piece: the wanted one, unless that day is crowded.

    No day gets more than one piece above what an even month has. Who has no day goes to the
    emptiest one, nearest to the piece's place in an even month.
    """
    most = -(-len(wanted) // days) + 1
    load = [0] * (days + 1)
    found: list[int | None] = []
    for day in wanted:
        keeps = day is not None and load[day] < most
        if day is not None and keeps:
            load[day] += 1
        found.append(day if keeps else None)
    for place, day in enumerate(found):
        if day is None:
            even = 1 + (2 * place + 1) * days // (2 * len(found))
            free = min(range(1, days + 1), key=lambda d: (load[d], abs(d - even), d))
            load[free] += 1
            found[place] = free
    return tuple(day for day in found if day is not None)
