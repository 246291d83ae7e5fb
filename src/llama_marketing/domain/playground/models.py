"""A playground as it is asked for and answered."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, field_validator, model_validator

from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.credentials import ProviderModelId
from llama_marketing.domain.generation.models import MAX_PROMPT, TokenUsage
from llama_marketing.domain.model import Model
from llama_marketing.domain.usage.entries import Outcome
from llama_marketing.domain.vocabulary import GenerationUseCase

FEWEST_COLUMNS: Final = 2
MOST_COLUMNS: Final = 6

ProviderId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]


class PlaygroundColumn(Model):
    """Whom to ask: ``meta_ai`` (the client's configured host) or another provider.

    ``model`` None is the client's own choice, else the catalog's.
    """

    provider: ProviderId
    model: ProviderModelId | None = None


class PlaygroundRequest(Model):
    """One prompt, sent as it is to 2 to 6 columns; a provider may repeat with another model.

    ``use_case`` is what the operations are booked under.
    """

    prompt: str = Field(min_length=1, max_length=MAX_PROMPT)
    columns: tuple[PlaygroundColumn, ...] = Field(
        min_length=FEWEST_COLUMNS, max_length=MOST_COLUMNS
    )
    use_case: GenerationUseCase = GenerationUseCase.SOCIAL_POST
    client_id: str | None = None

    @field_validator("prompt")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if is_blank(value):
            raise ValueError("must not be blank")
        return value

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        asked = [(column.provider, column.model) for column in self.columns]
        if len(set(asked)) != len(asked):
            raise ValueError("columns: a provider repeats with the same model")
        return self


class ColumnError(Model):
    """Why a column brought no answer: the code, and the same in Spanish."""

    code: str
    message: str


class ColumnAnswer(Model):
    """One column: what came, what it took, measured alike for all.

    ``id`` is that of its entry in the books, under which it can be rated; None where nothing was
    called or held. ``latency_ms`` is from the call to its end. ``notices`` says which parameters
    the provider does not take; ``effort`` what the model was told about thinking.
    """

    id: str | None = None
    provider: str
    model: str
    host: str = ""
    served_model: str = ""
    outcome: Outcome
    content: str = ""
    tokens_used: TokenUsage = TokenUsage()
    latency_ms: int = 0
    finish_reason: str = ""
    effort: str = ""
    notices: tuple[str, ...] = ()
    error: ColumnError | None = None


class PlaygroundAnswer(Model):
    """Every column in the order asked for, those that failed too."""

    columns: tuple[ColumnAnswer, ...]
