"""The result of ad copy."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from llama_marketing.domain.ads.models import Ad
from llama_marketing.domain.compliance.models import Finding
from llama_marketing.domain.generation.results.result import Result


class AdCopy(Result):
    """The result of ``ad_copy``: ads to be compared, each on one of four angles in turn."""

    ads: tuple[Ad, ...] = Field(min_length=1)

    @property
    def text(self) -> str:
        """The first ad's primary text, else its headline."""
        return self.ads[0].primary_text or self.ads[0].headline

    def with_text(self, text: str) -> Self:
        """The same ads, the first with another primary text."""
        first = self.ads[0].model_copy(update={"primary_text": text})
        return self.model_copy(update={"ads": (first, *self.ads[1:])})

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of every ad."""
        return tuple(finding for ad in self.ads for finding in ad.findings)

    @property
    def requires_human_review(self) -> bool:
        """Always: the specification wants a person to look at every ad."""
        return True
