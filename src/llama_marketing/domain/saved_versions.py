"""What a client keeps in versions: its own prompts and its brand voice."""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field

from llama_marketing.domain.model import Model
from llama_marketing.domain.vocabulary import GenerationUseCase

BRAND_VOICE: Final = "brand_voice"
"""The subject of the versions of the brand voice."""


HIGHEST_NUMBER: Final = 10**9
"""No subject has as many versions; a larger number is no version."""


class SavedVersion(Model):
    """One version of a subject, numbered from 1 without a gap; it is never changed again.

    ``content`` is the JSON shape of what was saved, so that an older version stays readable.
    """

    subject: str = Field(pattern=r"^[a-z_.]{1,64}$")
    number: int = Field(ge=1, le=HIGHEST_NUMBER)
    created_at: str
    user_id: str = ""
    content: dict[str, Any]
    version: int = 1


def prompt_subject(use_case: GenerationUseCase) -> str:
    """The subject of the versions of a use case's own prompt."""
    return f"prompt.{use_case.value}"
