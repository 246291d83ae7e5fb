"""Why a picture is not taken: each reason with the sentence that is shown."""

from __future__ import annotations

from enum import Enum

from llama_marketing.domain.errors import InvalidRequest


class ImageFault(Enum):
    """A reason, in English for the log and in Spanish for the person."""

    NOT_AN_IMAGE = ("is no JPEG, PNG or WebP", "La imagen debe ser JPEG, PNG o WebP.")
    OTHER_TYPE = (
        "is of another type than declared",
        "El tipo declarado de la imagen no coincide con su contenido.",
    )
    TOO_MANY_PIXELS = (
        "has too many pixels",
        "La imagen tiene demasiados píxeles: el máximo son 12,000 por lado y 25 millones en total.",
    )
    TOO_COSTLY = (
        "takes too much memory to decode",
        "La imagen es demasiado pesada para leerla. Guárdala con menos píxeles.",
    )
    BROKEN = ("is broken or incomplete", "La imagen está dañada o incompleta.")
    HIDDEN_FILE = (
        "holds another file",
        "La imagen lleva otro archivo oculto. Expórtala de nuevo e intenta otra vez.",
    )

    def error(self) -> InvalidRequest:
        """The refusal, with the issue ``image``."""
        reason, sentence = self.value
        return InvalidRequest(f"image {reason}", user_message=sentence, issues=(("image", reason),))
