"""The two facts of an Exif block that matter here (CIPA DC-008): which way is up, and GPS.

Read here and not by Pillow, so that no decoder has to understand a stranger's metadata.
"""

from __future__ import annotations

from typing import Final, Literal

import attrs

_ORIENTATION: Final = 0x0112
_GPS: Final = 0x8825
_ENTRY: Final = 12
_PREFIX: Final = b"Exif\0\0"


@attrs.frozen
class Exif:
    """``orientation`` from 1 (upright) to 8."""

    orientation: int = 1
    has_gps: bool = False


def read_exif(block: bytes) -> Exif:
    """What the block's first directory says; nothing, where it is broken."""
    block = block.removeprefix(_PREFIX)
    order: Literal["little", "big"] = "little" if block.startswith(b"II*\0") else "big"
    if order == "big" and not block.startswith(b"MM\0*"):
        return Exif()
    start = int.from_bytes(block[4:8], order)
    count = int.from_bytes(block[start : start + 2], order)
    orientation, has_gps = 1, False
    for number in range(min(count, (len(block) - start - 2) // _ENTRY)):
        place = start + 2 + number * _ENTRY
        tag = int.from_bytes(block[place : place + 2], order)
        if tag == _ORIENTATION:
            orientation = int.from_bytes(block[place + 8 : place + 10], order)
        has_gps |= tag == _GPS
    return Exif(orientation if 1 <= orientation <= 8 else 1, has_gps)
