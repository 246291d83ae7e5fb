"""The angles of the ads of one request, so that a test compares ideas and not words."""

from __future__ import annotations

from enum import StrEnum

from llama_marketing.domain.errors import InvalidRequest

FEWEST_ADS = 2
MOST_ADS = 5


class Angle(StrEnum):
    """What an ad argues with."""

    BENEFIT = "benefit"
    URGENCY = "urgency"
    SOCIAL_PROOF = "social_proof"
    QUESTION = "question"


_INSTRUCTIONS = {
    Angle.BENEFIT: "el beneficio concreto para quien compra",
    Angle.URGENCY: "una razón real para actuar ahora, sin inventar fechas ni existencias",
    Angle.SOCIAL_PROOF: "la confianza de otros clientes, sin inventar cifras ni testimonios",
    Angle.QUESTION: "una pregunta sobre una situación, nunca sobre quién es el lector",
}


def angles(count: int) -> tuple[Angle, ...]:
    """The angle of each of so many ads; one is raised to two, a fifth repeats the first.

    Raises InvalidRequest below 1 and above 5.
    """
    if not 1 <= count <= MOST_ADS:
        raise InvalidRequest(
            "there are 1 to 5 ads",
            user_message="Se pueden pedir de 1 a 5 anuncios.",
            issues=(("variations", "must be from 1 to 5"),),
        )
    known = tuple(Angle)
    return tuple(known[index % len(known)] for index in range(max(count, FEWEST_ADS)))


def angle_instruction(index: int) -> str:
    """What the model is told about the ad of that place, from 0, in Spanish."""
    known = tuple(Angle)
    told = _INSTRUCTIONS[known[index % len(known)]]
    return told if index < len(known) else f"{told}, con otro inicio"
