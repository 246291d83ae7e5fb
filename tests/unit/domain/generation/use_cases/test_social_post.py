"""What is read of a reply: only what the surface allows, only what is valid."""

from __future__ import annotations

from llama_marketing.domain.generation.results.social_post import SocialPost
from llama_marketing.domain.generation.use_cases.offered import shape_of
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.generation.samples import brief

SHAPE = shape_of(GenerationUseCase.SOCIAL_POST)


def test_a_post_is_cleaned_and_bounded() -> None:
    """Hashtags once each and with their sign, emojis only, no more of either than asked for."""
    found = {
        "content": "  Café\r\n☕ ",
        "hashtags": ["Cafe", "#CAFE", "dos palabras", "#Chiapas", 7, "uno", "dos"],
        "emojis": ["☕", "ñ", "cafe ☕🍰", "", "🎉", None],
    }

    assert SHAPE.read(found, brief()) == SocialPost(
        content="Café\n☕", hashtags=("#Cafe", "#Chiapas", "#uno"), emojis=("☕", "🍰")
    )


def test_a_surface_without_hashtags_gets_none() -> None:
    """Whatever the model says."""
    none = brief(max_hashtags=0, max_emojis=0)
    found = {"content": "x", "hashtags": "#a #b", "emojis": ["☕"]}

    assert SHAPE.read(found, none) == SocialPost(content="x")
    schema = SHAPE.schema(none, 10).schema
    assert schema["properties"]["hashtags"]["maxItems"] == 0


def test_missing_properties_are_empty() -> None:
    """A copy alone is a post."""
    assert SHAPE.read({"content": "x"}, brief()) == SocialPost(content="x")
    assert SHAPE.read({}, brief()) == SocialPost(content="")
