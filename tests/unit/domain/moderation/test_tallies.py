"""Sums of what moderations said."""

from __future__ import annotations

from datetime import date

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.moderation.tallies import ModerationTally, days_from, overview
from llama_marketing.testing.jobs import dead, judged, sample_part
from llama_marketing.testing.moderation_tallies import sample_tally

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)


def test_a_tally_counts_labels_of_what_was_judged_and_every_action() -> None:
    results = (*judged(sample_part(0)).results, *dead(sample_part(1)).results)

    tally = ModerationTally.of("op1", "2026-02-14", "2028-02-14T00:00:00.000000Z", results)

    assert (tally.total, tally.not_judged) == (4, 2)
    assert tally.by_label == {"offensive": 2}
    assert tally.by_action == {"hide": 2, "escalate": 2}


def test_sums_are_those_of_the_days_together() -> None:
    tallies = [
        sample_tally("a"),
        sample_tally("b", by_label={"positive": 1}, by_action={"none": 3}),
        sample_tally("c", day="2026-02-20"),
    ]

    sums = overview(tallies, FIRST, LAST)

    assert (sums.first_day, sums.last_day) == ("2026-02-01", "2026-02-28")
    assert (sums.total, sums.not_judged) == (9, 3)
    assert sums.by_label == {"negative": 4, "positive": 1}
    assert sums.by_action == {"reply": 4, "escalate": 2, "none": 3}
    assert [(day.day, day.total) for day in sums.by_day] == [("2026-02-14", 6), ("2026-02-20", 3)]
    assert sums.by_day[1].by_label == {"negative": 2}


def test_nothing_moderated_is_zeros() -> None:
    sums = overview([], FIRST, LAST)

    assert (sums.total, sums.by_label, sums.by_day) == (0, {}, ())


def test_a_range_has_from_1_to_366_days() -> None:
    assert days_from("2026-02-14", "2026-02-14") == (date(2026, 2, 14), date(2026, 2, 14))
    assert days_from("2026-01-01", "2027-01-01")[1] == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        ("2026-02-14", "2026-02-13", "to"),
        ("2026-01-01", "2027-01-02", "to"),
        ("2026-02-30", "2026-03-01", "from"),
        ("2026-02-14", "14/02/2026", "to"),
        ("20260214", "2026-02-14", "from"),
        ("2026-W07-1", "2026-02-14", "from"),
    ],
)
def test_impossible_and_reversed_ranges_are_refused(first: str, last: str, field: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        days_from(first, last)

    assert caught.value.issues[0][0] == field
