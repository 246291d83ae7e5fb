"""The blueprint: every resource behind one door."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as RouterMethodNotAllowed
from werkzeug.routing import Map, Rule

from llama_marketing.adapters.flask.access import Authorize
from llama_marketing.adapters.flask.door import REQUEST_ID, Door, current_request_id
from llama_marketing.adapters.flask.idempotent import Idempotent
from llama_marketing.adapters.flask.presenting import Presenter
from llama_marketing.adapters.flask.problems import problem
from llama_marketing.adapters.flask.resources import (
    catalog,
    check,
    config,
    generate,
    generations,
    usage,
)
from llama_marketing.adapters.flask.streaming import StreamGate
from llama_marketing.app.services import Services
from llama_marketing.domain.errors import LlamaMarketingError, MethodNotAllowed, NotFound

PREFIX = "/api/v1"
CLIENT = "/organization/<org_id>/clients/<client_id>"
OURS = (
    "/ai-providers/meta/<path:rest>",
    f"{CLIENT}/ai-providers/<path:rest>",
    f"{CLIENT}/ai/meta/<path:rest>",
)
"""The corners of the prefix that are ours alone; elsewhere the app's own 404 stays."""
RESOURCES = (config, catalog, generate, check, generations, usage)
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_blueprint(
    services: Services,
    authorize: Authorize,
    *,
    json_case: str = "camel",
    max_streams: int = 128,
    url_prefix: str = PREFIX,
) -> Blueprint:
    """The library's routes for a plain Flask app.

    ``authorize`` is asked before every route (see ``access.Authorize``); there is no default.
    ``json_case`` is ``camel`` or ``snake``; input takes both. At most ``max_streams`` streamed
    answers are open at once, a further one is answered 503.
    """
    door = Door(
        services=services,
        authorize=authorize,
        present=Presenter(camel=json_case == "camel"),
        gate=StreamGate(max_streams),
        idempotent=Idempotent(services.idempotency),
    )
    blueprint = Blueprint("llama_marketing", __name__, url_prefix=url_prefix)
    for resource in RESOURCES:
        resource.register(blueprint, door)
    _answer_unknown_paths(blueprint)
    return blueprint


def _answer_unknown_paths(blueprint: Blueprint) -> None:
    """Answer 404 and 405 in our corners as problems, and leave the app's other paths alone."""
    known = Map()

    def remember(state: BlueprintSetupState) -> None:
        rules = state.app.url_map.iter_rules()
        for rule in rules:
            if rule.endpoint.startswith(f"{blueprint.name}.") and not rule.endpoint.endswith(
                ".unknown"
            ):
                known.add(Rule(rule.rule, methods=rule.methods, endpoint=rule.endpoint))

    def unknown(**_: str) -> Response:
        request_id = current_request_id()
        error: LlamaMarketingError = NotFound("there is no such path")
        try:
            known.bind("").match(request.path, method=request.method)
        except RouterMethodNotAllowed as refused:
            error = MethodNotAllowed(f"{request.method} is not allowed here")
            allowed = ", ".join(sorted(refused.valid_methods or ()))
        except HTTPException:
            allowed = ""
        response = problem(error, request_id)
        response.headers[REQUEST_ID] = request_id
        if isinstance(error, MethodNotAllowed):
            response.headers["Allow"] = allowed
        return response

    for rule in OURS:
        blueprint.add_url_rule(
            rule, "unknown", unknown, methods=METHODS, provide_automatic_options=False
        )
    blueprint.record_once(remember)
