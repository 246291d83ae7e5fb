"""How different two colours look: CIEDE2000.

The formula is the one of CIE 142-2001; its published test pairs are those of Sharma, Wu and
Dalal, "The CIEDE2000 color-difference formula" (2005), table 1. Never mix it with delta E 76,
whose figures are about twice as large for saturated colours.
"""

from __future__ import annotations

from math import atan2, cos, degrees, exp, hypot, radians, sin, sqrt
from typing import Final

import attrs

from llama_marketing.domain.imaging.colours import Lab

_25_TO_THE_7TH: Final = 25.0**7


def delta_e_2000(first: Lab, second: Lab) -> float:
    """The difference, from 0; about 2.3 is just noticeable."""
    mean_chroma = (first.chroma + second.chroma) / 2
    stretch = 1 + (1 - _saturation(mean_chroma)) / 2
    one, two = _Polar.of(first, stretch), _Polar.of(second, stretch)
    turn = _turn(one, two)
    d_lightness = second.lightness - first.lightness
    d_chroma = two.chroma - one.chroma
    d_hue = 2 * sqrt(one.chroma * two.chroma) * sin(radians(turn / 2))

    chroma = (one.chroma + two.chroma) / 2
    hue = _mean_hue(one, two)
    lightness_part = d_lightness / _lightness_weight((first.lightness + second.lightness) / 2)
    chroma_part = d_chroma / (1 + 0.045 * chroma)
    hue_part = d_hue / (1 + 0.015 * chroma * _hue_weight(hue))
    rotation = -2 * _saturation(chroma) * sin(radians(60 * exp(-(((hue - 275) / 25) ** 2))))
    square = lightness_part**2 + chroma_part**2 + hue_part**2 + rotation * chroma_part * hue_part
    # Rounding alone can bring it below zero.
    return sqrt(max(0.0, square))


@attrs.frozen
class _Polar:
    """A colour's chroma and hue (degrees, from 0 to 360) with the a axis stretched."""

    chroma: float
    hue: float

    @classmethod
    def of(cls, colour: Lab, stretch: float) -> _Polar:
        a = colour.a * stretch
        return cls(hypot(a, colour.b), degrees(atan2(colour.b, a)) % 360)


def _saturation(chroma: float) -> float:
    seventh = chroma**7
    return sqrt(seventh / (seventh + _25_TO_THE_7TH))


def _turn(one: _Polar, two: _Polar) -> float:
    """The way from one hue to the other in degrees, from -180 to 180; 0 where one is grey."""
    if one.chroma * two.chroma == 0:
        return 0.0
    turn = two.hue - one.hue
    if turn > 180:
        return turn - 360
    return turn + 360 if turn < -180 else turn


def _mean_hue(one: _Polar, two: _Polar) -> float:
    """The hue half-way in degrees; their sum where one is grey, as the formula has it."""
    total = one.hue + two.hue
    if one.chroma * two.chroma == 0:
        return total
    if abs(one.hue - two.hue) <= 180:
        return total / 2
    return (total + 360) / 2 if total < 360 else (total - 360) / 2


def _lightness_weight(lightness: float) -> float:
    square = (lightness - 50) ** 2
    return 1 + 0.015 * square / sqrt(20 + square)


def _hue_weight(hue: float) -> float:
    return (
        1
        - 0.17 * cos(radians(hue - 30))
        + 0.24 * cos(radians(2 * hue))
        + 0.32 * cos(radians(3 * hue + 6))
        - 0.20 * cos(radians(4 * hue - 63))
    )
