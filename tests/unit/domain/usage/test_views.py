"""Which days a view is about."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.usage.views import (
    PeriodKind,
    PeriodQuery,
    ViewPeriod,
    month_period,
    read_period,
)

TODAY = date(2026, 2, 14)
USUAL = [kind for kind in PeriodKind if kind is not PeriodKind.CUSTOM]


def period(**query: str) -> ViewPeriod:
    """The period that is asked for."""
    return read_period(PeriodQuery(**query), TODAY)


@pytest.mark.parametrize(
    ("query", "label", "first", "last"),
    [
        ({}, "2026-02", "2026-02-01", "2026-02-28"),
        ({"month": "2028-02"}, "2028-02", "2028-02-01", "2028-02-29"),
        ({"period": "monthly", "date": "2025-12-31"}, "2025-12", "2025-12-01", "2025-12-31"),
        ({"period": "daily"}, "2026-02-14", "2026-02-14", "2026-02-14"),
        ({"period": "weekly"}, "2026-W07", "2026-02-09", "2026-02-15"),
        ({"period": "weekly", "date": "2027-01-01"}, "2026-W53", "2026-12-28", "2027-01-03"),
        ({"period": "quarterly"}, "2026-Q1", "2026-01-01", "2026-03-31"),
        ({"period": "quarterly", "date": "2026-12-31"}, "2026-Q4", "2026-10-01", "2026-12-31"),
        (
            {"first_day": "2026-02-01", "last_day": "2026-02-14"},
            "2026-02-01..2026-02-14",
            "2026-02-01",
            "2026-02-14",
        ),
    ],
)
def test_a_period_has_its_label_and_both_ends(
    query: dict[str, str], label: str, first: str, last: str
) -> None:
    found = period(**query)

    assert found.label == label
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ({"period": "hourly"}, "period"),
        ({"period": "Monthly"}, "period"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": "20260214"}, "date"),
        ({"date": "2026-W07-6"}, "date"),
        ({"month": "2026-13"}, "month"),
        ({"month": "2026-02", "date": "2026-02-01"}, "month"),
        ({"period": "weekly", "month": "2026-02"}, "month"),
        ({"period": "daily", "first_day": "2026-02-01", "last_day": "2026-02-02"}, "from"),
        ({"period": "custom", "date": "2026-02-01"}, "date"),
        ({"period": "custom"}, "from"),
        ({"first_day": "2026-02-01"}, "to"),
        ({"first_day": "2026-02-02", "last_day": "2026-02-01"}, "to"),
        ({"first_day": "2016-01-01", "last_day": "2026-01-01"}, "to"),
        ({"first_day": "2026-01-01", "last_day": "2027-01-02"}, "to"),
    ],
)
def test_a_period_that_cannot_be_is_refused_by_name(query: dict[str, str], name: str) -> None:
    """In Spanish, naming the parameter."""
    with pytest.raises(InvalidRequest) as raised:
        period(**query)

    assert [issue[0] for issue in raised.value.issues] == [name]
    assert raised.value.user_message.endswith(".")


def test_366_days_are_allowed() -> None:
    assert period(first_day="2026-01-01", last_day="2027-01-01").days == 366


@given(st.sampled_from(USUAL), st.dates(min_value=date(2, 1, 1), max_value=date(9998, 12, 31)))
def test_periods_of_a_kind_follow_each_other_without_a_hole(kind: PeriodKind, day: date) -> None:
    """The day lies in its period, and the one before ends the day before it."""
    found = read_period(PeriodQuery(period=kind.value, date=day.isoformat()), TODAY)
    before = found.before()

    assert found.first <= day <= found.last
    assert before is not None
    assert before.last == found.first - timedelta(days=1)
    again = PeriodQuery(period=kind.value, date=before.first.isoformat())
    assert read_period(again, TODAY) == before


@given(st.dates(), st.integers(0, 365))
def test_a_custom_period_is_compared_with_as_many_days(first: date, more: int) -> None:
    """None before the first day there is."""
    last = date.fromordinal(min(first.toordinal() + more, date.max.toordinal()))
    found = ViewPeriod(kind=PeriodKind.CUSTOM, first=first, last=last)
    before = found.before()

    if (first - date.min).days < found.days:
        assert before is None
    else:
        assert before is not None
        assert (before.days, before.last) == (found.days, first - timedelta(days=1))


@given(st.sampled_from(list(PeriodKind)))
def test_nothing_is_before_the_first_day(kind: PeriodKind) -> None:
    found = ViewPeriod(kind=kind, first=date.min, last=date.min)

    assert found.before() is None


@pytest.mark.parametrize(
    ("day", "elapsed", "runs"),
    [("2026-01-31", 0, False), ("2026-02-01", 1, True), ("2026-02-27", 27, True),
     ("2026-02-28", 28, False), ("2026-03-05", 28, False)],
)  # fmt: skip
def test_a_period_runs_until_its_last_day(day: str, elapsed: int, runs: bool) -> None:
    """On its last day it has all of its days."""
    month = month_period("2026-02")

    assert month.elapsed(date.fromisoformat(day)) == elapsed
    assert month.runs(date.fromisoformat(day)) is runs
