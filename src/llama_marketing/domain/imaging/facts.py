"""What is measured on an image, without an opinion."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import attrs
from pydantic import Field

from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.imaging.colours import Colour
from llama_marketing.domain.model import AS_NUMBER, Model

LONGEST_SIDE: Final = 1_568
"""Pixels of the longest side that is sent to a model; more is scaled down by the hosts anyway."""
MAX_SIDE: Final = 12_000
"""The longest side, in pixels, that is decoded at all."""
MAX_PIXELS: Final = 25_000_000
"""The most pixels that are decoded."""
MAX_DECODE_BYTES: Final = 136_000_000
"""The most memory that a picture may take while it is decoded, with two copies of its file; with
what is needed to shrink it, the whole stays below 150 MB."""

Pixels = Annotated[int, Field(ge=1)]
Percent = Annotated[float, AS_NUMBER, Field(ge=0, le=100)]
HexColour = Annotated[str, Field(pattern=r"^#[0-9A-F]{6}$")]


class ImageFormat(StrEnum):
    """The formats that are taken."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"


class Removed(StrEnum):
    """What came with the picture and does not go on."""

    EXIF = "exif"
    GPS = "gps"
    XMP = "xmp"
    COLOUR_PROFILE = "colour_profile"
    COMMENT = "comment"
    FRAMES = "frames"
    """The further frames of an animation."""
    TAIL = "tail"
    """Bytes after the end of the picture."""


class PaletteColour(Model):
    """One of the colours that make up most of a picture; ``share`` from 0 to 1 of its pixels."""

    hex: HexColour
    share: float = Field(ge=0, le=1)

    def colour(self) -> Colour:
        """The colour."""
        return Colour.parse(self.hex)


class ImageFacts(Model):
    """What is measured on one picture.

    ``width`` and ``height`` are those of the file as a person sees it, so with its orientation
    applied and before it is scaled down. ``brightness`` is the mean lightness in percent,
    ``contrast`` its standard deviation in percent of the largest possible one, ``sharpness``
    the variance of the Laplacian over the picture at 512 pixels. ``palette`` has the most
    frequent colours first.
    """

    format: ImageFormat
    bytes: int = Field(ge=1)
    width: Pixels
    height: Pixels
    animated: bool = False
    has_transparency: bool = False
    brightness: Percent
    contrast: Percent
    sharpness: float = Field(ge=0)
    palette: tuple[PaletteColour, ...] = Field(min_length=1, max_length=8)
    removed: tuple[Removed, ...] = ()


@attrs.frozen
class PreparedImage:
    """A picture that may be sent: clean, upright, small; and what was measured on the original.

    ``digest`` is the SHA-256 of the bytes that are sent, in hex: equal pictures have it in
    common.
    """

    image: ImagePart
    width: int
    height: int
    digest: str
    facts: ImageFacts
