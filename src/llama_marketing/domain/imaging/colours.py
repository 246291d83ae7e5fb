"""Colours: hex text, sRGB and CIELAB."""

from __future__ import annotations

import re
from math import hypot
from typing import Final, Self

import attrs

from llama_marketing.domain.errors import InvalidRequest

_HEX: Final = re.compile(r"#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
# sRGB (IEC 61966-2-1) to XYZ, each row divided by the white point D65 of 2 degrees.
_TO_XYZ: Final = (
    (0.4124564, 0.3575761, 0.1804375, 0.95047),
    (0.2126729, 0.7151522, 0.0721750, 1.0),
    (0.0193339, 0.1191920, 0.9503041, 1.08883),
)
_EPSILON: Final = 216 / 24389
_KAPPA: Final = 24389 / 27


@attrs.frozen
class Lab:
    """A colour in CIELAB under D65: ``lightness`` from 0 to 100, ``a`` and ``b`` its opponents."""

    lightness: float
    a: float
    b: float

    @property
    def chroma(self) -> float:
        """How far from grey it is."""
        return hypot(self.a, self.b)

    @property
    def is_neutral_extreme(self) -> bool:
        """Whether it is nearly white or black: paper and ink, which say nothing of a brand."""
        return self.chroma <= 8.0 and not 10.0 < self.lightness < 94.0


@attrs.frozen
class Colour:
    """A colour in sRGB, each channel from 0 to 255."""

    red: int = attrs.field(validator=(attrs.validators.ge(0), attrs.validators.le(255)))
    green: int = attrs.field(validator=(attrs.validators.ge(0), attrs.validators.le(255)))
    blue: int = attrs.field(validator=(attrs.validators.ge(0), attrs.validators.le(255)))

    @classmethod
    def parse(cls, text: str, path: str = "color") -> Self:
        """Read ``#RRGGBB`` or ``#RGB``, with or without the sign, blanks around it dropped.

        Raises InvalidRequest with the issue ``path`` for anything else.
        """
        found = text.strip()
        if _HEX.fullmatch(found) is None:
            raise InvalidRequest(
                f"{path} must be a colour such as #1877F2",
                user_message="Los colores de la marca se escriben en hexadecimal, como #1877F2.",
                issues=((path, "must be #RGB or #RRGGBB"),),
            )
        digits = found.removeprefix("#")
        if len(digits) == 3:
            digits = "".join(2 * digit for digit in digits)
        return cls(*bytes.fromhex(digits))

    @property
    def hex(self) -> str:
        """The colour as ``#RRGGBB`` in capitals."""
        return f"#{self.red:02X}{self.green:02X}{self.blue:02X}"

    def lab(self) -> Lab:
        """The colour in CIELAB."""
        linear = [_linear(channel / 255) for channel in (self.red, self.green, self.blue)]
        x, y, z = (
            _compressed((row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2]) / row[3])
            for row in _TO_XYZ
        )
        return Lab(116 * y - 16, 500 * (x - y), 200 * (y - z))


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _compressed(part: float) -> float:
    return part ** (1 / 3) if part > _EPSILON else (_KAPPA * part + 16) / 116
