"""Billing periods: the calendar month of a moment in the organization's zone."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from llama_marketing.domain.errors import InvalidRequest

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_of(moment: datetime, zone: tzinfo) -> str:
    """The period ``YYYY-MM`` that an aware moment falls into."""
    return moment.astimezone(zone).strftime("%Y-%m")


def day_of(moment: datetime, zone: tzinfo) -> str:
    """The day ``YYYY-MM-DD`` that an aware moment falls into."""
    return moment.astimezone(zone).date().isoformat()


def month_bounds(month: str) -> tuple[date, date]:
    """First and last day of ``YYYY-MM``; raises InvalidRequest for anything else."""
    match = _MONTH.fullmatch(month) if month.isascii() else None
    if match is None or match[1] == "0000":
        raise InvalidRequest(
            "a month must be written YYYY-MM",
            user_message="El mes debe escribirse como AAAA-MM.",
            issues=(("month", "must be YYYY-MM"),),
        )
    year, number = int(match[1]), int(match[2])
    first = date(year, number, 1)
    if number == 12:
        return first, date(year, 12, 31)
    return first, date(year, number + 1, 1) - timedelta(days=1)


def months_between(first: str, last: str) -> list[str]:
    """Every month from first to last, both included, as ``YYYY-MM``."""
    months = [first]
    while months[-1] < last:
        _, end = month_bounds(months[-1])
        months.append((end + timedelta(days=1)).isoformat()[:7])
    return months


def seconds_to_month_end(moment: datetime, zone: tzinfo) -> int:
    """Whole seconds until the next period starts, at least 1."""
    local = moment.astimezone(zone)
    year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
    turn = datetime(year, month, 1, tzinfo=zone).astimezone(UTC)
    return max(1, int((turn - moment.astimezone(UTC)).total_seconds() + 0.999))


def timestamp_bounds(first_day: str, last_day: str) -> tuple[str, str]:
    """UTC timestamps between which the moments of the days lie, whatever the billing zone.

    No zone is a whole day away from UTC, so one day is added on either side; the second bound
    is exclusive. For stores, which find entries by timestamp. Raises InvalidRequest for what
    is not a date.
    """
    try:
        first = date.fromisoformat(first_day) - timedelta(days=1)
        last = date.fromisoformat(last_day) + timedelta(days=2)
    except (ValueError, OverflowError) as error:
        raise InvalidRequest(
            "a day must be written YYYY-MM-DD",
            user_message="La fecha debe escribirse como AAAA-MM-DD.",
            issues=(("day", "must be YYYY-MM-DD"),),
        ) from error
    return first.isoformat(), last.isoformat()


def days_between(first: date, last: date) -> list[str]:
    """Every day from first to last, both included, as ``YYYY-MM-DD``."""
    return [(first + timedelta(days=step)).isoformat() for step in range((last - first).days + 1)]
