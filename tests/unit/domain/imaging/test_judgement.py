"""What the measured facts mean."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.adapters.package_data.image_rules import PackagedImageRules
from llama_marketing.domain.imaging.brand import brand_colours
from llama_marketing.domain.imaging.facts import PaletteColour
from llama_marketing.domain.imaging.judgement import JudgedImage, is_blurred
from llama_marketing.domain.vocabulary import Platform
from tests.unit.domain.imaging.samples import NO_RULES, facts


def _judged(brand: list[str] | None = None, **changes: Any) -> JudgedImage:
    return JudgedImage.of(facts(**changes), NO_RULES, brand_colours(brand or []))


def test_a_good_picture_has_no_findings() -> None:
    judged = _judged(["#1877F2"])

    assert judged.findings == ()
    assert judged.brand is not None and judged.brand.nearness == "match"


def test_the_facts_stay_as_they_were_measured() -> None:
    measured = facts(width=640)
    judged = JudgedImage.of(measured, NO_RULES)

    assert judged.model_dump(include=set(type(measured).model_fields)) == measured.model_dump()
    assert (judged.brand, judged.placements, judged.ratio) == (None, (), "0.59:1")


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"height": 499}, "image.small"),
        ({"width": 499}, "image.small"),
        ({"sharpness": 59.9}, "image.blurred"),
        ({"contrast": 11.9}, "image.low_contrast"),
        ({"animated": True}, "image.animated"),
    ],
)
def test_a_weakness_is_told_in_one_spanish_sentence(changes: dict[str, Any], rule: str) -> None:
    judged = _judged(**changes)

    assert [finding.rule_id for finding in judged.findings] == [rule]
    assert judged.findings[0].message.startswith("La imagen ")
    assert judged.findings[0].kind == "advice"
    assert judged.found(rule) and not judged.found("image.other")


@pytest.mark.parametrize(
    "changes", [{"height": 500}, {"sharpness": 60.0}, {"contrast": 12.0}, {"animated": False}]
)
def test_what_just_reaches_a_bound_is_no_weakness(changes: dict[str, Any]) -> None:
    assert _judged(**changes).findings == ()


def test_a_plain_surface_is_not_called_blurred() -> None:
    assert not is_blurred(facts(contrast=2.9, sharpness=0.0))
    assert is_blurred(facts(contrast=3.0, sharpness=0.0))


def test_colours_far_from_the_brand_are_a_finding() -> None:
    judged = _judged(["#E4002B"])

    assert [finding.rule_id for finding in judged.findings] == ["image.off_brand"]
    assert judged.brand is not None
    assert judged.findings[0].measured == f"{judged.brand.distance:.1f}"


def test_a_picture_without_colour_is_not_off_brand() -> None:
    white = (PaletteColour(hex="#FFFFFF", share=1.0),)

    assert _judged(["#E4002B"], palette=white).findings == ()


def test_the_placements_are_those_of_the_platform_asked_for() -> None:
    judged = JudgedImage.of(facts(), PackagedImageRules().rules(), platform=Platform.MESSENGER)

    assert [fit.placement for fit in judged.placements] == ["messenger_image"]
    assert judged.ratio == "1:1"
