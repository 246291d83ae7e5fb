"""The segments of a JPEG file (ITU-T T.81)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import attrs

from llama_marketing.adapters.images.header import ImageHeader, Metadata, broken, check_parts
from llama_marketing.domain.imaging.facts import LONGEST_SIDE, ImageFormat, Removed
from llama_marketing.domain.imaging.refusals import ImageFault

MAX_SCANS: Final = 64
"""Passes over the picture; progressive encoders write about ten, an attacker thousands."""

_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_METADATA: Final = frozenset({0xFE, *range(0xE0, 0xF0)})
_ABOUT_COLOURS: Final = frozenset({0xE0, 0xEE})
"""JFIF and Adobe, which decide how the components are to be read."""
_LONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})
_MARKER: Final = re.compile(rb"\xff[^\x00\x01\xd0-\xd7\xff]")
"""The first marker behind coded pixels: neither a stuffed byte nor a restart.

Of one FF alone: a repetition would try every place of a long run of them, each to its end.
"""
_FILL: Final = re.compile(rb"\xff+")
_SCAN: Final = 0xDA
_END: Final = 0xD9
_XMP: Final = (b"http://ns.adobe.com/xap/1.0/\0", b"http://ns.adobe.com/xmp/extension/\0")


@attrs.frozen
class _Frame:
    width: int
    height: int
    components: int
    samples: int
    """Samples of all components together, rounded up to whole blocks."""
    progressive: bool


def read_jpeg(data: bytes) -> ImageHeader:
    """The header of a JPEG. Raises InvalidRequest where its segments are not whole."""
    segments = list(_segments(data))
    frames = [each for each in segments if each[0] in _FRAMES]
    scans = sum(marker == _SCAN for marker, _, _ in segments)
    if len(frames) != 1 or not scans:
        raise broken()
    if scans > MAX_SCANS:
        raise ImageFault.TOO_COSTLY.error()
    frame = _frame(frames[0][0], data[frames[0][1] : frames[0][2]])
    return ImageHeader(
        format=ImageFormat.JPEG,
        width=frame.width,
        height=frame.height,
        decode_bytes=_decode_bytes(frame, scans),
        end=segments[-1][2],
        metadata=tuple(
            Metadata(start, stop, _kind(marker, data[start : start + 40]))
            for marker, start, stop in segments
            if marker in _METADATA
        ),
    )


def bare_jpeg(data: bytes) -> bytes:
    """The file with nothing but its picture, and what Adobe says of its colours."""
    kept = [data[:2]]
    place = 2
    for marker, start, stop in _segments(data):
        if marker in _METADATA and marker not in _ABOUT_COLOURS:
            kept.append(data[place : start - 4])
            place = stop
    # Fill bytes before a dropped marker stay, which is allowed.
    return b"".join([*kept, data[place:]])


def draft_scale(width: int, height: int) -> int:
    """By how much the decoder may shrink the picture and still leave 1,568 pixels."""
    fit = max(width, height) // LONGEST_SIDE
    return next((scale for scale in (8, 4, 2) if scale <= fit), 1)


def _decode_bytes(frame: _Frame, scans: int) -> int:
    scale = draft_scale(frame.width, frame.height)
    pixels = -(-frame.width // scale) * -(-frame.height // scale)
    decoded = pixels * (1 if frame.components == 1 else 4)
    # With several passes the decoder keeps every coefficient, of two bytes.
    return decoded + (2 * frame.samples if frame.progressive or scans > 1 else 0)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment's content, to the end of the picture."""
    place, count = 2, 0
    while True:
        if (fill := _FILL.match(data, place)) is None:
            raise broken()
        place = fill.end()
        marker = data[place] if place < len(data) else 0
        place += 1
        if marker == _END:
            yield marker, place, place
            return
        if marker in _LONE:
            continue
        stop = place + int.from_bytes(data[place : place + 2])
        if marker in (0, 0xD8) or stop < place + 2 or stop > len(data):
            raise broken()
        count += 1
        check_parts(count)
        yield marker, place + 2, stop
        place = _after_scan(data, stop) if marker == _SCAN else stop


def _after_scan(data: bytes, place: int) -> int:
    """Where the next marker starts behind the coded pixels."""
    if (found := _MARKER.search(data, place)) is None:
        raise broken()
    return found.start()


def _frame(marker: int, content: bytes) -> _Frame:
    if len(content) < 6 or len(content) != 6 + 3 * content[5] or not content[5]:
        raise broken()
    height, width = int.from_bytes(content[1:3]), int.from_bytes(content[3:5])
    factors = [(one >> 4, one & 15) for one in content[7::3]]
    across, down = (max(pair[axis] for pair in factors) for axis in (0, 1))
    if min(min(pair) for pair in factors) < 1:
        raise broken()
    columns, rows = -(-width // (8 * across)), -(-height // (8 * down))
    blocks = columns * rows * sum(one * two for one, two in factors)
    return _Frame(width, height, content[5], 64 * blocks, marker in _PROGRESSIVE)


def _kind(marker: int, start: bytes) -> Removed | None:
    if marker == 0xFE:
        return Removed.COMMENT
    if marker == 0xE1 and start.startswith(b"Exif\0"):
        return Removed.EXIF
    if marker == 0xE1 and start.startswith(_XMP):
        return Removed.XMP
    return Removed.COLOUR_PROFILE if start.startswith(b"ICC_PROFILE\0") else None
