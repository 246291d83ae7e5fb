"""What a client is told whose own machine keeps running out of time."""

from __future__ import annotations

import re
from typing import Final

SILENCES: Final = 2
"""After so many deadlines in a row a smaller model is suggested."""
_SMALL: Final = 8.0
"""Billions of parameters; what has no more is small already."""
_BILLIONS: Final = re.compile(r"(\d+(?:\.\d+)?)B", re.ASCII)
ADVICE: Final = (
    "El modelo tardó demasiado varias veces seguidas. "
    "Prueba uno más pequeño, como Llama 3.1 8B, o amplía el plazo de la configuración."
)


def is_large(parameter_count: str) -> bool:
    """Whether a model (``70B``, ``109B (17B activos)``) is larger than the suggested one."""
    found = _BILLIONS.match(parameter_count)
    return found is not None and float(found[1]) > _SMALL
