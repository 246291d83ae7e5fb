"""What a WhatsApp template says it is for, and what its words say."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from llama_marketing.domain.compliance.models import Finding, LimitKind
from llama_marketing.domain.compliance.normalise import normalise
from llama_marketing.domain.compliance.occurrences import occurrences
from llama_marketing.domain.compliance.shadow import shadow_of
from llama_marketing.domain.compliance.words import word_spans

PROMOTIONAL: Final = (
    "descuento", "descuentos", "oferta", "ofertas", "promo", "promoción", "promociones",
    "% off", "cupón", "cupones", "aprovecha", "compra ahora", "compra ya", "2x1", "3x2",
    "meses sin intereses", "rebaja", "rebajas", "gratis", "Buen Fin",
)  # fmt: skip
"""Words of an offer. Meta takes mixed content for marketing by itself since 2025-07-01 (gupshup,
2025; its own rule is not published, so this is a hint)."""


class TemplateCategory(StrEnum):
    """The categories of Meta's templates."""

    MARKETING = "marketing"
    UTILITY = "utility"
    AUTHENTICATION = "authentication"


def category_findings(text: str, category: TemplateCategory | None) -> tuple[Finding, ...]:
    """The words of an offer in a template that is declared to be none."""
    if category in (None, TemplateCategory.MARKETING):
        return ()
    return tuple(
        occurrences(
            "whatsapp.template.promotional",
            LimitKind.POLICY,
            word_spans(shadow_of(normalise(text)), PROMOTIONAL),
            "La plantilla se declara sin promoción, pero promueve: Meta la tomará por marketing.",
        )
    )
