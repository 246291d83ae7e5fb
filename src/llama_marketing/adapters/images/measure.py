"""Measures a picture's pixels with Pillow."""

from __future__ import annotations

from typing import Final

import attrs
from PIL import Image, ImageFilter, ImageStat

from llama_marketing.domain.imaging.facts import PaletteColour

SHARPNESS_SIDE: Final = 512
"""Pixels of the longest side over which sharpness is measured, so that sizes compare."""
PALETTE_SIDE: Final = 160
"""Pixels of the longest side over which colours are counted."""
COLOURS: Final = 8

_LAPLACIAN: Final = (0, 1, 0, 1, -4, 1, 0, 1, 0)
_GREY: Final = 128
"""Where zero lies in a filtered picture, whose values cannot be negative."""


@attrs.frozen
class Measures:
    """Figures of a picture; see :class:`~llama_marketing.domain.imaging.facts.ImageFacts`."""

    brightness: float
    contrast: float
    sharpness: float
    palette: tuple[PaletteColour, ...]


def measure(picture: Image.Image) -> Measures:
    """Measure a picture in mode RGB."""
    lightness = picture.convert("L")
    statistics = ImageStat.Stat(lightness)
    return Measures(
        brightness=round(100 * statistics.mean[0] / 255, 2),
        contrast=round(100 * statistics.stddev[0] / 127.5, 2),
        sharpness=_sharpness(lightness),
        palette=_palette(picture),
    )


def _sharpness(lightness: Image.Image) -> float:
    small = lightness.copy()
    small.thumbnail((SHARPNESS_SIDE, SHARPNESS_SIDE))
    if min(small.size) < 3:
        return 0.0
    edges = small.filter(ImageFilter.Kernel((3, 3), _LAPLACIAN, scale=1, offset=_GREY))
    # The outermost pixels are not filtered.
    inner = edges.crop((1, 1, small.width - 1, small.height - 1))
    return round(ImageStat.Stat(inner).var[0], 2)


def _palette(picture: Image.Image) -> tuple[PaletteColour, ...]:
    small = picture.copy()
    small.thumbnail((PALETTE_SIDE, PALETTE_SIDE))
    found = small.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    counted = sorted(found.convert("RGB").getcolors(COLOURS) or [], reverse=True)
    total = small.width * small.height
    return tuple(
        PaletteColour(hex=_hex(colour), share=round(count / total, 4)) for count, colour in counted
    )


def _hex(colour: object) -> str:
    # What is read off a picture in RGB is a tuple of three; Pillow's types allow for others.
    assert isinstance(colour, tuple)
    return f"#{bytes(colour).hex().upper()}"
