"""The evaluation set and its rows."""

from __future__ import annotations

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.evaluation.models import LabelledComment
from llama_marketing.domain.moderation.models import CommentLabel
from tests.unit.domain.evaluation.samples import brief, comment, evaluation_set


def test_a_comment_has_a_label_only_where_both_labellings_agree() -> None:
    assert comment("+").label is CommentLabel.POSITIVE
    assert comment("+0").label is None


def test_an_id_of_a_comment_comes_once() -> None:
    whole = evaluation_set("+")

    with pytest.raises(InvalidRequest, match="comment c001 comes twice"):
        type(whole)(
            version=1,
            as_of=whole.as_of,
            source="test",
            comments=whole.comments * 2,
            briefs=(),
        )


def test_an_id_of_a_brief_comes_once() -> None:
    with pytest.raises(InvalidRequest, match="brief b01 comes twice"):
        evaluation_set("+", [brief(), brief()])


@pytest.mark.parametrize("wrong", [{"id": "1"}, {"text": ""}, {"labelA": "good"}])
def test_a_row_that_breaks_a_rule_is_refused(wrong: dict[str, str]) -> None:
    row = {"id": "c001", "text": "Hola", "labelA": "positive", "labelB": "neutral"}

    assert LabelledComment.read(row).text == "Hola"
    with pytest.raises(InvalidRequest):
        LabelledComment.read(row | wrong)
