"""Calibration, against numbers worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.evaluation.calibration import Calibration, calibration_of

PAIRS = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1)


def test_the_error_is_the_gap_of_each_bin_weighted_by_its_count() -> None:
    """Bin 0.9: sure 0.9, right half the time; bin 0.5: sure 0.5, always right."""
    found = calibration_of([(0.9, True), (0.9, False), (0.5, True), (0.5, True)])

    assert found.ece == pytest.approx((2 * 0.4 + 2 * 0.5) / 4)
    assert found.brier == pytest.approx((0.01 + 0.81 + 0.25 + 0.25) / 4)
    assert [(each.low, each.high, each.count, each.accuracy) for each in found.bins] == [
        (0.5, 0.6, 2, 1.0),
        (0.9, 1.0, 2, 0.5),
    ]


def test_full_confidence_falls_into_the_last_bin_and_none_into_the_first() -> None:
    found = calibration_of([(1.0, True), (0.0, False)])

    assert [each.low for each in found.bins] == [0.0, 0.9]
    assert (found.ece, found.brier) == (0.0, 0.0)


def test_of_nothing_calibration_is_unknown() -> None:
    assert calibration_of([]) == Calibration(ece=None, brier=None, bins=())


@given(PAIRS)
def test_errors_are_from_0_to_1_and_the_bins_hold_everything(
    pairs: list[tuple[float, bool]],
) -> None:
    found = calibration_of(pairs)

    assert found.ece is not None and found.brier is not None
    assert -1e-9 <= found.ece <= 1 + 1e-9
    assert 0 <= found.brier <= 1
    assert sum(each.count for each in found.bins) == len(pairs)
