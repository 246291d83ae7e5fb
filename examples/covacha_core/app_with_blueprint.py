"""A plain Flask app that mounts the blueprint, with an ``authorize`` of its own.

The routes of the app itself stay as they are; the library's lie below ``/api/v1``.
"""

from __future__ import annotations

import os

from flask import Flask, Request, g

from examples.covacha_core.claims import remember_claims
from llama_marketing import Container, Forbidden, Services, Settings
from llama_marketing.adapters.flask import Action, Principal, create_blueprint


def authorize(
    _request: Request, action: Action, organization_id: str | None, client_id: str | None
) -> Principal | None:
    """Whether the token of this request allows the action for the client of the path."""
    claims = g.claims
    if claims is None:
        return None
    # The catalog has neither an organization nor a client in its path.
    if organization_id is not None and organization_id != claims.get("org_id"):
        raise Forbidden("the token is of another organization")
    if client_id is not None and client_id != claims.get("client_id"):
        raise Forbidden("the token is of another client")
    if action.value.replace(".", ":") not in claims.get("permissions", []):
        raise Forbidden(f"the token does not allow {action}")
    return Principal(user_id=claims["sub"])


def create_app(services: Services, token_key: bytes) -> Flask:
    """The app: its own routes, and the library's."""
    app = Flask(__name__)
    remember_claims(app, token_key)
    app.register_blueprint(create_blueprint(services, authorize))

    @app.get("/")
    def home() -> dict[str, bool]:
        return {"success": True}

    return app


def make_app() -> Flask:
    """What gunicorn calls in each worker, after the fork: ``...:make_app()``."""
    container = Container.from_settings(Settings.from_env())
    return create_app(container.services(), os.environ["TOKEN_KEY"].encode())
