"""Every error that the library raises, as one tree.

::

    LlamaMarketingError
    ├── InvalidRequest              the caller's input is wrong (also a ValueError)
    │   └── IdempotencyMismatch     the same id came again with another content
    ├── NotFound                    unknown, or another tenant's
    │   └── ConfigNotFound
    ├── StateConflict               the client's own state forbids it
    │   ├── ConfigExists
    │   ├── RevisionConflict
    │   ├── NotConfigured
    │   ├── Disabled
    │   └── UseCaseDisabled
    ├── QuotaExceeded               the client's quota of the period is used up
    ├── HostError                   the model's host is at fault
    │   ├── BadKey · NoCredit · ModelNotServed · HostRetired
    │   ├── HostRateLimited · HostUnreachable · BlockedEndpoint
    │   ├── BadPayload · Truncated · BadOutput · Refused
    │   └── DeadlineExceeded
    ├── StoreError                  the store is at fault
    │   ├── StoreUnavailable
    │   └── StoreIncompatible
    ├── SecretError                 a sealed key cannot be opened
    │   ├── SecretUnreadable
    │   └── SecretBindingError
    └── SettingsError               the operator's settings are wrong

``code`` is stable and machine readable, ``user_message`` a whole Spanish sentence fit to
show, ``str(error)`` English with the ids needed to act. None of them carries a key or a
prompt. Every class can be built from its English message alone, so errors can be pickled.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class LlamaMarketingError(Exception):
    """The root of every error that this library raises on purpose."""

    code: ClassVar[str] = "internal_error"
    default_user_message: ClassVar[str] = "Ocurrió un error inesperado. Intenta de nuevo."

    def __init__(self, message: str = "", *, user_message: str = "") -> None:
        super().__init__(message or self.code)
        self.user_message = user_message or self.default_user_message


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


class HostWork(StrEnum):
    """How much the host may have done, and so billed, before an attempt failed."""

    NONE = "none"
    """Surely nothing: refused, DNS, TLS, a 4xx, a 429 or a 5xx before any token."""
    UNKNOWN = "unknown"
    """The request was sent and nothing came back in time."""
    PARTIAL = "partial"
    """The host died in the middle of its answer."""
    DONE = "done"
    """The host answered whole and will bill it."""


class HostError(LlamaMarketingError):
    """A model's host is at fault; never a fault of our own door.

    ``host`` is the hosting provider's id, ``work`` how much it may bill, ``status`` the HTTP
    status it gave (None where none came), ``received_bytes`` how much of an answer arrived.
    """

    code = "host_error"
    default_user_message = "El proveedor del modelo no pudo responder. Intenta más tarde."
    default_work: ClassVar[HostWork] = HostWork.NONE

    def __init__(
        self,
        message: str = "",
        *,
        user_message: str = "",
        host: str = "",
        status: int | None = None,
        work: HostWork | None = None,
        received_bytes: int = 0,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, user_message=user_message)
        self.host = host
        self.status = status
        self.work = self.default_work if work is None else work
        self.received_bytes = received_bytes
        self.retry_after = retry_after


class BadKey(HostError):
    """The host refuses the key (401), or no key is stored where one is needed."""

    code = "bad_key"
    default_user_message = "El proveedor rechazó la API key. Revísala en Settings > AI."


class NoCredit(HostError):
    """The account at the host has no money (402) or is suspended (412)."""

    code = "no_credit"
    default_user_message = "La cuenta del proveedor no tiene saldo."


class ModelNotServed(HostError):
    """The host does not serve the model."""

    code = "model_not_served"
    default_user_message = "El proveedor no ofrece el modelo seleccionado. Elige otro modelo."


class HostRetired(HostError):
    """The host, or the model on it, was retired by its operator."""

    code = "host_retired"
    default_user_message = (
        "Ese proveedor ya no está disponible. Elige otro proveedor en Settings > AI."
    )


class HostRateLimited(HostError):
    """The host asks to slow down (429); ``retry_after`` is its hint in seconds, at most 120."""

    code = "host_rate_limited"
    default_user_message = "El proveedor recibió demasiadas solicitudes. Intenta en un momento."


class HostUnreachable(HostError):
    """There is no line to the host, or it answers 5xx."""

    code = "host_unreachable"
    default_user_message = "No fue posible comunicarse con el proveedor del modelo."


class BlockedEndpoint(HostError):
    """The endpoint's own text names an address that the operator does not allow."""

    code = "blocked_endpoint"
    default_user_message = "No fue posible comunicarse con el proveedor del modelo."


class BadPayload(HostError):
    """The host's answer is not what its protocol promises."""

    code = "bad_payload"
    default_user_message = "El proveedor dio una respuesta que no se puede leer."
    default_work = HostWork.DONE


class Truncated(HostError):
    """The host closed the line in the middle of its answer."""

    code = "truncated"
    default_user_message = "La respuesta del proveedor se cortó. Intenta de nuevo."
    default_work = HostWork.PARTIAL


class BadOutput(HostError):
    """The model's text is empty or not the structure that was asked for."""

    code = "bad_output"
    default_user_message = "El modelo no entregó un texto utilizable. Intenta de nuevo."
    default_work = HostWork.DONE


class Refused(HostError):
    """The model, or the host's filter, would not write this."""

    code = "refused"
    default_user_message = "El modelo se negó a generar este contenido."
    default_work = HostWork.DONE


class DeadlineExceeded(HostError):
    """The operation, or a stalled stream, took longer than it may."""

    code = "deadline"
    default_user_message = "El modelo tardó demasiado en responder. Intenta de nuevo."
    default_work = HostWork.UNKNOWN


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
