"""What Meta published about a model, figure by figure; None where it published nothing."""

from __future__ import annotations

from pydantic import Field

from llama_marketing.domain.model import Model


class Score(Model):
    """One published figure in percent, with what must be known to compare it with another."""

    value: float = Field(ge=0, le=100)
    shots: int = Field(ge=0)
    """How many solved examples the prompt held."""
    variant: str
    """Which form of the test: chain of thought, which subset, which metric."""
    source: str

    def comparable(self, other: Score) -> bool:
        """Whether both were measured in the same way."""
        return (self.shots, self.variant) == (other.shots, other.variant)


class ModelBenchmark(Model):
    """The customer's five figures, further published ones and the measured marketing score."""

    mmlu: Score | None = None
    human_eval: Score | None = None
    mbpp: Score | None = None
    hella_swag: Score | None = None
    arc: Score | None = None
    mmlu_spanish: Score | None = None
    if_eval: Score | None = None
    """Following instructions, the nearest to marketing work."""
    mmmu: Score | None = None
    chart_qa: Score | None = None
    doc_vqa: Score | None = None
    marketing_score: float | None = Field(default=None, exclude_if=lambda value: value is None)
    """Measured by the agency, never published; left out of the JSON until then."""
