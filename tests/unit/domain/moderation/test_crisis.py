"""The crisis rule: more negatives than allowed, within any hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.moderation.crisis import WINDOW, is_crisis

START = datetime(2026, 11, 28, 12, tzinfo=UTC)


def at(*minutes: float) -> list[datetime]:
    """Moments so many minutes after noon."""
    return [START + timedelta(minutes=minute) for minute in minutes]


@pytest.mark.parametrize(
    ("moments", "crisis"),
    [
        (at(), False),
        (at(0, 1, 2, 3, 4), False),
        (at(0, 1, 2, 3, 4, 5), True),
        (at(0, 10, 20, 30, 40, 59.9), True),
        (at(0, 10, 20, 30, 40, 60), False),
        (at(60, 40, 0, 20, 30, 10, 50), True),
        (at(-500, 0, 1, 2, 3, 4), False),
        (at(0, 0, 0, 0, 0, 0), True),
    ],
)
def test_more_than_five_in_an_hour_are_a_crisis(moments: list[datetime], crisis: bool) -> None:
    """The hour slides, and starts anywhere."""
    assert is_crisis(moments, 5) is crisis


@given(st.lists(st.integers(0, 300), max_size=30), st.integers(1, 10))
def test_the_rule_is_what_counting_every_hour_says(minutes: list[int], most: int) -> None:
    moments = at(*minutes)
    counts = [sum(first <= other < first + WINDOW for other in moments) for first in moments]

    assert is_crisis(moments, most) is any(count > most for count in counts)
