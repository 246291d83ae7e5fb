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
from llama_marketing.adapters.images.jpeg import bare_jpeg, draft_scale
from llama_marketing.adapters.images.measure import Measures, measure
from llama_marketing.adapters.images.png import bare_png
from llama_marketing.domain.imaging.facts import LONGEST_SIDE, ImageFormat
from llama_marketing.domain.imaging.refusals import ImageFault

QUALITY: Final = 85
_STRIP_PIXELS: Final = 200_000
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

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
    has_transparency: bool
    measures: Measures


def decode(data: bytes, header: ImageHeader, orientation: int) -> Pixels:
    """Decode, shrink, hold upright, measure and write anew.

    Raises InvalidRequest for whatever a decoder stumbles over.
    """
    try:
        return _decode(data, header, orientation)
    # Decoders raise nearly anything on a file made to confuse them.
    except Exception as error:
        raise ImageFault.BROKEN.error() from error


def _decode(data: bytes, header: ImageHeader, orientation: int) -> Pixels:
    small, has_transparency = _reduced(data, header)
    small.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    if orientation in _UPRIGHT:
        small = small.transpose(_UPRIGHT[orientation])
    written = io.BytesIO()
    small.save(written, "JPEG", quality=QUALITY)
    return Pixels(
        content=written.getvalue(),
        width=small.width,
        height=small.height,
        has_transparency=has_transparency,
        measures=measure(small),
    )


def _reduced(data: bytes, header: ImageHeader) -> tuple[Image.Image, bool]:
    """The picture, less than twice as large as needed; when this ends, the whole one is gone."""
    content = io.BytesIO(_BARE[header.format](data))
    with _OPENERS[header.format](content) as picture:
        del content
        if picture.size != (header.width, header.height):
            raise ImageFault.BROKEN.error()
        scale = draft_scale(*picture.size)
        if scale > 1 and header.format is ImageFormat.JPEG:
            picture.draft(None, (picture.width // scale, picture.height // scale))
        picture.load()
        # The file, and in WebP two pictures more, would lie there while this one is shrunk.
        for name in ("_decoder", "_fp"):
            vars(picture).pop(name, None)
        return _in_strips(picture)


def _in_strips(picture: Image.Image) -> tuple[Image.Image, bool]:
    """An opaque RGB copy reduced by a whole factor, and whether it was transparent before.

    Made strip by strip: converting the whole picture at once would double its memory.
    """
    factor = max(1, max(picture.size) // LONGEST_SIDE)
    width, height = (-(-side // factor) for side in picture.size)
    smaller = Image.new("RGB", (width, height))
    has_transparency = False
    rows = factor * max(1, _STRIP_PIXELS // (factor * picture.width))
    for top in range(0, picture.height, rows):
        bottom = min(top + rows, picture.height)
        strip, is_clear = _opaque(picture.crop((0, top, picture.width, bottom)))
        has_transparency |= is_clear
        smaller.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return smaller, has_transparency


def _opaque(strip: Image.Image) -> tuple[Image.Image, bool]:
    """The strip in RGB, over white where it is transparent; and whether it is anywhere."""
    if strip.mode.startswith("I"):
        # 16 bits of grey: Pillow would cut what is above 255 instead of scaling it.
        strip = strip.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if _is_wide(strip.info.get("transparency")):
        # The transparent colour of a picture of 16 bits, which is read with 8.
        del strip.info["transparency"]
    if not strip.has_transparency_data:
        return strip.convert("RGB"), False
    clear = strip.convert("RGBA")
    if clear.getchannel("A").getextrema() == (255, 255):
        return clear.convert("RGB"), False
    ground = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(ground, clear).convert("RGB"), True


def _is_wide(key: object) -> bool:
    values = key if isinstance(key, tuple) else (key,)
    return any(isinstance(value, int) and value > 255 for value in values)


def _as_it_is(data: bytes) -> bytes:
    return data


_BARE: Final[dict[ImageFormat, Callable[[bytes], bytes]]] = {
    ImageFormat.JPEG: bare_jpeg,
    ImageFormat.PNG: bare_png,
    # Its decoder hands metadata over without reading it.
    ImageFormat.WEBP: _as_it_is,
}
