"""ULIDs: plain, unique, and sorted by the millisecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.adapters.system.ids import UlidIds
from llama_marketing.domain.tenant import check_id

MOMENT = datetime(2026, 2, 14, 18, tzinfo=UTC)
MILLISECONDS = st.integers(0, 10**11)


@given(MILLISECONDS, MILLISECONDS)
def test_ids_of_a_later_millisecond_sort_after_earlier_ones(one: int, other: int) -> None:
    """And may stand in a key."""
    first, second = (UlidIds().new(MOMENT + timedelta(milliseconds=ms)) for ms in (one, other))
    assert check_id("id", first) == first
    assert len(first) == 26
    if one != other:
        assert (first < second) == (one < other)


def test_ids_of_one_moment_are_different() -> None:
    """Eighty random bits."""
    assert len({UlidIds().new(MOMENT) for _ in range(1000)}) == 1000
