"""The brand voice that a client keeps: as it is asked for and shown, and in words for a prompt."""

from __future__ import annotations

from typing import Annotated, Final, Self

from pydantic import Field, field_validator, model_validator

from llama_marketing.domain.compliance.brand_check import BrandGuide
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.config.models import Count
from llama_marketing.domain.generation.results.brand_voice import BrandVoice
from llama_marketing.domain.generation.use_cases.brand_voice import (
    EXAMPLE_LENGTH,
    MOST_EXAMPLES,
    MOST_TRAITS,
    MOST_WORDS,
    TONE_LENGTH,
    WORD_LENGTH,
)
from llama_marketing.domain.model import Model
from llama_marketing.domain.saved_versions import HIGHEST_NUMBER
from llama_marketing.domain.vocabulary import Address

SUMMARY_LENGTH: Final = 2000
_ADDRESSES: Final = {Address.TU: "tú", Address.USTED: "usted", Address.VOS: "vos"}

Word = Annotated[str, Field(min_length=1, max_length=WORD_LENGTH)]
Example = Annotated[str, Field(min_length=1, max_length=EXAMPLE_LENGTH)]


class WrittenVoice(BrandVoice):
    """A voice as a person writes it: the summary alone will do."""

    summary: str = Field(max_length=SUMMARY_LENGTH)
    tone: str = Field(default="", max_length=TONE_LENGTH)
    traits: tuple[Word, ...] = Field(default=(), max_length=MOST_TRAITS)
    vocabulary: tuple[Word, ...] = Field(default=(), max_length=MOST_WORDS)
    avoid: tuple[Word, ...] = Field(default=(), max_length=MOST_WORDS)
    address: Address = Address.NEUTRAL
    examples: tuple[Example, ...] = Field(default=(), max_length=MOST_EXAMPLES)

    @field_validator("summary")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if is_blank(value):
            raise ValueError("must not be blank")
        return value


class BrandVoiceChange(Model):
    """What is to be in use: a new voice, a kept version, or with ``voice`` null none."""

    voice: WrittenVoice | None = None
    version: Count | None = Field(default=None, ge=1, le=HIGHEST_NUMBER)
    client_id: str | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        sent = self.model_fields_set
        if ("voice" in sent) == ("version" in sent) or ("version" in sent and not self.version):
            raise ValueError("exactly one of voice and version is required")
        return self


class VoiceVersion(Model):
    """One kept version, numbered from 1."""

    version: int
    voice: BrandVoice
    created_at: str
    user_id: str


class KeptBrandVoice(Model):
    """The voice in use (None without one), and the versions, the newest first.

    ``next_cursor`` is the ``cursor`` of the next page of versions.
    """

    voice: BrandVoice | None
    version: int | None
    versions: tuple[VoiceVersion, ...]
    next_cursor: str | None = None


def in_words(voice: BrandVoice) -> str:
    """The voice as one Spanish text, a line a trait, as a request could send it."""
    lists = (
        ("Tono", voice.tone),
        ("Rasgos", ", ".join(voice.traits)),
        ("Palabras propias", ", ".join(voice.vocabulary)),
        ("Palabras que evita", ", ".join(voice.avoid)),
        ("Ejemplos", " / ".join(voice.examples)),
    )
    parts = [voice.summary, *(f"{name}: {said}" for name, said in lists if said)]
    if voice.address in _ADDRESSES:
        parts.append(f"Le habla de {_ADDRESSES[voice.address]} a quien lee.")
    return "\n".join(parts)


def guide_of(voice: BrandVoice) -> BrandGuide:
    """What a text in this voice is checked against."""
    return BrandGuide(
        avoid=voice.avoid,
        vocabulary=voice.vocabulary,
        address=voice.address if voice.address in _ADDRESSES else None,
    )
