"""How near the colours of a picture are to those of the brand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from pydantic import Field

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.imaging.colours import Colour, Lab
from llama_marketing.domain.imaging.difference import delta_e_2000
from llama_marketing.domain.imaging.facts import HexColour, PaletteColour
from llama_marketing.domain.model import Model

MATCH_UP_TO: Final = 5.0
"""Delta E 2000 up to which two colours pass for one (a proposal; no standard says it)."""
NEAR_UP_TO: Final = 12.0
"""Delta E 2000 up to which they are of a family (a proposal too)."""

Nearness = Literal["match", "near", "off"]


class BrandColourFit(Model):
    """A colour of the brand, and the colour of the picture that is nearest to it."""

    colour: HexColour
    nearest: HexColour
    delta_e: float = Field(ge=0)
    nearness: Nearness


class BrandFit(Model):
    """How a picture's palette stands to the brand.

    ``distance`` is the mean delta E 2000 of the picture's colours to the nearest of the brand's,
    by their share of the pixels; nearly white and nearly black are left out. It and ``nearness``
    are None where the picture has nothing else. ``colours`` are the brand's, in its own order.
    """

    distance: float | None
    nearness: Nearness | None
    colours: tuple[BrandColourFit, ...]


def brand_colours(texts: Sequence[str]) -> tuple[Colour, ...]:
    """The colours of a brand kit, each once.

    Raises InvalidRequest, with the issue ``brandKit.colors.<place>``, for what is no hex colour.
    """
    found = (Colour.parse(text, f"brandKit.colors.{place}") for place, text in enumerate(texts))
    return tuple(dict.fromkeys(found))


def nearness(delta_e: float) -> Nearness:
    """What a delta E 2000 means."""
    if delta_e <= MATCH_UP_TO:
        return "match"
    return "near" if delta_e <= NEAR_UP_TO else "off"


def brand_fit(palette: Sequence[PaletteColour], brand: Sequence[Colour]) -> BrandFit:
    """Compare a picture's palette with the brand's colours.

    Raises InvalidRequest where the brand has no colours, or the palette none.
    """
    if not brand or not palette:
        raise InvalidRequest("a palette and a brand with colours are needed")
    seen = [(each, each.colour().lab()) for each in palette]
    own = [(each, each.lab()) for each in brand]
    coloured = [(each.share, lab) for each, lab in seen if not lab.is_neutral_extreme]
    total = sum(share for share, _ in coloured)
    distance = None
    if total > 0:
        parts = (
            share * min(delta_e_2000(lab, other) for _, other in own) for share, lab in coloured
        )
        distance = round(sum(parts) / total, 2)
    return BrandFit(
        distance=distance,
        nearness=None if distance is None else nearness(distance),
        colours=tuple(_colour_fit(colour, lab, seen) for colour, lab in own),
    )


def _colour_fit(
    colour: Colour, lab: Lab, seen: Sequence[tuple[PaletteColour, Lab]]
) -> BrandColourFit:
    delta, nearest = min((delta_e_2000(lab, other), each.hex) for each, other in seen)
    delta = round(delta, 2)
    return BrandColourFit(
        colour=colour.hex, nearest=nearest, delta_e=delta, nearness=nearness(delta)
    )
