"""Port: the prompt templates."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from llama_marketing.domain.generation.industry_prompts import IndustryPrompts
from llama_marketing.domain.generation.prompts import PromptTemplate
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform


class Prompts(Protocol):
    """Gives the versioned templates."""

    @abstractmethod
    def template(self, use_case: GenerationUseCase, platform: Platform | None) -> PromptTemplate:
        """The template of a use case, the platform's own where there is one.

        Raises SettingsError when there is none at all.
        """

    @abstractmethod
    def industries(self) -> Sequence[IndustryPrompts]:
        """What the clients of each industry can take as their own prompts."""
