"""Every error as RFC 9457 problem JSON: the one table of HTTP statuses."""

from __future__ import annotations

import math
from typing import Any

from flask import Response

from llama_marketing.adapters.flask.presenting import as_json
from llama_marketing.domain import errors

MEDIA_TYPE = "application/problem+json"
LONGEST_DETAIL = 900
"""Characters; as the sentence stands twice in it, a problem stays below 8 KB."""

STATUSES: dict[type[errors.LlamaMarketingError], int] = {
    errors.LlamaMarketingError: 500,
    errors.InvalidRequest: 422,
    errors.UnreadableRequest: 400,
    errors.IdempotencyMismatch: 422,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.ConfigNotFound: 404,
    errors.MethodNotAllowed: 405,
    errors.TooLarge: 413,
    errors.UnsupportedMedia: 415,
    errors.StateConflict: 409,
    errors.ConfigExists: 409,
    errors.RevisionConflict: 409,
    errors.NotConfigured: 409,
    errors.Disabled: 409,
    errors.UseCaseDisabled: 409,
    errors.IdempotencyRunning: 409,
    errors.QuotaExceeded: 429,
    errors.HostError: 502,
    errors.BadKey: 409,
    errors.NoCredit: 409,
    errors.ModelNotServed: 409,
    errors.HostRetired: 409,
    errors.HostRateLimited: 429,
    errors.HostUnreachable: 502,
    errors.BlockedEndpoint: 422,
    errors.BadPayload: 502,
    errors.Truncated: 502,
    errors.BadOutput: 502,
    errors.Refused: 422,
    errors.DeadlineExceeded: 504,
    errors.Overloaded: 503,
    errors.StoreError: 503,
    errors.StoreUnavailable: 503,
    errors.StoreIncompatible: 503,
    errors.SecretError: 409,
    errors.SecretUnreadable: 409,
    errors.SecretBindingError: 409,
    errors.SettingsError: 500,
}
"""The status of every error class; a house test fails where one has no row."""

TITLES = {
    400: "Solicitud ilegible",
    401: "No autenticado",
    403: "Sin permiso",
    404: "No encontrado",
    405: "Método no permitido",
    409: "Conflicto",
    413: "Demasiado grande",
    415: "Formato no soportado",
    422: "Solicitud no válida",
    429: "Límite alcanzado",
    500: "Error interno",
    502: "Error del proveedor",
    503: "No disponible",
    504: "Tiempo agotado",
}


def status_of(error: errors.LlamaMarketingError) -> int:
    """The status of an error; a class of somebody else's counts as the one it derives from."""
    return next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)


def problem(error: errors.LlamaMarketingError, request_id: str) -> Response:
    """The answer that tells a person and a program what went wrong."""
    status = status_of(error)
    response = Response(
        as_json(problem_body(error, request_id)), status=status, mimetype=MEDIA_TYPE
    )
    seconds = getattr(error, "retry_after", None)
    if seconds is not None:
        response.headers["Retry-After"] = str(max(1, math.ceil(seconds)))
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def problem_body(error: errors.LlamaMarketingError, request_id: str) -> dict[str, Any]:
    """``detail`` and ``message`` are one Spanish sentence, fit to show; no secret, no prompt."""
    status = status_of(error)
    sentence = error.user_message
    if len(sentence) > LONGEST_DETAIL:
        sentence = sentence[: LONGEST_DETAIL - 1] + "…"
    return {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": sentence,
        "code": error.code,
        "message": sentence,
        "requestId": request_id,
    }
