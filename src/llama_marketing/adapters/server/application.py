"""The app that ``serve`` runs: one token, or loopback only."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from flask import Flask, Request, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as RouterMethodNotAllowed

from llama_marketing.adapters.flask import Principal, create_blueprint
from llama_marketing.adapters.flask.access import Action
from llama_marketing.adapters.flask.door import REQUEST_ID, current_request_id
from llama_marketing.adapters.flask.problems import problem
from llama_marketing.app.services import Services
from llama_marketing.domain.errors import (
    Forbidden,
    LlamaMarketingError,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unauthorized,
    UnreadableRequest,
    UnsupportedMedia,
)
from llama_marketing.domain.secret import Secret

USER = "serve"
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(
    services: Services, token: Secret | None, *, json_case: str = "camel", max_streams: int = 128
) -> Flask:
    """The library's routes at ``/api/v1`` and ``/healthz`` at the root.

    With a token every route but ``/healthz`` asks for it; without one only a request to a
    loopback name is answered, so that no page in a browser can reach it by another name.
    """
    app = Flask("llama_marketing")
    guard = _TokenGuard(token)
    app.register_blueprint(
        create_blueprint(services, guard.authorize, json_case=json_case, max_streams=max_streams)
    )

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    if token is None:
        app.before_request(_refuse_other_names)
    app.register_error_handler(HTTPException, _router_refused)
    app.after_request(_secured)
    return app


def _refuse_other_names() -> Response | None:
    origin = request.headers.get("Origin")
    if not _is_loopback(request.host):
        return _refused(Forbidden("without a token only loopback names are answered"))
    if origin is not None and not _is_loopback(origin.partition("://")[2]):
        return _refused(Forbidden("without a token no page of another origin is answered"))
    return None


def _router_refused(error: HTTPException) -> Response:
    response = _refused(_translated(error))
    if isinstance(error, RouterMethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _secured(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


class _TokenGuard:
    """Answers the one question of ``serve``: does the request carry the token?"""

    def __init__(self, token: Secret | None) -> None:
        self._token = token

    def authorize(
        self, asked: Request, action: Action, organization_id: str | None, client_id: str | None
    ) -> Principal | None:
        """Everybody on loopback without a token; with one, only who carries it."""
        if self._token is None:
            return Principal(USER)
        scheme, _, sent = asked.headers.get("Authorization", "").partition(" ")
        # A header is bytes that WSGI shows as Latin-1, and a variable's may be no UTF-8.
        token = self._token.reveal().encode(errors="surrogateescape")
        right = hmac.compare_digest(sent.strip().encode("latin-1", "replace"), token)
        return Principal(USER) if right and scheme.lower() == "bearer" else None


def _is_loopback(host: str) -> bool:
    name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
    name = name.strip("[]").rstrip(".").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _refused(error: LlamaMarketingError) -> Response:
    request_id = current_request_id()
    response = problem(error, request_id)
    response.headers[REQUEST_ID] = request_id
    return response


def _translated(error: HTTPException) -> LlamaMarketingError:
    match error.code:
        case 401:
            return Unauthorized("nobody is known")
        case 403:
            return Forbidden("refused")
        case 404:
            return NotFound("there is no such path")
        case 405:
            return MethodNotAllowed("the method is not allowed here")
        case 413:
            return TooLarge("the body is too large")
        case 415:
            return UnsupportedMedia("the body has another type")
        case _:
            return UnreadableRequest("the request cannot be read")
