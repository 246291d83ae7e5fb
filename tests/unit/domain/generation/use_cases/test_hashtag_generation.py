"""Hashtags alone: valid, each once, as many as fit, never cut."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.measures import Measure
from llama_marketing.domain.generation.length import LengthTarget
from llama_marketing.domain.generation.results.hashtag_set import HashtagSet
from llama_marketing.domain.generation.use_cases.hashtag_generation import HASHTAG_GENERATION
from tests.unit.domain.generation.samples import brief, request

THREE = HashtagSet(hashtags=("#Cafe", "#Chiapas", "#BuenFin"))


@pytest.mark.parametrize(
    "said",
    [
        ["Cafe", "#CAFE", "#Chiapas", 7, "#2026", "BuenFin", "#Cuarto"],
        ["cafe", "¡Chiapas!", "#Buen fin", "#buen-fin"],
        ["Cafe", "Chiapas ☕", "buen fin:", "esta es una frase de siete palabras", "..."],
        "#Cafe #cafe Chiapas #BuenFin #Cuarto",
    ],
)
def test_hashtags_are_cleaned_and_bounded(said: object) -> None:
    """Also where a model wrote phrases, or all as one text; their text is the line of them."""
    read = HASHTAG_GENERATION.read({"hashtags": said}, brief())

    assert [one.casefold() for one in read.suggested_hashtags] == ["#cafe", "#chiapas", "#buenfin"]
    assert read.text == " ".join(read.suggested_hashtags)
    assert read.with_text("#Uno #dos #uno").suggested_hashtags == ("#Uno", "#dos")


@pytest.mark.parametrize(
    ("limit", "kept", "warnings", "partial"),
    [
        (23, 3, (), False),
        (22, 2, ("Se omitieron 1 de 3 hashtags, que no caben.",), False),
        (4, 0, ("Se omitieron 3 de 3 hashtags, que no caben.",), True),
    ],
)
def test_what_does_not_fit_is_left_out_without_another_question(
    limit: int, kept: int, warnings: tuple[str, ...], partial: bool
) -> None:
    """The last ones first; with none left the answer is partial."""
    asked = brief(length=LengthTarget(2200, Measure.UTF16, limit))

    assert HASHTAG_GENERATION.correction(THREE, asked) == ""
    mended = HASHTAG_GENERATION.mend(THREE, asked)
    assert mended.result.suggested_hashtags == THREE.hashtags[:kept]
    assert (mended.warnings, mended.partial) == (warnings, partial)


def test_the_platform_is_told_where_one_was_named() -> None:
    """The general template does not know it."""
    assert HASHTAG_GENERATION.material(brief()) == {}
    asked = brief(request(platform="tiktok"))
    assert HASHTAG_GENERATION.material(asked) == {"plataforma": "tiktok"}


def test_its_schema_asks_for_at_least_one_and_at_most_the_templates_number() -> None:
    """So that an obedient model answers something."""
    hashtags = HASHTAG_GENERATION.schema(brief(), 10).schema["properties"]["hashtags"]

    assert (hashtags["minItems"], hashtags["maxItems"]) == (1, 3)
