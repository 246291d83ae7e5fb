"""The chunks of a PNG file (W3C, "Portable Network Graphics", third edition)."""

from __future__ import annotations

from typing import Final

from llama_marketing.adapters.images.header import ImageHeader, Metadata, broken, check_parts
from llama_marketing.domain.imaging.facts import ImageFormat, Removed

_SIGNATURE: Final = 8
_CHUNK: Final = 12
"""Length, name and checksum around a chunk's content."""
_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
"""The picture itself."""
_REMOVED: Final = {
    b"eXIf": Removed.EXIF,
    b"iCCP": Removed.COLOUR_PROFILE,
    b"tEXt": Removed.COMMENT,
    b"zTXt": Removed.COMMENT,
    b"iTXt": Removed.COMMENT,
}
_PIXELS: Final = frozenset({b"IDAT", b"fdAT"})
_XMP: Final = b"XML:com.adobe.xmp\0"
_BYTES_A_PIXEL: Final = {0: 2, 2: 4, 3: 1, 4: 4, 6: 4}
"""By colour type, as Pillow holds it; grey may have 16 bits."""


def read_png(data: bytes) -> ImageHeader:
    """The header of a PNG. Raises InvalidRequest where its chunks are not whole."""
    chunks = _chunks(data)
    head = data[chunks[0][1] : chunks[0][2]]
    width, height = int.from_bytes(head[:4]), int.from_bytes(head[4:8])
    return ImageHeader(
        format=ImageFormat.PNG,
        width=width,
        height=height,
        decode_bytes=width * height * _BYTES_A_PIXEL.get(head[9], 4),
        end=chunks[-1][2] + 4,
        metadata=tuple(
            Metadata(start, stop, _kind(name, data[start : start + len(_XMP)]))
            for name, start, stop in chunks
            if name not in _PIXELS
        ),
        animated=any(
            name == b"acTL" and int.from_bytes(data[start : start + 4]) > 1
            for name, start, _ in chunks
        ),
    )


def _kind(name: bytes, start: bytes) -> Removed | None:
    return Removed.XMP if name == b"iTXt" and start == _XMP else _REMOVED.get(name)


def bare_png(data: bytes) -> bytes:
    """The file with nothing but its still picture, so that Pillow meets no other chunk."""
    kept = [data[:_SIGNATURE]]
    kept += [data[start - 8 : stop + 4] for name, start, stop in _chunks(data) if name in _KEPT]
    return b"".join(kept)


def _chunks(data: bytes) -> list[tuple[bytes, int, int]]:
    """Name, start and end of each chunk's content, from IHDR to IEND."""
    found: list[tuple[bytes, int, int]] = []
    place = _SIGNATURE
    while place + _CHUNK <= len(data):
        name = data[place + 4 : place + 8]
        stop = place + 8 + int.from_bytes(data[place : place + 4])
        if (name == b"IHDR") == bool(found) or stop + 4 > len(data):
            raise broken()
        found.append((name, place + 8, stop))
        check_parts(len(found))
        if name == b"IEND":
            if found[0][2] - found[0][1] != 13:
                raise broken()
            return found
        place = stop + 4
    raise broken()
