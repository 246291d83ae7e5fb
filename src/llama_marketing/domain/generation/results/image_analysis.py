"""The result of an image analysis."""

from __future__ import annotations

from typing import Self

from llama_marketing.domain.compliance.models import LimitKind
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.imaging.judgement import JudgedImage
from llama_marketing.domain.imaging.placements import ImageFinding
from llama_marketing.domain.imaging.rubric import SubScore, overall_score


class ImageAnalysis(Result):
    """What was seen in a picture and what would make it better, with what was measured on it.

    ``language`` is that of ``description``, ``improvements`` and the reasons of the scores;
    ``facts`` is None only for a reply that is read without a picture.
    """

    description: str
    improvements: tuple[str, ...] = ()
    sub_scores: tuple[SubScore, ...] = ()
    policy_findings: tuple[ImageFinding, ...] = ()
    facts: JudgedImage | None = None
    language: str = "en"

    @property
    def text(self) -> str:
        """The description; blank where nothing was scored, as such a reply is of no use."""
        return self.description if self.sub_scores else ""

    @property
    def score(self) -> int:
        """From 1 to 10, computed of the sub-scores. Raises InvalidRequest where there are none."""
        return overall_score(self.sub_scores)

    def with_text(self, text: str) -> Self:
        """The same analysis with another description."""
        return self.model_copy(update={"description": text})

    @property
    def requires_human_review(self) -> bool:
        """Whether a policy may be broken: a model only suspects it."""
        return any(finding.kind is LimitKind.POLICY for finding in self.policy_findings)


class ImageAnalysisText(Result):
    """The words of an analysis in the client's language; ``reasons`` by criterion."""

    description: str
    improvements: tuple[str, ...] = ()
    reasons: dict[str, str] = {}

    @property
    def text(self) -> str:
        """The description."""
        return self.description

    def with_text(self, text: str) -> Self:
        """The same words with another description."""
        return self.model_copy(update={"description": text})


def in_words_of(analysis: ImageAnalysis, words: ImageAnalysisText, language: str) -> ImageAnalysis:
    """The analysis with its words replaced; scores and findings are not touched."""
    scores = tuple(
        each.model_copy(update={"reason": words.reasons.get(each.criterion.value, "")})
        for each in analysis.sub_scores
    )
    return analysis.model_copy(
        update={
            "description": words.description,
            "improvements": words.improvements,
            "sub_scores": scores,
            "language": language,
        }
    )
