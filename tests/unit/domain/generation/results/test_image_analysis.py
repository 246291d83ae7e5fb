"""The result of an image analysis, and its words in another language."""

from __future__ import annotations

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.results.image_analysis import (
    ImageAnalysis,
    ImageAnalysisText,
    in_words_of,
)
from llama_marketing.domain.generation.use_cases.image_analysis import IMAGE_ANALYSIS
from llama_marketing.domain.imaging.policy import policy_findings
from llama_marketing.domain.imaging.rubric import Criterion, SubScore
from tests.unit.domain.generation.samples import brief

SCORED = (SubScore(criterion=Criterion.COMPOSITION, score=7, reason="Calm."),)


def test_a_text_may_be_replaced_and_nothing_else() -> None:
    analysis = ImageAnalysis(description="A cup.", sub_scores=SCORED)
    words = ImageAnalysisText(description="Una taza.")

    assert analysis.with_text("A mug.").text == "A mug."
    assert analysis.with_text("A mug.").score == 7
    assert words.with_text("Un tarro.").text == "Un tarro."


def test_words_never_change_a_score_and_a_missing_reason_stays_empty() -> None:
    analysis = ImageAnalysis(description="A cup.", sub_scores=SCORED)
    told = in_words_of(analysis, ImageAnalysisText(description="Una taza."), "es")

    assert (told.text, told.language, told.score) == ("Una taza.", "es", 7)
    assert told.sub_scores[0].reason == ""


def test_an_analysis_without_scores_has_no_text_and_no_score() -> None:
    empty = ImageAnalysis(description="A cup.")

    assert empty.text == ""
    with pytest.raises(InvalidRequest):
        _ = empty.score


@pytest.mark.parametrize(
    ("score", "read"),
    [(7, 7), (7.0, 7), (7.5, None), (0, None), (11, None), (True, None), ("7", None)],
)
def test_only_a_whole_number_from_one_to_ten_is_a_score(score: object, read: int | None) -> None:
    found = {"description": "A cup.", "sub_scores": {"composition": score}}
    analysis = IMAGE_ANALYSIS.read(found, brief())

    assert isinstance(analysis, ImageAnalysis)
    assert [each.score for each in analysis.sub_scores] == ([] if read is None else [read])


def test_twenty_percent_of_text_is_no_finding_and_more_is_advice() -> None:
    """The rule that refused it ended in 2020."""
    assert policy_findings([], 20) == ()
    (finding,) = policy_findings([], 21)

    assert (finding.rule_id, finding.kind, finding.measured) == (
        "image.text_share",
        "advice",
        "21",
    )
