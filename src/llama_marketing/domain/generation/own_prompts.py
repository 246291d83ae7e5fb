"""A client's own prompt for a use case: as it is asked for, shown and tried."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.config.models import Count, PromptText
from llama_marketing.domain.model import Model
from llama_marketing.domain.saved_versions import HIGHEST_NUMBER
from llama_marketing.domain.vocabulary import GenerationUseCase


class PromptVersion(Model):
    """One kept version, numbered from 1."""

    version: int
    prompt: str
    created_at: str
    user_id: str


class OwnPrompt(Model):
    """The client's own prompt for a use case, and its versions, the newest first.

    ``prompt`` and ``version`` are None where the template is in use; ``version`` also for a
    prompt that was configured before versions were kept. ``next_cursor`` is the ``cursor`` of
    the next page of versions.
    """

    use_case: GenerationUseCase
    prompt: str | None
    version: int | None
    versions: tuple[PromptVersion, ...]
    next_cursor: str | None = None


class PromptChange(Model):
    """A new prompt, or an industry whose text it is to be; it takes the place of the template's."""

    prompt: PromptText | None = None
    industry: str | None = Field(default=None, max_length=64)
    client_id: str | None = None

    @field_validator("prompt")
    @classmethod
    def _says_something(cls, value: str | None) -> str | None:
        if value is not None and is_blank(value):
            raise ValueError("must not be blank")
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.prompt is None) == (self.industry is None):
            raise ValueError("prompt: exactly one of prompt and industry is needed")
        return self


class PromptRestore(Model):
    """What is to be in use again: a kept version, or without one the template."""

    version: Count | None = Field(default=None, ge=1, le=HIGHEST_NUMBER)
    client_id: str | None = None


class PreviewRequest(Model):
    """What is to be shown: a draft, an industry's text, or what is in use, filled for a request.

    ``request`` has fields of GenerationRequest, all of them optional here.
    """

    prompt: PromptText | None = None
    industry: str | None = Field(default=None, max_length=64)
    request: dict[str, Any] = Field(default_factory=dict)
    client_id: str | None = None


class PromptPreview(Model):
    """Both turns as a host would get them; none was called."""

    use_case: GenerationUseCase
    prompt_version: str
    system: str
    user: str
