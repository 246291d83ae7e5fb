"""What the measured facts of a picture mean, before any model has seen it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Self

from llama_marketing.domain.compliance.models import LimitKind
from llama_marketing.domain.imaging.brand import NEAR_UP_TO, BrandFit, brand_fit
from llama_marketing.domain.imaging.colours import Colour
from llama_marketing.domain.imaging.facts import ImageFacts
from llama_marketing.domain.imaging.placements import ImageFinding, ImageRules, PlacementFit
from llama_marketing.domain.vocabulary import Platform

BLURRED_BELOW: Final = 60.0
"""Sharpness below which a picture looks out of focus (a proposal, set on generated pictures)."""
FLAT_BELOW: Final = 3.0
"""Contrast, in percent, below which there is nothing that could be sharp."""
LOW_CONTRAST_BELOW: Final = 12.0
"""Contrast, in percent, below which text is hard to tell from its ground (a proposal)."""
SMALL_BELOW: Final = 500
"""Shortest side, in pixels, below which a picture looks coarse (Stories ads ask for 500)."""


class JudgedImage(ImageFacts):
    """The facts with what they mean; the words of ``findings`` are Spanish.

    ``brand`` is None where the brand's colours are not known.
    """

    ratio: str
    placements: tuple[PlacementFit, ...] = ()
    brand: BrandFit | None = None
    findings: tuple[ImageFinding, ...] = ()

    @classmethod
    def of(
        cls,
        facts: ImageFacts,
        rules: ImageRules,
        brand: Sequence[Colour] = (),
        platform: Platform | None = None,
    ) -> Self:
        """Judge a picture for the placements of one platform, or of all."""
        fit = brand_fit(facts.palette, brand) if brand else None
        return cls(
            **{name: getattr(facts, name) for name in ImageFacts.model_fields},
            ratio=rules.ratio_name(facts),
            placements=rules.fits(facts, platform),
            brand=fit,
            findings=(*_quality(facts), *_brand(fit)),
        )

    def found(self, rule_id: str) -> bool:
        """Whether a finding has that id."""
        return any(finding.rule_id == rule_id for finding in self.findings)


def is_blurred(facts: ImageFacts) -> bool:
    """Whether it looks out of focus; a plain surface does not."""
    return facts.contrast >= FLAT_BELOW and facts.sharpness < BLURRED_BELOW


def _quality(facts: ImageFacts) -> Iterator[ImageFinding]:
    shortest = min(facts.width, facts.height)
    if shortest < SMALL_BELOW:
        yield _advice(
            "image.small",
            f"{shortest:,}",
            f"{SMALL_BELOW:,}",
            f"La imagen es pequeña: su lado corto mide {shortest:,} px; usa al menos "
            f"{SMALL_BELOW:,}.",
        )
    if is_blurred(facts):
        yield _advice(
            "image.blurred",
            f"{facts.sharpness:.1f}",
            f"{BLURRED_BELOW:.1f}",
            "La imagen se ve borrosa. Usa una toma enfocada o una versión de mayor calidad.",
        )
    if facts.contrast < LOW_CONTRAST_BELOW:
        yield _advice(
            "image.low_contrast",
            f"{facts.contrast:.1f}",
            f"{LOW_CONTRAST_BELOW:.1f}",
            "La imagen tiene poco contraste: un texto encima costará trabajo de leer.",
        )
    if facts.animated:
        yield _advice(
            "image.animated", "animada", "fija", "La imagen es animada: se revisó su primer cuadro."
        )


def _brand(fit: BrandFit | None) -> Iterator[ImageFinding]:
    if fit is not None and fit.nearness == "off":
        yield _advice(
            "image.off_brand",
            f"{fit.distance:.1f}",
            f"{NEAR_UP_TO:.1f}",
            "Los colores de la imagen se alejan de los de la marca.",
        )


def _advice(rule_id: str, measured: str, limit: str, message: str) -> ImageFinding:
    return ImageFinding(
        rule_id=rule_id, kind=LimitKind.ADVICE, measured=measured, limit=limit, message=message
    )
