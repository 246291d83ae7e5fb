"""Which picture fits which placement."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.adapters.package_data.image_rules import PackagedImageRules
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.imaging.facts import ImageFacts
from llama_marketing.domain.imaging.placements import (
    ImageLimit,
    ImagePlacement,
    ImageRules,
    PlacementFit,
    ratio_value,
)
from llama_marketing.domain.vocabulary import Platform
from tests.unit.domain.imaging.samples import NO_RULES, facts

RULES = PackagedImageRules().rules()
SIDE = st.integers(1, 12_000)


def _fit(placement: str, picture: ImageFacts) -> PlacementFit:
    return next(each for each in RULES.fits(picture) if each.placement == placement)


def _limit(**changes: Any) -> ImageLimit:
    row: dict[str, Any] = {
        "rule_id": "a.rule",
        "placement": "a_place",
        "kind": "hard",
        "checks": "min_width",
        "value": 500,
        "message": "{measured} es menos que {limit}.",
        "as_of": date(2026, 11, 22),
        "source": "a page",
        "confidence": "A",
    }
    return ImageLimit(**row | changes)


A_PLACE = ImagePlacement(id="a_place", platform=Platform.FACEBOOK, name="un lugar")


@pytest.mark.parametrize(
    ("width", "height", "name"),
    [
        (1080, 1080, "1:1"),
        (1080, 1350, "4:5"),
        (1080, 1920, "9:16"),
        (1200, 628, "1.91:1"),
        (1080, 566, "1.91:1"),
        (800, 418, "1.91:1"),
        (1000, 1000 + 11, "0.99:1"),
        (1600, 1200, "1.33:1"),
    ],
)
def test_a_ratio_is_named_within_one_percent(width: int, height: int, name: str) -> None:
    """1200 by 628 is 1.9108: the exact 1.91 never occurs."""
    assert RULES.ratio_name(facts(width=width, height=height)) == name


def test_without_rules_a_ratio_is_a_number() -> None:
    assert NO_RULES.ratio_name(facts()) == "1.00:1"


@pytest.mark.parametrize("text", ["", "4/5", "0:5", "4:0", "a:b", "4:5 ", "1.91", "-4:5"])
def test_a_ratio_is_width_to_height(text: str) -> None:
    with pytest.raises(ValueError, match="4:5"):
        ratio_value(text)


@pytest.mark.parametrize(
    ("placement", "changes", "verdict", "rules"),
    [
        ("instagram_feed", {}, "fits", []),
        ("instagram_feed", {"format": "png"}, "warning", ["instagram.feed.format"]),
        ("instagram_feed", {"bytes": 8_388_608}, "fits", []),
        ("instagram_feed", {"bytes": 8_388_609}, "refused", ["instagram.feed.bytes"]),
        ("instagram_feed", {"height": 1920}, "refused", ["instagram.feed.ratio"]),
        ("instagram_feed", {"height": 1350}, "fits", []),
        ("instagram_feed", {"height": 566}, "fits", []),
        ("instagram_feed", {"height": 540}, "refused", ["instagram.feed.ratio"]),
        ("instagram_feed", {"width": 319, "height": 319}, "warning", ["instagram.feed.min_width"]),
        (
            "instagram_feed",
            {"width": 1441, "height": 1441},
            "warning",
            ["instagram.feed.max_width"],
        ),
        ("instagram_ad", {"width": 600, "height": 600}, "fits", []),
        ("instagram_ad", {"width": 599, "height": 599}, "refused", ["instagram.ad.min_width"]),
        ("instagram_story", {"height": 1920}, "fits", []),
        ("instagram_story", {}, "warning", ["instagram.story.ratio"]),
        ("facebook_story", {"width": 499, "height": 887}, "refused", ["facebook.story.min_width"]),
        ("facebook_marketplace", {"format": "webp"}, "fits", []),
        ("whatsapp_header", {"format": "webp", "height": 565}, "refused", None),
        ("messenger_image", {"bytes": 8_000_001}, "refused", ["messenger.image.bytes"]),
    ],
)
def test_the_verdict_follows_from_the_limits(
    placement: str, changes: dict[str, Any], verdict: str, rules: list[str] | None
) -> None:
    fit = _fit(placement, facts(**changes))

    assert fit.verdict == verdict
    assert rules is None or [finding.rule_id for finding in fit.findings] == rules


def test_a_finding_says_what_was_measured_and_what_is_asked() -> None:
    finding = _fit("instagram_feed", facts(height=1920)).findings[0]

    assert (finding.measured, finding.limit) == ("9:16", "4:5 a 1.91:1")
    assert "9:16" in finding.message and "4:5 a 1.91:1" in finding.message
    formats = _fit("instagram_story", facts(format="webp", height=1920)).findings[0]
    assert (formats.measured, formats.limit) == ("webp", "jpeg, png")
    small = _fit("instagram_ad", facts(width=500, height=500)).findings[0]
    assert (small.measured, small.limit) == ("500", "600")
    heavy = _fit("whatsapp_header", facts(bytes=6_000_000)).findings[0]
    assert (heavy.measured, heavy.limit) == ("6,000,000", "5,000,000")


def test_a_platform_narrows_the_verdicts() -> None:
    fits = RULES.fits(facts(), Platform.WHATSAPP)

    assert [fit.placement for fit in fits] == ["whatsapp_header"]
    assert len(RULES.fits(facts())) == len(RULES.placements)
    assert RULES.fits(facts(), Platform.EMAIL) == ()


@given(SIDE, SIDE)
def test_every_size_gets_a_verdict_everywhere(width: int, height: int) -> None:
    picture = facts(width=width, height=height)

    for fit in RULES.fits(picture):
        assert (fit.verdict == "fits") == (fit.findings == ())
        assert all(finding.message.endswith(".") for finding in fit.findings)


@given(SIDE, SIDE, st.integers(1, 8))
def test_a_picture_twice_as_large_has_the_same_ratio(width: int, height: int, times: int) -> None:
    first = facts(width=width, height=height)
    larger = facts(width=width * times, height=height * times)

    assert RULES.ratio_name(first) == RULES.ratio_name(larger)


@pytest.mark.parametrize(
    "changes",
    [
        {"value": 0},
        {"checks": "format"},
        {"checks": "ratio"},
        {"checks": "ratio_range", "ratios": ("1:1",)},
        {"checks": "ratio", "ratios": ("4/5",)},
        {"message": "{unknown}"},
        {"message": "{measured"},
        {"kind": "soft"},
    ],
)
def test_a_limit_that_lacks_something_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        _limit(**changes)


def test_ids_come_once_and_placements_exist() -> None:
    for placements, limits, complaint in (
        ((A_PLACE, A_PLACE), (), "a_place is there twice"),
        ((A_PLACE,), (_limit(), _limit()), "a.rule is there twice"),
        ((), (_limit(),), "there is no placement a_place"),
    ):
        with pytest.raises(InvalidRequest, match=complaint):
            ImageRules(placements=placements, limits=limits)
