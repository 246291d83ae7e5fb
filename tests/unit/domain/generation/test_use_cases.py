"""What is read of a reply: only what the surface allows, only what is valid."""

from __future__ import annotations

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.models import SocialPost
from llama_marketing.domain.generation.use_cases import SHAPES, shape_of
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.generation.samples import template

SHAPE = shape_of(GenerationUseCase.SOCIAL_POST)


def test_a_post_is_cleaned_and_bounded() -> None:
    """Hashtags once each and with their sign, emojis only, no more of either than asked for."""
    found = {
        "content": "  Café\r\n☕ ",
        "hashtags": ["Cafe", "#CAFE", "dos palabras", "#Chiapas", 7, "uno", "dos"],
        "emojis": ["☕", "ñ", "cafe ☕🍰", "", "🎉", None],
    }

    assert SHAPE.read(found, template()) == SocialPost(
        content="Café\n☕", hashtags=("#Cafe", "#Chiapas", "#uno"), emojis=("☕", "🍰")
    )


def test_a_surface_without_hashtags_gets_none() -> None:
    """Whatever the model says."""
    none = template(max_hashtags=0, max_emojis=0)
    found = {"content": "x", "hashtags": "#a #b", "emojis": ["☕"]}

    assert SHAPE.read(found, none) == SocialPost(content="x")
    schema = SHAPE.schema(none, 10).schema
    assert schema["properties"]["hashtags"]["maxItems"] == 0


def test_missing_properties_are_empty() -> None:
    """A copy alone is a post."""
    assert SHAPE.read({"content": "x"}, template()) == SocialPost(content="x")
    assert SHAPE.read({}, template()) == SocialPost(content="")


def test_the_copy_field_is_a_property_of_its_schema_and_the_first() -> None:
    """So that a stream can show it as it arrives."""
    for use_case, shape in SHAPES.items():
        assert shape.use_case is use_case
        assert next(iter(shape.schema(template(), 10).schema["properties"])) == shape.copy_field


def test_what_cannot_be_generated_yet_is_refused() -> None:
    """In Spanish, by its name."""
    with pytest.raises(InvalidRequest, match="brand_voice") as caught:
        shape_of(GenerationUseCase.BRAND_VOICE)
    assert caught.value.issues == (("useCase", "not available"),)
