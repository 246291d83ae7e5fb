"""Prompts for the clients of an industry, which a client can take as its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pydantic import Field

from llama_marketing.domain.config.models import PromptText
from llama_marketing.domain.errors import NotFound
from llama_marketing.domain.model import Model
from llama_marketing.domain.vocabulary import GenerationUseCase


class IndustryPrompts(Model):
    """What an industry's clients can start from: a text for some use cases.

    ``name`` is Spanish. Each text stands in the place of a template's ``system``.
    """

    id: str
    name: str
    prompts: dict[GenerationUseCase, PromptText] = Field(min_length=1)
    as_of: date
    source: str


class IndustryList(Model):
    """Every industry there is."""

    industries: tuple[IndustryPrompts, ...]


def industry_prompt(
    industries: Sequence[IndustryPrompts], industry: str, use_case: GenerationUseCase
) -> str:
    """The text of an industry for a use case; raises NotFound."""
    for each in industries:
        if each.id == industry and use_case in each.prompts:
            return each.prompts[use_case]
    raise NotFound(
        f"there is no prompt of the industry {industry!r} for {use_case.value}",
        user_message="No hay una plantilla de esa industria para ese caso de uso.",
    )
