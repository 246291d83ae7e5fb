"""What is settled about a request before any model is asked."""

from __future__ import annotations

from datetime import date

import attrs

from llama_marketing.domain.ads.rules import AdRules
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
