"""The operator's store, keys or settings are at fault."""

from __future__ import annotations

from llama_marketing.domain.errors.root import LlamaMarketingError


class StoreError(LlamaMarketingError):
    """The store is at fault."""

    code = "store_error"
    default_user_message = "No fue posible guardar los datos. Intenta de nuevo."


class StoreUnavailable(StoreError):
    """The store does not answer within the deadline."""

    code = "store_unavailable"
    default_user_message = "El almacenamiento no responde. Intenta en un momento."


class StoreIncompatible(StoreError):
    """The store holds something that is not ours, or was written by a newer version."""

    code = "store_incompatible"
    default_user_message = "El almacenamiento no es compatible con esta versión."


class SecretError(LlamaMarketingError):
    """A sealed key cannot be used."""

    code = "secret_error"
    default_user_message = "No se pudo leer la API key guardada. Captúrala de nuevo."


class SecretUnreadable(SecretError):
    """No key of ``AI_ENCRYPTION_KEY`` opens the sealed value."""

    code = "secret_unreadable"


class SecretBindingError(SecretError):
    """The sealed value belongs to another client, provider or origin."""

    code = "secret_binding"


class SettingsError(LlamaMarketingError, ValueError):
    """The operator's settings are missing or wrong; the message names the variable."""

    code = "invalid_settings"
    default_user_message = "La configuración del servidor no es válida."


class Overloaded(LlamaMarketingError):
    """No place is free; nothing was reserved. ``retry_after`` is in seconds."""

    code = "overloaded"
    default_user_message = "El servicio está ocupado. Intenta en un momento."

    def __init__(
        self, message: str = "", *, user_message: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(message, user_message=user_message)
        self.retry_after = retry_after
