"""Days and months in the billing zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.usage.periods import (
    day_of,
    days_between,
    month_bounds,
    month_of,
    months_between,
    seconds_to_month_end,
    timestamp_bounds,
)

MEXICO = ZoneInfo("America/Mexico_City")
TIJUANA = ZoneInfo("America/Tijuana")


def test_december_starts_at_six_utc_in_mexico_city() -> None:
    """A millisecond before it is still November."""
    before = datetime(2026, 12, 1, 5, 59, 59, 999000, tzinfo=UTC)
    after = datetime(2026, 12, 1, 6, tzinfo=UTC)

    assert (month_of(before, MEXICO), day_of(before, MEXICO)) == ("2026-11", "2026-11-30")
    assert (month_of(after, MEXICO), day_of(after, MEXICO)) == ("2026-12", "2026-12-01")
    assert (seconds_to_month_end(before, MEXICO), seconds_to_month_end(after, MEXICO)) == (
        1,
        31 * 86400,
    )


def test_a_month_with_a_change_of_clocks_is_an_hour_shorter() -> None:
    """Tijuana still has summer time."""
    start = datetime(2026, 3, 1, 8, tzinfo=UTC)

    assert seconds_to_month_end(start, TIJUANA) == 31 * 86400 - 3600


@pytest.mark.parametrize(
    ("month", "last"), [("2026-02", 28), ("2028-02", 29), ("2026-04", 30), ("9999-12", 31)]
)
def test_a_month_has_its_first_and_last_day(month: str, last: int) -> None:
    """Leap years included."""
    first_day, last_day = month_bounds(month)

    assert (first_day.day, last_day.day) == (1, last)


@pytest.mark.parametrize(
    "month",
    [
        "2026-13",
        "2026-00",
        "0000-01",
        "2026-1",
        "26-01",
        "2026-01-01",
        "",
        "２０２６-01",
        "2026-01\n",
    ],
)
def test_any_other_text_is_no_month(month: str) -> None:
    """With a Spanish sentence for who typed it."""
    with pytest.raises(InvalidRequest) as caught:
        month_bounds(month)

    assert caught.value.user_message == "El mes debe escribirse como AAAA-MM."


def test_the_moments_of_a_day_lie_within_its_bounds_in_every_zone() -> None:
    """From the farthest east to the farthest west."""
    earliest, latest = timestamp_bounds("2026-02-14", "2026-02-14")

    for zone in (ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Etc/GMT+12"), MEXICO):
        start = datetime(2026, 2, 14, tzinfo=zone).astimezone(UTC).isoformat()
        end = datetime(2026, 2, 14, 23, 59, 59, tzinfo=zone).astimezone(UTC).isoformat()
        assert earliest < start
        assert end < latest


@pytest.mark.parametrize("day", ["2026-02-30", "today", "9999-12-31", "0001-01-01"])
def test_what_is_no_usable_date_is_refused(day: str) -> None:
    """Also days at the very ends of the calendar."""
    with pytest.raises(InvalidRequest):
        timestamp_bounds(day, day)


def test_days_between_are_both_included() -> None:
    """And none when the last lies before the first."""
    assert days_between(date(2026, 2, 27), date(2026, 3, 1)) == [
        "2026-02-27",
        "2026-02-28",
        "2026-03-01",
    ]
    assert days_between(date(2026, 3, 1), date(2026, 2, 27)) == []


def test_the_months_between_two_are_listed_with_both() -> None:
    assert months_between("2025-11", "2026-02") == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert months_between("2026-02", "2026-02") == ["2026-02"]
