"""Days inside the month, none of them crowded."""

from __future__ import annotations

from datetime import date

import pytest

from llama_marketing.domain.calendar.days import (
    day_said,
    days_in,
    next_month,
    placed,
    time_said,
)
from llama_marketing.domain.errors import InvalidRequest


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 11, 1), "2026-12"),
        (date(2026, 12, 31), "2027-01"),
        (date(2027, 1, 31), "2027-02"),
        (date(2028, 2, 29), "2028-03"),
        (date(9999, 12, 31), "9999-12"),
    ],
)
def test_the_next_month_follows_the_days_own(today: date, month: str) -> None:
    """At its end too, and the last month has none behind it."""
    assert next_month(today) == month


def test_a_month_has_its_days() -> None:
    """Leap years included; what is no month is refused."""
    assert [days_in(month) for month in ("2028-02", "2026-02", "2026-12")] == [29, 28, 31]
    with pytest.raises(InvalidRequest):
        days_in("diciembre")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-12-05", 5),
        (" 2026-12-5", 5),
        ("2024-02-31T10:00", 31),
        ("2026-12-32", None),
        ("2026-12-00", None),
        ("2026-12-051", None),
        ("5 de diciembre", None),
        ("", None),
    ],
)
def test_the_day_of_a_wrong_month_is_still_a_day(text: str, day: int | None) -> None:
    """Models err in the year most of all."""
    assert day_said(text, 31) == day


def test_a_time_is_kept_and_a_wrong_one_replaced() -> None:
    """By the usual ones in turn."""
    assert time_said(" 07:05 ", 0) == "07:05"
    assert [time_said(text, place) for place, text in enumerate(["24:00", "9:00", "", "x"])] == [
        "09:00", "13:00", "19:00", "09:00",
    ]  # fmt: skip


def test_pieces_without_a_day_fill_the_month_evenly() -> None:
    """Ten pieces in a month of thirty days stand three days apart."""
    assert placed([None] * 10, 30) == (2, 5, 8, 11, 14, 17, 20, 23, 26, 29)
    assert placed([], 30) == ()


def test_a_crowded_day_gives_away_what_is_too_much() -> None:
    """Two pieces stay; the others go where nothing is."""
    found = placed([4, 4, 4, 9, None], 30)

    assert found[:2] == (4, 4)
    assert found[3] == 9
    assert len({found[2], found[4], 4, 9}) == 4
    full = placed([1] * 62, 31)
    assert full.count(1) == 3
    assert {full.count(day) for day in range(2, 32)} == {1, 2}
