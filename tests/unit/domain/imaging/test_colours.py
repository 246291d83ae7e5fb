"""Colours from text, and in CIELAB."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.imaging.colours import Colour, Lab

CHANNEL = st.integers(0, 255)


@pytest.mark.parametrize("text", ["#1877F2", "1877f2", " #1877f2 "])
def test_a_hex_colour_is_read_in_any_spelling(text: str) -> None:
    assert Colour.parse(text) == Colour(0x18, 0x77, 0xF2)


def test_three_digits_stand_for_six() -> None:
    assert Colour.parse("#a0F").hex == "#AA00FF"


@pytest.mark.parametrize(
    "text", ["", "#", "azul", "#12345", "#1234567", "#GGGGGG", "rgb(1,2,3)", "#12 345", "##123456"]
)
def test_anything_else_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        Colour.parse(text, "brandKit.colors.2")

    assert caught.value.issues == (("brandKit.colors.2", "must be #RGB or #RRGGBB"),)
    assert "#1877F2" in caught.value.user_message


@given(CHANNEL, CHANNEL, CHANNEL)
def test_what_is_written_is_read_again(red: int, green: int, blue: int) -> None:
    colour = Colour(red, green, blue)

    assert Colour.parse(colour.hex) == colour


@pytest.mark.parametrize("channel", [-1, 256])
def test_a_channel_has_eight_bits(channel: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        Colour(0, channel, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("#FFFFFF", (100.0, 0.0, 0.0)),
        ("#000000", (0.0, 0.0, 0.0)),
        ("#FF0000", (53.24, 80.09, 67.20)),
        ("#00FF00", (87.73, -86.18, 83.18)),
        ("#0000FF", (32.30, 79.19, -107.86)),
    ],
)
def test_lab_is_that_of_the_tables(text: str, expected: tuple[float, float, float]) -> None:
    lab = Colour.parse(text).lab()

    assert (lab.lightness, lab.a, lab.b) == pytest.approx(expected, abs=0.02)


@given(CHANNEL)
def test_a_grey_has_no_chroma(level: int) -> None:
    assert Colour(level, level, level).lab().chroma == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize(
    ("lab", "extreme"),
    [
        (Lab(100, 0, 0), True),
        (Lab(94, 0, 0), True),
        (Lab(93.9, 0, 0), False),
        (Lab(5, 1, 1), True),
        (Lab(10.1, 0, 0), False),
        (Lab(96, 9, 0), False),
        (Lab(50, 0, 0), False),
    ],
)
def test_only_paper_and_ink_are_left_out(lab: Lab, extreme: bool) -> None:
    assert lab.is_neutral_extreme is extreme
