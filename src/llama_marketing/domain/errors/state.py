"""The client's own state or quota is in the way."""

from __future__ import annotations

from llama_marketing.domain.errors.root import LlamaMarketingError


class NotFound(LlamaMarketingError):
    """The thing does not exist for this client."""

    code = "not_found"
    default_user_message = "No encontramos lo que buscas."


class ConfigNotFound(NotFound):
    """The client has no Meta AI configuration."""

    code = "config_not_found"
    default_user_message = "Este cliente todavía no tiene configuración de Meta AI."


class StateConflict(LlamaMarketingError):
    """The request is sound, but the client's present state forbids it."""

    code = "conflict"
    default_user_message = "La operación no es posible en el estado actual."


class ConfigExists(StateConflict):
    """The client already has a configuration; update it instead."""

    code = "config_exists"
    default_user_message = "Este cliente ya tiene configuración de Meta AI. Edítala."


class RevisionConflict(StateConflict):
    """Somebody else saved the configuration in between."""

    code = "revision_conflict"
    default_user_message = (
        "Otra persona cambió la configuración mientras la editabas. Recarga e intenta de nuevo."
    )


class NotConfigured(StateConflict):
    """Content was asked for a client without a configuration."""

    code = "not_configured"
    default_user_message = "Configure Meta AI en Settings > AI"


class Disabled(StateConflict):
    """The client's configuration is switched off."""

    code = "disabled"
    default_user_message = "Meta AI está desactivado para este cliente. Actívalo en Settings > AI."


class UseCaseDisabled(StateConflict):
    """The client switched this use case off."""

    code = "use_case_disabled"
    default_user_message = "Este caso de uso está desactivado para el cliente."


class QuotaExceeded(LlamaMarketingError):
    """The quota of the period is used up; ``retry_after`` is in seconds to the period's end."""

    code = "quota_exceeded"
    default_user_message = "El cliente agotó su cuota mensual de Meta AI."

    def __init__(
        self, message: str = "", *, user_message: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(message, user_message=user_message)
        self.retry_after = retry_after


class IdempotencyRunning(StateConflict):
    """The first request with the same idempotency key still runs."""

    code = "idempotency_running"
    default_user_message = "Esa misma solicitud todavía está en proceso."
