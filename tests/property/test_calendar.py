"""Laws of calendars: dates inside the month, mixes exact, exports that read back."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime, time
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.calendar.days import USUAL_TIMES, days_in, placed
from llama_marketing.domain.calendar.icalendar import LONGEST_LINE, calendar_ics
from llama_marketing.domain.calendar.models import ContentType, Objective
from llama_marketing.domain.calendar.plan import ProposedEntry, planned
from llama_marketing.domain.calendar.shares import (
    OBJECTIVE_SHARES,
    TYPE_SHARES,
    apportion,
    in_shares,
    spread,
)
from llama_marketing.domain.calendar.spreadsheet import calendar_csv
from llama_marketing.domain.vocabulary import Platform

MONTHS = st.dates(date(2000, 1, 1), date(2099, 12, 31)).map(lambda day: day.isoformat()[:7])
TEXTS = st.text(st.sampled_from("=+-@\t\r\n\"',;\\ :ñ😀#a"), max_size=12) | st.text(max_size=12)
PROPOSED = st.builds(
    ProposedEntry,
    topic=TEXTS,
    copy=TEXTS,
    hashtags=st.just(("#Cafe",)),
    date=st.dates().map(date.isoformat) | TEXTS,
    time=st.times().map(lambda time: time.isoformat()[:5]) | TEXTS,
    platform=st.none() | st.sampled_from(Platform),
    type=st.none() | st.sampled_from(ContentType),
    objective=st.none() | st.sampled_from(Objective),
)
PLANS = st.lists(PROPOSED, max_size=40)


@given(st.integers(0, 500), st.dictionaries(st.integers(), st.integers(1, 100), min_size=1))
def test_parts_sum_to_the_whole_and_are_off_by_less_than_one(
    total: int, shares: dict[int, int]
) -> None:
    parts = apportion(total, shares)
    assert sum(parts.values()) == total
    whole = sum(shares.values())
    assert all(abs(parts[kind] * whole - total * shares[kind]) < whole for kind in shares)


@given(st.dictionaries(st.integers(), st.integers(0, 20), max_size=5))
def test_spreading_keeps_the_numbers(quotas: dict[int, int]) -> None:
    counted = Counter(spread(quotas))
    assert counted == Counter({kind: number for kind, number in quotas.items() if number})


@given(st.lists(st.none() | st.sampled_from(ContentType), max_size=60))
def test_the_mix_is_exact_and_a_mix_in_its_shares_unchanged(
    wanted: list[ContentType | None],
) -> None:
    mixed = in_shares(wanted, TYPE_SHARES)
    assert Counter(mixed) == +Counter(apportion(len(wanted), TYPE_SHARES))
    assert in_shares(mixed, TYPE_SHARES) == mixed


@given(st.integers(28, 31), st.data())
def test_days_are_days_of_the_month_and_none_is_crowded(days: int, data: st.DataObject) -> None:
    wanted = data.draw(st.lists(st.none() | st.integers(1, days), max_size=80))
    found = placed(wanted, days)
    assert len(found) == len(wanted)
    assert all(1 <= day <= days for day in found)
    assert max(Counter(found).values(), default=0) <= -(-len(wanted) // days) + 1
    assert placed(found, days) == found


@given(PLANS, MONTHS, st.lists(st.sampled_from(Platform), min_size=1, max_size=3))
def test_any_proposal_becomes_a_plan_that_keeps_the_rules(
    proposed: list[ProposedEntry], month: str, platforms: list[Platform]
) -> None:
    entries = planned(proposed, month, platforms)
    assert sorted(entry.copy for entry in entries) == sorted(one.copy for one in proposed)
    for entry in entries:
        assert entry.date[:7] == month
        assert 1 <= date.fromisoformat(entry.date).day <= days_in(month)
        assert entry.time in USUAL_TIMES or time.fromisoformat(entry.time) < time.max
        assert entry.platform in platforms
    kinds = Counter(entry.type for entry in entries)
    assert kinds == +Counter(apportion(len(entries), TYPE_SHARES))
    objectives = Counter(entry.objective for entry in entries)
    assert objectives == +Counter(apportion(len(entries), OBJECTIVE_SHARES))


@given(PLANS, MONTHS)
def test_no_cell_of_the_csv_runs_and_each_reads_back(
    proposed: list[ProposedEntry], month: str
) -> None:
    entries = planned(proposed, month, [Platform.FACEBOOK])
    rows = list(csv.reader(StringIO(calendar_csv(entries), newline="")))
    assert len(rows) == len(entries) + 1
    assert [row[6].removeprefix("'") for row in rows[1:]] == [
        entry.copy.removeprefix("'") for entry in entries
    ]
    for row in rows:
        assert not any(cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t")) for cell in row)


@given(PLANS, MONTHS)
def test_every_line_of_the_ics_is_short_and_no_text_ends_its_event(
    proposed: list[ProposedEntry], month: str
) -> None:
    entries = planned(proposed, month, [Platform.FACEBOOK])
    text = calendar_ics(entries, "id", UTC, datetime(2026, 11, 28, tzinfo=UTC))
    lines = text.split("\r\n")
    assert all(len(line.encode("utf-8", "replace")) <= LONGEST_LINE for line in lines)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == len(entries)
    assert lines.count("END:VCALENDAR") == 1
    assert "\n" not in text.replace("\r\n", "")
    assert "\r" not in text.replace("\r\n", "")
