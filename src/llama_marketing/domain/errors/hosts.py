"""The model's host is at fault."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from llama_marketing.domain.errors.root import LlamaMarketingError


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
