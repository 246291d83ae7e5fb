"""Facts of pictures for the tests of this folder."""

from __future__ import annotations

from typing import Any

from llama_marketing.domain.imaging.facts import ImageFacts, PaletteColour
from llama_marketing.domain.imaging.placements import ImageRules

NO_RULES = ImageRules(placements=(), limits=())


def facts(**changes: Any) -> ImageFacts:
    """A picture with nothing to complain of, changed."""
    plain: dict[str, Any] = {
        "format": "jpeg",
        "bytes": 200_000,
        "width": 1080,
        "height": 1080,
        "brightness": 50.0,
        "contrast": 40.0,
        "sharpness": 500.0,
        "palette": (PaletteColour(hex="#1877F2", share=1.0),),
    }
    return ImageFacts(**plain | changes)
