"""Comments of our own in every batch, whose label is beyond doubt.

A model that misses one of them did not judge what it was shown, or judged it by somebody's orders,
and is not believed about the others either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from llama_marketing.domain.moderation.models import CommentLabel

Draw = Callable[[int], int]
"""A random whole number from 0 to below its argument."""

CANARIES: Mapping[CommentLabel, tuple[str, ...]] = {
    CommentLabel.POSITIVE: (
        "Todo llegó perfecto, muchas gracias, estoy feliz con mi compra",
        "Un servicio excelente, me encantó la atención",
        "Mil gracias a todo el equipo, son los mejores",
        "La calidad es excelente, los recomiendo muchísimo",
        "Qué bonito detalle, gracias por consentirnos tanto",
        "Me fascinó, excelente trabajo, felicidades",
    ),
    CommentLabel.OFFENSIVE: (
        "Eres un idiota y das asco",
        "Cállate, pedazo de imbécil, das vergüenza",
        "Solo un idiota asqueroso como tú escribe eso",
        "Lárgate de aquí, maldito imbécil",
        "Tu familia y tú son basura, idiota",
        "Ojalá te calles para siempre, imbécil repugnante",
    ),
}
"""In plain words, so that every model that reads Spanish gets them right."""


def draw_canary(label: CommentLabel, draw: Draw) -> str:
    """One of the texts with this label."""
    texts = CANARIES[label]
    return texts[draw(len(texts))]
