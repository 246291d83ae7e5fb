"""What a platform's policies forbid in pictures, as far as a model is asked to look for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final

from llama_marketing.domain.compliance.models import LimitKind
from llama_marketing.domain.imaging.placements import ImageFinding

MOST_TEXT: Final = 20
"""Percent of a picture that text should cover at most: a rule until 2020, advice since."""


class PicturePolicy(StrEnum):
    """What the model may report; a person confirms it."""

    NUDITY = "nudity"
    VIOLENCE = "violence"
    BEFORE_AFTER = "before_after"
    FAKE_INTERFACE = "fake_interface"
    PERSONAL_ATTRIBUTES = "personal_attributes"
    ALCOHOL_TOBACCO = "alcohol_tobacco"
    WEAPONS_DRUGS = "weapons_drugs"
    PLATFORM_BRAND = "platform_brand"
    MINORS = "minors"


_SENTENCES: Final[Mapping[PicturePolicy, str]] = {
    PicturePolicy.NUDITY: "Puede mostrar desnudez o una pose sugerente, que Meta no permite.",
    PicturePolicy.VIOLENCE: "Puede mostrar violencia o una escena impactante.",
    PicturePolicy.BEFORE_AFTER: "Parece un «antes y después», que Meta limita en salud y peso.",
    PicturePolicy.FAKE_INTERFACE: "Parece simular botones o avisos que no funcionan.",
    PicturePolicy.PERSONAL_ATTRIBUTES: "Puede aludir a rasgos personales de quien la ve.",
    PicturePolicy.ALCOHOL_TOBACCO: "Puede mostrar alcohol o tabaco, que tienen reglas propias.",
    PicturePolicy.WEAPONS_DRUGS: "Puede mostrar armas o drogas, que Meta no permite.",
    PicturePolicy.PLATFORM_BRAND: "Muestra una marca de Meta; revisa sus reglas de uso.",
    PicturePolicy.MINORS: "Puede mostrar a menores de edad; confirma los permisos.",
}


def policy_findings(
    reported: Iterable[str], text_percent: int | None = None
) -> tuple[ImageFinding, ...]:
    """The findings for what a model reported, each once; unknown words are left out."""
    known = [policy for policy in PicturePolicy if policy.value in set(reported)]
    found = [
        ImageFinding(
            rule_id=f"image.policy.{policy.value}",
            kind=LimitKind.POLICY,
            measured="",
            limit="",
            message=_SENTENCES[policy],
        )
        for policy in known
    ]
    if text_percent is not None and text_percent > MOST_TEXT:
        found.append(
            ImageFinding(
                rule_id="image.text_share",
                kind=LimitKind.ADVICE,
                measured=str(text_percent),
                limit=str(MOST_TEXT),
                message=f"El texto cubre cerca de {text_percent} % de la imagen; con menos de "
                f"{MOST_TEXT} % suele funcionar mejor. Ya no es motivo de rechazo.",
            )
        )
    return tuple(found)
