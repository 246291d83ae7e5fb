"""Sums that can be added and taken away again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.usage.entries import Outcome, UsageEntry
from llama_marketing.domain.usage.rollups import (
    LATENCY_EDGES_MS,
    NO_SUMS,
    latency_histogram,
    sums_of,
    total,
)
from llama_marketing.testing.samples import sample_entry

entries = st.builds(
    lambda latency, outcome, rating: sample_entry(
        latency_ms=latency, outcome=outcome, quality_rating=rating
    ),
    st.integers(0, 200_000),
    st.sampled_from(Outcome),
    st.one_of(st.none(), st.integers(1, 5)),
)


def test_an_operation_is_counted_with_all_that_is_known_of_it() -> None:
    """A refused one with a rating."""
    sums = sums_of(sample_entry(outcome=Outcome.REFUSED, quality_rating=2))

    assert (sums.operations, sums.refusals, sums.failures) == (1, 1, 0)
    assert (sums.rating_sum, sums.ratings, sums.latency_ms) == (2, 1, 900)
    assert sum(sums.latency_histogram) == 1


def test_failed_and_aborted_ones_are_failures() -> None:
    """The reader who leaves did not get the text either."""
    failed = [sums_of(sample_entry(outcome=outcome)).failures for outcome in Outcome]

    assert failed == [0, 1, 0, 1]


def test_an_adjustment_adds_money_and_tokens_alone() -> None:
    """It is no operation."""
    sums = sums_of(sample_entry("ADJ-1", adjusts="1", quality_rating=3))

    assert (sums.operations, sums.ratings, sums.latency_histogram) == (0, 0, ())
    assert (sums.tokens_input, sums.tokens_output, sums.cost_pico_usd) == (50, 150, 10**11)


def test_a_latency_falls_under_the_first_edge_that_is_not_below_it() -> None:
    """The last bucket is for what is above every edge."""
    assert latency_histogram(0).index(1) == 0
    assert latency_histogram(50).index(1) == 0
    assert latency_histogram(51).index(1) == 1
    assert latency_histogram(10**9).index(1) == len(LATENCY_EDGES_MS)
    assert len(latency_histogram(0)) == len(LATENCY_EDGES_MS) + 1


@given(st.lists(entries, max_size=5), entries)
def test_what_is_taken_away_leaves_what_was_there(some: list[UsageEntry], one: UsageEntry) -> None:
    """Field by field; nothing is lost in between."""
    before = total(sums_of(entry) for entry in some)

    after = before + sums_of(one) - sums_of(one)

    assert after.model_copy(update={"latency_histogram": ()}) == before.model_copy(
        update={"latency_histogram": ()}
    )
    assert [n for n in after.latency_histogram if n] == [n for n in before.latency_histogram if n]


def test_no_sums_change_nothing() -> None:
    """On either side."""
    sums = sums_of(sample_entry())

    assert NO_SUMS + sums == sums == sums + NO_SUMS
    assert total([]) == NO_SUMS
