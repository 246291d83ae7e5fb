"""From a checked file to clean pixels; the one place where a decoder runs."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import attrs
from PIL import Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from llama_marketing.adapters.images.header import ImageHeader
from llama_marketing.adapters.images.jpeg import draft_scale
from llama_marketing.adapters.images.measure import Measures, measure
from llama_marketing.adapters.images.png import bare_png
from llama_marketing.domain.imaging.facts import LONGEST_SIDE, ImageFormat
from llama_marketing.domain.imaging.refusals import ImageFault

QUALITY: Final = 85
_STRIP_PIXELS: Final = 200_000
_ORIENTATION: Final = 0x0112
_GPS: Final = 0x8825
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_TURNED: Final = frozenset({5, 6, 7, 8})

# The classes themselves: Image.open would try further formats, among them ones not asked for.
_OPENERS: Final[dict[ImageFormat, Callable[[io.BytesIO], ImageFile.ImageFile]]] = {
    ImageFormat.JPEG: JpegImageFile,
    ImageFormat.PNG: PngImageFile,
    ImageFormat.WEBP: WebPImageFile,
}


@attrs.frozen
class Pixels:
    """A clean picture as JPEG, and what was seen on the way."""

    content: bytes = attrs.field(repr=False)
    width: int
    height: int
    turned: bool
    """Whether width and height change places when it is held upright."""
    has_transparency: bool
    has_gps: bool
    measures: Measures


def decode(data: bytes, header: ImageHeader) -> Pixels:
    """Decode, shrink, hold upright, measure and write anew.

    Raises InvalidRequest for whatever a decoder stumbles over.
    """
    try:
        return _decode(data, header)
    # Decoders raise nearly anything on a file made to confuse them.
    except Exception as error:
        raise ImageFault.BROKEN.error() from error


def _decode(data: bytes, header: ImageHeader) -> Pixels:
    content = bare_png(data) if header.format is ImageFormat.PNG else data
    with _OPENERS[header.format](io.BytesIO(content)) as picture:
        if picture.size != (header.width, header.height):
            raise ImageFault.BROKEN.error()
        orientation, has_gps = _exif(picture)
        scale = draft_scale(*picture.size)
        if scale > 1 and header.format is ImageFormat.JPEG:
            picture.draft(None, (picture.width // scale, picture.height // scale))
        picture.load()
        # The decoder of WebP would keep two pictures more while this one is shrunk.
        vars(picture).pop("_decoder", None)
        has_transparency = picture.has_transparency_data
        small = _shrunk(picture)
    if orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[orientation])
    written = io.BytesIO()
    small.save(written, "JPEG", quality=QUALITY)
    return Pixels(
        content=written.getvalue(),
        width=small.width,
        height=small.height,
        turned=orientation in _TURNED,
        has_transparency=has_transparency,
        has_gps=has_gps,
        measures=measure(small),
    )


def _exif(picture: Image.Image) -> tuple[int, bool]:
    """The orientation, and whether a place is told; a broken Exif block tells nothing."""
    try:
        exif = picture.getexif()
        return int(exif.get(_ORIENTATION, 1)), bool(exif.get_ifd(_GPS))
    except (ArithmeticError, LookupError, OSError, SyntaxError, TypeError, ValueError, Warning):
        return 1, False


def _shrunk(picture: Image.Image) -> Image.Image:
    """An opaque RGB copy of at most 1,568 pixels a side, made strip by strip.

    Converting the whole picture at once would double the memory that it takes.
    """
    factor = max(1, max(picture.size) // LONGEST_SIDE)
    width, height = (-(-side // factor) for side in picture.size)
    smaller = Image.new("RGB", (width, height))
    rows = factor * max(1, _STRIP_PIXELS // (factor * picture.width))
    for top in range(0, picture.height, rows):
        bottom = min(top + rows, picture.height)
        strip = _opaque(picture.crop((0, top, picture.width, bottom)))
        smaller.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    smaller.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return smaller


def _opaque(strip: Image.Image) -> Image.Image:
    """The strip in RGB, over white where it is transparent."""
    if strip.mode.startswith("I"):
        # 16 bits of grey: Pillow would cut what is above 255 instead of scaling it.
        strip = strip.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if _is_wide(strip.info.get("transparency")):
        # The transparent colour of a picture of 16 bits, which is read with 8.
        del strip.info["transparency"]
    if not strip.has_transparency_data:
        return strip.convert("RGB")
    clear = strip.convert("RGBA")
    ground = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(ground, clear).convert("RGB")


def _is_wide(key: object) -> bool:
    values = key if isinstance(key, tuple) else (key,)
    return any(isinstance(value, int) and value > 255 for value in values)
