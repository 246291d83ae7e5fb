"""The chunks of a PNG file (W3C, "Portable Network Graphics", third edition)."""

from __future__ import annotations

from typing import Final

from llama_marketing.adapters.images.header import ImageHeader, broken, check_parts
from llama_marketing.domain.imaging.facts import ImageFormat, Removed

_SIGNATURE: Final = 8
_CHUNK: Final = 12
"""Length, name and checksum around a chunk's content."""
_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"eXIf"})
"""The picture itself, and the chunk that may hold its orientation."""
_REMOVED: Final = {
    b"eXIf": Removed.EXIF,
    b"iCCP": Removed.COLOUR_PROFILE,
    b"tEXt": Removed.COMMENT,
    b"zTXt": Removed.COMMENT,
    b"iTXt": Removed.COMMENT,
}
_XMP: Final = b"XML:com.adobe.xmp\0"
_BYTES_A_PIXEL: Final = {0: 2, 2: 4, 3: 1, 4: 4, 6: 4}
"""By colour type, as Pillow holds it; grey may have 16 bits."""


def read_png(data: bytes) -> ImageHeader:
    """The header of a PNG. Raises InvalidRequest where its chunks are not whole."""
    width = height = colour_type = 0
    metadata: list[tuple[int, int]] = []
    removed: set[Removed] = set()
    animated = False
    for name, start, stop in _chunks(data):
        if name == b"IHDR":
            width = int.from_bytes(data[start : start + 4])
            height = int.from_bytes(data[start + 4 : start + 8])
            colour_type = data[start + 9]
        if name == b"acTL":
            animated = int.from_bytes(data[start : start + 4]) > 1
        if name not in (b"IDAT", b"fdAT"):
            metadata.append((start, stop))
        if name in _REMOVED:
            is_xmp = data.startswith(_XMP, start)
            removed.add(Removed.XMP if is_xmp else _REMOVED[name])
    return ImageHeader(
        format=ImageFormat.PNG,
        width=width,
        height=height,
        decode_bytes=width * height * _BYTES_A_PIXEL.get(colour_type, 4),
        end=stop + 4,
        animated=animated,
        metadata=tuple(metadata),
        removed=frozenset(removed | ({Removed.FRAMES} if animated else set())),
    )


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
