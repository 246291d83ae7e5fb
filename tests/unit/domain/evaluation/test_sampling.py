"""A sample looks like the whole, and is the same each time."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.evaluation.sampling import sample_of
from tests.unit.domain.evaluation.samples import brief, evaluation_set

USE_CASES = ("social_post", "ad_copy", "hashtag_generation")
WHOLE = evaluation_set("+0-so" * 20, [brief(USE_CASES[n % 3], n) for n in range(30)])


def test_without_a_number_everything_is_taken() -> None:
    assert sample_of(WHOLE, None) is WHOLE


@given(st.integers(1, 100))
def test_classes_and_use_cases_keep_their_shares(wanted: int) -> None:
    part = sample_of(WHOLE, wanted)

    labels = Counter(comment.label_a for comment in part.comments)
    assert len(part.comments) == wanted
    assert all(abs(times - wanted / 5) <= 1 for times in labels.values())
    kinds = Counter(each.request.use_case for each in part.briefs)
    assert len(part.briefs) == max(1, 30 * wanted // 100)
    assert max(kinds.values()) - len(part.briefs) / 3 <= 1
    assert [c.id for c in part.comments] == sorted(c.id for c in part.comments)
    assert part == sample_of(WHOLE, wanted)


def test_a_set_without_briefs_has_none_in_its_sample() -> None:
    assert sample_of(evaluation_set("+-"), 1).briefs == ()


@pytest.mark.parametrize("wanted", [0, -1, 101])
def test_a_number_out_of_bounds_is_refused_in_spanish(wanted: int) -> None:
    with pytest.raises(InvalidRequest) as caught:
        sample_of(WHOLE, wanted)

    assert caught.value.user_message == "La muestra debe tener de 1 a 100 comentarios."
    assert caught.value.issues == (("sample", "must be from 1 to 100"),)
