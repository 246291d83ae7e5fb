"""The chunks of a WebP file (RFC 9649)."""

from __future__ import annotations

from typing import Final

from llama_marketing.adapters.images.header import ImageHeader, Metadata, broken, check_parts
from llama_marketing.domain.imaging.facts import ImageFormat, Removed

_RIFF_HEAD: Final = 12
_BYTES_A_PIXEL: Final = 16
"""Two canvases of the decoder, the frame it hands over and Pillow's copy of it (measured)."""
_PIXELS: Final = frozenset({b"VP8 ", b"VP8L", b"ANMF", b"ALPH"})
_REMOVED: Final = {
    b"EXIF": Removed.EXIF,
    b"XMP ": Removed.XMP,
    b"ICCP": Removed.COLOUR_PROFILE,
}


def read_webp(data: bytes) -> ImageHeader:
    """The header of a WebP. Raises InvalidRequest where its chunks are not whole."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise broken()
    chunks = _chunks(data, end)
    told = [_size(name, data[start : min(stop, start + 16)]) for name, start, stop in chunks]
    sizes = [size for size in told if size is not None]
    if not sizes:
        raise broken()
    width, height = (max(size[axis] for size in sizes) for axis in (0, 1))
    return ImageHeader(
        format=ImageFormat.WEBP,
        width=width,
        height=height,
        decode_bytes=width * height * _BYTES_A_PIXEL,
        end=end,
        metadata=tuple(
            Metadata(start, stop, _REMOVED.get(name))
            for name, start, stop in chunks
            if name not in _PIXELS
        ),
        animated=sum(name == b"ANMF" for name, _, _ in chunks) > 1,
    )


def _chunks(data: bytes, end: int) -> list[tuple[bytes, int, int]]:
    """Name, start and end of each chunk's content."""
    found: list[tuple[bytes, int, int]] = []
    place = _RIFF_HEAD
    while place + 8 <= end:
        start = place + 8
        stop = start + int.from_bytes(data[place + 4 : start], "little")
        if stop > end:
            raise broken()
        found.append((data[place : place + 4], start, stop))
        check_parts(len(found))
        # A chunk of odd length is followed by one byte that does not count.
        place = stop + (stop - start) % 2
    return found


def _size(name: bytes, start: bytes) -> tuple[int, int] | None:
    """The width and height that a chunk tells; None where it tells none."""
    if name == b"VP8X" and len(start) >= 10:
        return _three(start, 4) + 1, _three(start, 7) + 1
    if name == b"ANMF" and len(start) >= 12:
        return _three(start, 6) + 1, _three(start, 9) + 1
    if name == b"VP8 " and start[3:6] == b"\x9d\x01\x2a" and len(start) >= 10:
        both = int.from_bytes(start[6:10], "little")
        return both & 0x3FFF, both >> 16 & 0x3FFF
    if name == b"VP8L" and start[:1] == b"\x2f" and len(start) >= 5:
        bits = int.from_bytes(start[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


def _three(content: bytes, place: int) -> int:
    return int.from_bytes(content[place : place + 3], "little")
