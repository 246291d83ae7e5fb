"""What is settled about a request before any model is asked."""

from __future__ import annotations

from datetime import date

import attrs

from llama_marketing.domain.ads.rules import AdRules
from llama_marketing.domain.compliance.brand_check import BrandGuide
from llama_marketing.domain.compliance.models import PlatformRules
from llama_marketing.domain.generation.length import LengthTarget
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.generation.pictures import Picture
from llama_marketing.domain.generation.prompts import PromptTemplate


@attrs.frozen
class Brief:
    """The request with all that its schema, its prompt and the judgement of a reply rest on."""

    request: GenerationRequest
    template: PromptTemplate
    rules: PlatformRules
    surface: str
    """The id of the surface that the copy is judged for."""
    length: LengthTarget
    today: date
    """In the organization's billing zone."""
    ad_rules: AdRules
    picture: Picture | None = None
    brand_voice: str = ""
    """The voice that the client keeps, in words; a request's own comes before it."""
    brand_guide: BrandGuide | None = None
    """What the copy is checked against; None where the request brings a voice of its own."""
    own_version: int | None = None
    """Of the client's own prompt for the use case; 0 for one not kept, None without one."""

    @property
    def prompt_version(self) -> str:
        """Which prompt is sent: ``social_post.instagram@2``, ``social_post.instagram@2+own@3``."""
        if self.own_version is None:
            return self.template.name
        return f"{self.template.name}+own" + (f"@{self.own_version}" if self.own_version else "")
