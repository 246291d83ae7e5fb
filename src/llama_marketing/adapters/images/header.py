"""What a picture's bytes say of it before anything is decoded."""

from __future__ import annotations

from typing import Final

import attrs

from llama_marketing.adapters.images.exif import Exif, read_exif
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.imaging.facts import (
    MAX_DECODE_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    ImageFormat,
    Removed,
)
from llama_marketing.domain.imaging.refusals import ImageFault

MAX_PARTS: Final = 20_000
"""Chunks or segments of one file; a file of 10 MB could be cut into a million."""


@attrs.frozen
class Metadata:
    """A range of bytes, from ``start`` to ``stop``, that holds no part of the picture."""

    start: int
    stop: int
    kind: Removed | None = None


@attrs.frozen
class ImageHeader:
    """The frame of a picture, without its content.

    ``width`` and ``height`` are before orientation. ``decode_bytes`` is what decoding takes at
    its peak. ``end`` is where the picture ends; bytes behind it are a tail.
    """

    format: ImageFormat
    width: int
    height: int
    decode_bytes: int
    end: int
    metadata: tuple[Metadata, ...] = ()
    animated: bool = False

    def exif(self, data: bytes) -> Exif:
        """What the first Exif block of the file says."""
        blocks = (part for part in self.metadata if part.kind is Removed.EXIF)
        found = next(blocks, None)
        return Exif() if found is None else read_exif(data[found.start : found.stop])

    def removed(self, data: bytes) -> tuple[Removed, ...]:
        """What of the file does not go on."""
        found = {part.kind for part in self.metadata}
        there = {
            Removed.GPS: self.exif(data).has_gps,
            Removed.FRAMES: self.animated,
            Removed.TAIL: self.end < len(data),
        }
        return tuple(kind for kind in Removed if kind in found or there.get(kind))

    def check(self, file_bytes: int) -> None:
        """Raise InvalidRequest where decoding it would take too much, or it has no pixels."""
        if self.width < 1 or self.height < 1:
            raise ImageFault.BROKEN.error()
        if max(self.width, self.height) > MAX_SIDE or self.width * self.height > MAX_PIXELS:
            raise ImageFault.TOO_MANY_PIXELS.error()
        if self.decode_bytes + 2 * file_bytes > MAX_DECODE_BYTES:
            raise ImageFault.TOO_COSTLY.error()


def broken() -> InvalidRequest:
    """The fault of a file that is not whole."""
    return ImageFault.BROKEN.error()


def check_parts(count: int) -> None:
    """Raise InvalidRequest for a file cut into more parts than any program writes."""
    if count > MAX_PARTS:
        raise ImageFault.TOO_COSTLY.error()


_FOREIGN: Final = (
    b"pk\x03\x04",
    b"pk\x05\x06",
    b"%pdf-",
    b"rar!\x1a\x07",
    b"7z\xbc\xaf\x27\x1c",
    b"\x7felf",
    b"gif87a",
    b"gif89a",
    b"<?php",
    b"<script",
    b"<html",
    b"<svg",
    b"<!doctype",
    b"javascript:",
)
"""Starts of files, in lower case, that some reader would find inside a picture."""


def hides_a_file(data: bytes, header: ImageHeader) -> bool:
    """Whether another file lies in the metadata or behind the picture's end.

    The pixels themselves are not looked at: noise has every start of four bytes somewhere.
    """
    parts = (*header.metadata, Metadata(header.end, len(data)))
    return any(_foreign(data[part.start : part.stop].lower()) for part in parts)


def _foreign(part: bytes) -> bool:
    return any(start in part for start in _FOREIGN)
