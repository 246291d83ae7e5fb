"""Which days a view is about: a day, a week, a month, a quarter, or from one day to another."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum

import attrs

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.usage.periods import month_bounds

LONGEST_DAYS = 366
"""Days of a custom period at most."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class PeriodKind(StrEnum):
    """How a view's days are cut."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    CUSTOM = "custom"


@attrs.frozen(kw_only=True)
class PeriodQuery:
    """What a view is asked for, as it was written; empty is not given.

    ``period`` is a PeriodKind, None for the usual one; ``date`` any day in it, ``month`` a
    ``YYYY-MM``, ``first_day`` and ``last_day`` the ends of a custom one, both in it.
    """

    period: str | None = None
    date: str = ""
    month: str = ""
    first_day: str = ""
    last_day: str = ""


@attrs.frozen(kw_only=True)
class ViewPeriod:
    """Some days of the billing zone, both ends in it."""

    kind: PeriodKind
    first: date
    last: date

    @property
    def label(self) -> str:
        """``2026-02-14``, ``2026-W07``, ``2026-02``, ``2026-Q1`` or ``2026-02-01..2026-02-14``."""
        if self.kind is PeriodKind.DAILY:
            return self.first.isoformat()
        if self.kind is PeriodKind.WEEKLY:
            year, week, _ = self.first.isocalendar()
            return f"{year:04}-W{week:02}"
        if self.kind is PeriodKind.MONTHLY:
            return self.first.isoformat()[:7]
        if self.kind is PeriodKind.QUARTERLY:
            return f"{self.first.year:04}-Q{(self.first.month + 2) // 3}"
        return f"{self.first.isoformat()}..{self.last.isoformat()}"

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def elapsed(self, today: date) -> int:
        """How many of its days have begun by the end of ``today``; all of them once it is over."""
        return max(0, min(self.days, (today - self.first).days + 1))

    def runs(self, today: date) -> bool:
        """Whether it goes on beyond ``today``."""
        return self.first <= today < self.last

    def before(self) -> ViewPeriod | None:
        """The period of the same kind just before it; None before the first day there is."""
        if self.first == date.min:
            return None
        last = self.first - timedelta(days=1)
        if self.kind is PeriodKind.CUSTOM:
            if (self.first - date.min).days < self.days:
                return None
            return attrs.evolve(self, first=self.first - timedelta(days=self.days), last=last)
        first, last = _bounds(self.kind, last)
        return attrs.evolve(self, first=first, last=last)


def read_period(query: PeriodQuery, today: date) -> ViewPeriod:
    """The period that is asked for; without a day the one of ``today``, without a kind a month.

    Raises InvalidRequest for an unknown kind, an impossible date or month, parts that do not
    belong together, and a range that is reversed or longer than 366 days.
    """
    kind = _kind(query)
    if kind is PeriodKind.CUSTOM:
        return _custom(query)
    if query.month:
        first, last = month_bounds(query.month)
    else:
        day = _date("date", query.date) if query.date else today
        first, last = _bounds(kind, day)
    return ViewPeriod(kind=kind, first=first, last=last)


def month_period(month: str) -> ViewPeriod:
    """A whole month ``YYYY-MM``; raises InvalidRequest."""
    first, last = month_bounds(month)
    return ViewPeriod(kind=PeriodKind.MONTHLY, first=first, last=last)


def _kind(query: PeriodQuery) -> PeriodKind:
    ranged = bool(query.first_day or query.last_day)
    try:
        usual = PeriodKind.CUSTOM if ranged else PeriodKind.MONTHLY
        kind = usual if query.period is None else PeriodKind(query.period)
    except ValueError:
        known = ", ".join(PeriodKind)
        raise _wrong("period", f"must be one of {known}", "El periodo no es válido.") from None
    if ranged and kind is not PeriodKind.CUSTOM:
        raise _together("from")
    if query.month and (kind is not PeriodKind.MONTHLY or query.date):
        raise _together("month")
    if query.date and kind is PeriodKind.CUSTOM:
        raise _together("date")
    return kind


def _custom(query: PeriodQuery) -> ViewPeriod:
    first, last = _date("from", query.first_day), _date("to", query.last_day)
    if last < first:
        raise _wrong("to", "is before from", "La fecha final es anterior a la inicial.")
    period = ViewPeriod(kind=PeriodKind.CUSTOM, first=first, last=last)
    if period.days > LONGEST_DAYS:
        raise _wrong(
            "to",
            f"is more than {LONGEST_DAYS} days after from",
            f"El periodo puede tener hasta {LONGEST_DAYS} días.",
        )
    return period


def _bounds(kind: PeriodKind, day: date) -> tuple[date, date]:
    if kind is PeriodKind.DAILY:
        return day, day
    if kind is PeriodKind.WEEKLY:
        return _week(day)
    first, last = month_bounds(day.isoformat()[:7])
    if kind is PeriodKind.MONTHLY:
        return first, last
    start = (day.month - 1) // 3 * 3 + 1
    return date(day.year, start, 1), month_bounds(f"{day.year:04}-{start + 2:02}")[1]


def _week(day: date) -> tuple[date, date]:
    """Monday to Sunday (ISO 8601), cut at the ends of the calendar."""
    first = day.toordinal() - day.weekday()
    last = min(first + 6, date.max.toordinal())
    return date.fromordinal(max(first, 1)), date.fromordinal(last)


def _date(name: str, text: str) -> date:
    try:
        if _DATE.fullmatch(text) and text.isascii():
            return date.fromisoformat(text)
    except ValueError:
        # Its own message repeats the caller's text.
        pass
    raise _wrong(name, "must be a date YYYY-MM-DD", "La fecha debe escribirse como AAAA-MM-DD.")


def _together(name: str) -> InvalidRequest:
    return _wrong(name, "does not go with the others", "Los parámetros del periodo se contradicen.")


def _wrong(name: str, reason: str, sentence: str) -> InvalidRequest:
    return InvalidRequest(f"{name} {reason}", user_message=sentence, issues=((name, reason),))
