"""How a brand speaks, read off texts of its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

from llama_marketing.domain.chat.models import ReplySchema
from llama_marketing.domain.chat.schemas import object_schema, text_schema, texts_schema
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.copy_text import copy_text
from llama_marketing.domain.generation.neutralise import neutralise
from llama_marketing.domain.generation.reading import text_of
from llama_marketing.domain.generation.results.brand_voice import BrandVoice
from llama_marketing.domain.generation.short_texts import line_of, lines_of
from llama_marketing.domain.generation.use_cases.shape import UseCaseShape
from llama_marketing.domain.vocabulary import Address, GenerationUseCase

TONE_LENGTH = 80
WORD_LENGTH = 60
EXAMPLE_LENGTH = 200
MOST_TRAITS = 8
MOST_WORDS = 15
MOST_EXAMPLES = 5
_ADDRESSES = {
    "tu": Address.TU,
    "tuteo": Address.TU,
    "usted": Address.USTED,
    "ustedes": Address.USTED,
    "vos": Address.VOS,
    "voseo": Address.VOS,
}


def _schema(_: Brief, bound: int) -> ReplySchema:
    properties = {
        "summary": text_schema(bound),
        "tone": text_schema(TONE_LENGTH),
        "traits": texts_schema(MOST_TRAITS, WORD_LENGTH),
        "vocabulary": texts_schema(MOST_WORDS, WORD_LENGTH),
        "avoid": texts_schema(MOST_WORDS, WORD_LENGTH),
        "address": {"type": "string", "enum": [address.value for address in Address]},
        "examples": texts_schema(MOST_EXAMPLES, EXAMPLE_LENGTH),
    }
    return object_schema("brand_voice", properties)


def _read(found: Mapping[str, Any], _: Brief) -> BrandVoice:
    return BrandVoice(
        summary=copy_text(text_of(found, "summary")),
        tone=line_of(found, "tone", TONE_LENGTH),
        traits=lines_of(found, "traits", MOST_TRAITS, WORD_LENGTH),
        vocabulary=lines_of(found, "vocabulary", MOST_WORDS, WORD_LENGTH),
        avoid=lines_of(found, "avoid", MOST_WORDS, WORD_LENGTH),
        address=_address(text_of(found, "address")),
        examples=lines_of(found, "examples", MOST_EXAMPLES, EXAMPLE_LENGTH),
    )


def _address(said: str) -> Address:
    """The address of a word in any spelling, ``Tú`` as well; of any other, neutral."""
    letters = unicodedata.normalize("NFD", said[:40].strip().casefold())
    plain = "".join(char for char in letters if not unicodedata.combining(char))
    return _ADDRESSES.get(plain, Address.NEUTRAL)


def _material(brief: Brief) -> Mapping[str, Any]:
    samples = brief.request.samples
    return {"muestras": [neutralise(text) for text in samples]} if samples else {}


BRAND_VOICE = UseCaseShape(
    use_case=GenerationUseCase.BRAND_VOICE,
    schema=_schema,
    read=_read,
    copy_field="summary",
    is_judged=False,
    takes_brand_voice=False,
    material=_material,
)
"""The summary first, so that a stream can show it as it arrives; the voice so far is not heard."""
