"""The angles of the ads of one request, so that a test compares ideas and not words."""

from __future__ import annotations

from enum import StrEnum

FEWEST_ADS = 2


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


def angle_of(index: int) -> Angle:
    """The angle of the ad of that place, from 0; the fifth repeats the first."""
    known = tuple(Angle)
    return known[index % len(known)]


def angle_instruction(index: int) -> str:
    """What the model is told about the ad of that place, from 0, in Spanish."""
    told = _INSTRUCTIONS[angle_of(index)]
    return told if index < len(Angle) else f"{told}, con otro inicio"
