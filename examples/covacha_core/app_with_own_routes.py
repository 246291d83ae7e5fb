"""Thin routes of one's own over the services: own paths, own envelope, own errors.

Each route is only: who asks, what for, call the service, wrap the answer.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, Response, abort, g, jsonify, request

from examples.covacha_core.claims import remember_claims
from llama_marketing import LlamaMarketingError, Services, TenantRef
from llama_marketing.adapters.flask import STATUSES

CLIENT = "/organizations/<org_id>/clients/<client_id>/meta-ai"


def create_app(services: Services, token_key: bytes) -> Flask:
    """A plain Flask app with these routes alone."""
    app = Flask(__name__)
    remember_claims(app, token_key)
    app.register_blueprint(create_marketing_bp(services))
    return app


def create_marketing_bp(services: Services) -> Blueprint:
    """The routes; snake_case out, since ``model_dump`` writes the Python names."""
    marketing_bp = Blueprint("marketing", __name__)

    @marketing_bp.post(f"{CLIENT}/config")
    def create_config(org_id: str, client_id: str) -> tuple[Response, int]:
        config = services.config.create(tenant_of(org_id, client_id), json_body())
        return succeeded(config.model_dump(mode="json")), 201

    @marketing_bp.get(f"{CLIENT}/config")
    def get_config(org_id: str, client_id: str) -> Response:
        config = services.config.get(tenant_of(org_id, client_id))
        return succeeded(config.model_dump(mode="json"))

    @marketing_bp.post(f"{CLIENT}/posts")
    def create_post(org_id: str, client_id: str) -> tuple[Response, int]:
        asked = {**json_body(), "use_case": "social_post"}
        tenant = tenant_of(org_id, client_id)
        answer = services.generation.generate(tenant, asked, g.claims["sub"])
        return succeeded(answer.model_dump(mode="json")), 201

    @marketing_bp.get(f"{CLIENT}/posts")
    def list_posts(org_id: str, client_id: str) -> Response:
        tenant = tenant_of(org_id, client_id)
        page = services.generation.history(tenant, request.args.get("cursor", ""))
        return succeeded([record.model_dump(mode="json") for record in page.items])

    @marketing_bp.get(f"{CLIENT}/usage")
    def get_usage(org_id: str, client_id: str) -> Response:
        summary = services.usage.summary(
            tenant_of(org_id, client_id), "monthly", request.args.get("month")
        )
        return succeeded(summary.model_dump(mode="json"))

    marketing_bp.register_error_handler(LlamaMarketingError, failed)
    return marketing_bp


def tenant_of(organization_id: str, client_id: str) -> TenantRef:
    """The client of the path, which must be that of the token; aborts with 401 or 403."""
    if g.claims is None:
        abort(401)
    if (g.claims.get("org_id"), g.claims.get("client_id")) != (organization_id, client_id):
        abort(403)
    return TenantRef(organization_id, client_id)


def json_body() -> dict[str, Any]:
    """The JSON object of the request; the library itself refuses what is wrong in it."""
    body = request.get_json()
    return body if isinstance(body, dict) else abort(400)


def succeeded(data: Any) -> Response:
    """The envelope of every answer."""
    return jsonify({"success": True, "data": data})


def failed(error: LlamaMarketingError) -> tuple[Response, int]:
    """An error of the library: a code for programs, a Spanish sentence for people."""
    body = {"success": False, "error": error.code.upper(), "message": error.user_message}
    return jsonify(body), STATUSES[type(error)]
