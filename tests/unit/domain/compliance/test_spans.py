"""Places in a text."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.spans import inside, merge, overlaps


def test_spans_that_overlap_become_one_and_neighbours_stay_apart() -> None:
    assert merge([(5, 8), (0, 3), (2, 4), (8, 9)]) == [(0, 4), (5, 8), (8, 9)]


@pytest.mark.parametrize(
    ("position", "torn"), [(0, False), (1, False), (2, True), (4, True), (5, False), (9, False)]
)
def test_a_cut_tears_a_span_only_between_its_ends(position: int, torn: bool) -> None:
    assert inside(position, [(1, 5), (5, 6)]) is torn


@pytest.mark.parametrize(
    ("span", "shares"), [((0, 1), False), ((0, 2), True), ((4, 9), True), ((5, 9), False)]
)
def test_spans_overlap_when_they_share_a_character(span: tuple[int, int], shares: bool) -> None:
    assert overlaps(span, [(1, 5)]) is shares
    assert overlaps(span, []) is False
