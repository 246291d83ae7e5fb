"""Pictures made for tests: plain ones, and those that a stranger makes to do harm.

Pillow is loaded when one is made that needs it.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Image

SECRET: Final = b"Juana Perez, Calle Falsa 123"
"""Stands in each piece of metadata, and must be nowhere in what goes on."""
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_ORIENTATION: Final = 0x0112
_DESCRIPTION: Final = 0x010E
_GPS: Final = 0x8825


def picture(width: int = 64, height: int = 48, mode: str = "RGB", colour: Any = "#1877F2") -> Image:
    """One colour, with a white corner at the top left."""
    from PIL import Image

    made = Image.new(mode, (width, height), colour)
    made.paste(Image.new(mode, (width // 4, height // 4), "white"), (0, 0))
    return made


def saved(image: Image, file_format: str = "JPEG", **options: Any) -> bytes:
    """The file."""
    written = io.BytesIO()
    image.save(written, file_format, **options)
    return written.getvalue()


def exif(orientation: int = 1, *, place: bool = True) -> bytes:
    """An Exif block with an orientation, the secret, and a place."""
    from PIL import Image

    block = Image.Exif()
    block[_ORIENTATION] = orientation
    block[_DESCRIPTION] = SECRET.decode()
    if place:
        block[_GPS] = {1: "N", 2: (19.0, 25.0, 57.0), 3: "W", 4: (99.0, 7.0, 59.0)}
    return block.tobytes()


def xmp() -> bytes:
    """An XMP packet with the secret."""
    return b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>' + SECRET + b"</a></x:xmpmeta>"


def colour_profile() -> bytes:
    """The profile of sRGB with the secret behind it."""
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes() + SECRET


def burdened(file_format: str) -> bytes:
    """A picture with every kind of metadata that its format has, and a tail."""
    from PIL import PngImagePlugin

    options: dict[str, Any] = {"exif": exif(), "icc_profile": colour_profile()}
    if file_format == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", SECRET.decode(), zip=True)
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", xmp().decode())
    else:
        options["xmp"] = xmp()
    if file_format == "JPEG":
        options["comment"] = SECRET
    return saved(picture(), file_format, **options) + SECRET


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG file."""
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def flat_png(width: int, height: int, colour_type: int = 2, depth: int = 8) -> bytes:
    """A black PNG of any size, packed so that the file is tiny: a bomb where it is large."""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    line = bytes(1 + width * channels * depth // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join([*(packer.compress(line) for _ in range(height)), packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    palette = chunk(b"PLTE", bytes(768)) if colour_type == 3 else b""
    chunks = (chunk(b"IHDR", head), palette, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return _SIGNATURE + b"".join(chunks)


def many_chunks() -> bytes:
    """A PNG cut into a hundred thousand chunks of nothing."""
    plain = flat_png(2, 2)
    return plain[:33] + 100_000 * chunk(b"tEXt", b"") + plain[33:]


def many_scans() -> bytes:
    """A progressive JPEG whose last pass stands there a thousand times."""
    plain = saved(picture(), progressive=True)
    last = plain.rindex(b"\xff\xda")
    return plain[:last] + 1000 * plain[last:-2] + b"\xff\xd9"


def resized_jpeg(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    plain = saved(picture())
    place = plain.index(b"\xff\xc0") + 5
    return plain[:place] + struct.pack(">HH", height, width) + plain[place + 4 :]


def resized_webp(width: int, height: int) -> bytes:
    """A small WebP whose canvas claims another size."""
    plain = saved(picture(), "WEBP", exif=exif())
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return plain[:24] + size + plain[30:]


def animated(file_format: str) -> bytes:
    """Two frames: the first blue, the second red."""
    frames = [picture(), picture(colour="#E4002B")]
    return saved(frames[0], file_format, save_all=True, append_images=frames[1:], duration=100)


def with_comment(content: bytes) -> bytes:
    """A JPEG with the content as its comment."""
    return saved(picture(), comment=content)


HOSTILE: Final[Mapping[str, Callable[[], bytes]]] = {
    "bomb of 9,000 px": lambda: flat_png(9_000, 9_000),
    "bomb of 13,000 px": lambda: flat_png(13_000, 13_000),
    "bomb of 9,000 px, 16 bits": lambda: flat_png(9_000, 9_000, depth=16),
    "side of 12,001 px": lambda: flat_png(12_001, 1),
    "side of two thousand million px": lambda: flat_png(1, 1).replace(
        struct.pack(">II", 1, 1), struct.pack(">II", 2**31 - 1, 2**31 - 1), 1
    ),
    "JPEG bomb": lambda: resized_jpeg(65_500, 65_500),
    "WebP bomb": lambda: resized_webp(16_383, 16_383),
    "WebP of 25 million pixels": lambda: resized_webp(5_000, 5_000),
    "a hundred thousand chunks": many_chunks,
    "a thousand passes": many_scans,
    "no width": lambda: resized_jpeg(0, 10),
    "no height": lambda: resized_jpeg(10, 0),
    "no pixels": lambda: flat_png(0, 0),
    "GIF": lambda: saved(picture(), "GIF"),
    "BMP": lambda: saved(picture(), "BMP"),
    "TIFF": lambda: saved(picture(), "TIFF"),
    "SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "PDF": lambda: b"%PDF-1.7\n",
    "HTML": lambda: b"<!doctype html><p>hola",
    "text": lambda: b"hola",
    "nothing": lambda: b"",
    "JPEG and zip": lambda: (
        saved(picture()) + b"PK\x03\x04" + bytes(40) + b"PK\x05\x06" + bytes(18)
    ),
    "JPEG and script": lambda: saved(picture()) + b"<ScRiPt>alert(1)</script>",
    "script in a comment": lambda: with_comment(b"*/=1;<script src=x></script>/*"),
    "PDF in a comment": lambda: with_comment(b"%PDF-1.4 1 0 obj"),
    "PHP in a PNG": lambda: (
        flat_png(2, 2)[:33] + chunk(b"tEXt", b"a\0<?php x") + flat_png(2, 2)[33:]
    ),
    "PNG and GIF": lambda: flat_png(2, 2) + b"GIF89a",
    "start of a JPEG": lambda: b"\xff\xd8\xff\xe0",
    "start of a PNG": lambda: _SIGNATURE,
    "start of a WebP": lambda: b"RIFF\x04\x00\x00\x00WEBP",
    "half a JPEG": lambda: _half(saved(picture(400, 300))),
    "half a PNG": lambda: _half(saved(picture(400, 300), "PNG")),
    "half a WebP": lambda: _half(saved(picture(400, 300), "WEBP")),
    "PNG without pixels": lambda: flat_png(4, 4)[:33] + chunk(b"IEND", b""),
    "PNG with noise for pixels": lambda: (
        flat_png(4, 4)[:33] + chunk(b"IDAT", b"noise") + chunk(b"IEND", b"")
    ),
    "PNG with fewer pixels than told": lambda: flat_png(4, 4).replace(
        chunk(b"IHDR", struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)),
        chunk(b"IHDR", struct.pack(">IIBBBBB", 40, 40, 8, 2, 0, 0, 0)),
    ),
    "WebP with noise for pixels": lambda: (
        b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/" + bytes(12)
    ),
}
"""Files that are refused, each made by a call."""


def _half(content: bytes) -> bytes:
    return content[: len(content) // 2]
