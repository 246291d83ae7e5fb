"""What the caller sent is at fault."""

from __future__ import annotations

from llama_marketing.domain.errors.root import LlamaMarketingError


class InvalidRequest(LlamaMarketingError, ValueError):
    """The caller's input breaks a rule; ``issues`` names each field and the reason."""

    code = "invalid_request"
    default_user_message = "La solicitud no es válida. Revisa los datos e intenta de nuevo."

    def __init__(
        self,
        message: str = "",
        *,
        user_message: str = "",
        issues: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message, user_message=user_message)
        self.issues = issues


class IdempotencyMismatch(InvalidRequest):
    """The same id was booked before with other content."""

    code = "idempotency_mismatch"
    default_user_message = "Ese identificador ya se usó con otros datos."


class UnreadableRequest(InvalidRequest):
    """What came is not even a request: no JSON, no such id."""

    default_user_message = "No pudimos leer la solicitud. Revisa su formato."


class TooLarge(LlamaMarketingError):
    """The body is larger than its route takes."""

    code = "too_large"
    default_user_message = "El contenido es demasiado grande."


class UnsupportedMedia(LlamaMarketingError):
    """The body comes as another type than its route takes."""

    code = "unsupported_media"
    default_user_message = "El contenido debe enviarse como application/json."


class MethodNotAllowed(LlamaMarketingError):
    """The path exists, but not with this method."""

    code = "method_not_allowed"
    default_user_message = "Esa operación no está permitida en esta ruta."


class Unauthorized(LlamaMarketingError):
    """Nobody is known who asks."""

    code = "unauthorized"
    default_user_message = "Inicia sesión para continuar."


class Forbidden(LlamaMarketingError):
    """Who asks may not do this."""

    code = "forbidden"
    default_user_message = "No tienes permiso para hacer esto."
