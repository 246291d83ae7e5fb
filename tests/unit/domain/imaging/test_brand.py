"""The palette of a picture against the colours of the brand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.imaging.brand import brand_colours, brand_fit, nearness
from llama_marketing.domain.imaging.colours import Colour
from llama_marketing.domain.imaging.facts import PaletteColour

BLUE = Colour.parse("#1877F2")
HEXES = st.builds(Colour, st.integers(0, 255), st.integers(0, 255), st.integers(0, 255))


def _palette(**shares: float) -> list[PaletteColour]:
    return [PaletteColour(hex=f"#{name}", share=share) for name, share in shares.items()]


@pytest.mark.parametrize(
    ("delta_e", "expected"),
    [(0.0, "match"), (5.0, "match"), (5.01, "near"), (12.0, "near"), (12.01, "off")],
)
def test_the_bands_are_those_of_the_reference(delta_e: float, expected: str) -> None:
    assert nearness(delta_e) == expected


def test_the_colours_of_a_kit_are_read_once_each() -> None:
    assert brand_colours(["#1877F2", "1877f2", "#fff"]) == (BLUE, Colour(255, 255, 255))


def test_a_wrong_colour_is_named_by_its_place() -> None:
    with pytest.raises(InvalidRequest) as caught:
        brand_colours(["#1877F2", "azul marino"])

    assert [field for field, _ in caught.value.issues] == ["brandKit.colors.1"]


def test_the_share_of_the_pixels_weighs() -> None:
    """Three quarters on the brand, one quarter of LinkedIn's blue, at 8.39."""
    fit = brand_fit(_palette(**{"1877F2": 0.75, "0A66C2": 0.25}), [BLUE])

    assert fit.distance == pytest.approx(8.39 / 4, abs=0.01)
    assert fit.nearness == "match"


def test_paper_and_ink_do_not_count() -> None:
    fit = brand_fit(_palette(FFFFFF=0.9, **{"000000": 0.05, "0A66C2": 0.05}), [BLUE])

    assert (fit.distance, fit.nearness) == (8.39, "near")


def test_a_picture_in_black_and_white_is_neither_near_nor_off() -> None:
    fit = brand_fit(_palette(FFFFFF=1.0), [BLUE])

    assert (fit.distance, fit.nearness) == (None, None)
    assert fit.colours[0].nearness == "off"


def test_each_colour_of_the_brand_has_its_nearest() -> None:
    red = Colour.parse("#E4002B")
    fit = brand_fit(_palette(D50032=0.1, **{"1877F2": 0.9}), [red, BLUE])

    assert [(each.colour, each.nearest, each.nearness) for each in fit.colours] == [
        ("#E4002B", "#D50032", "match"),
        ("#1877F2", "#1877F2", "match"),
    ]
    assert [each.delta_e for each in fit.colours] == [4.27, 0.0]


def test_without_a_brand_or_a_palette_there_is_nothing_to_compare() -> None:
    for palette, brand in ((_palette(FFFFFF=1.0), []), ([], [BLUE])):
        with pytest.raises(InvalidRequest, match="needed"):
            brand_fit(palette, brand)


@given(HEXES, HEXES, HEXES)
def test_more_colours_in_the_brand_never_move_a_picture_away(
    seen: Colour, one: Colour, two: Colour
) -> None:
    palette = [PaletteColour(hex=seen.hex, share=1.0)]
    alone, both = brand_fit(palette, [one]), brand_fit(palette, [one, two])

    assert (alone.distance is None) == (both.distance is None)
    if alone.distance is not None and both.distance is not None:
        assert both.distance <= alone.distance
