"""404 and 405 as problems in the corners of the prefix that are ours alone."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as RouterMethodNotAllowed
from werkzeug.routing import BaseConverter, Map, Rule

from llama_marketing.adapters.flask.door import current_request_id, finish
from llama_marketing.adapters.flask.problems import problem
from llama_marketing.domain.errors import LlamaMarketingError, MethodNotAllowed, NotFound

CONVERTER = "llama_marketing_corner"
ENDPOINT = "unknown"


class _Corner(BaseConverter):
    """What lies here is ours; elsewhere the app's own 404 stays.

    Takes what no id may be, too: nothing at all, slashes, line breaks. One converter for the
    whole path, since the router would prefer several of them to the routes themselves.
    """

    regex = (
        r"(?:ai-providers/meta|organization/[^/]*/ai-providers/meta"
        r"|organization/[\s\S]*?/clients/[\s\S]*?/(?:ai-providers|ai/meta))"
        r"(?:/[\s\S]*)?"
    )
    part_isolating = False
    weight = 1000


def answer_unknown_paths(blueprint: Blueprint) -> None:
    """Have the blueprint answer in its corners whatever no route takes, with any method.

    The app's other paths, and its own handlers of 404 and 405, stay as they are.
    """
    blueprint.record(_add_rules)


def _add_rules(state: BlueprintSetupState) -> None:
    app = state.app
    name = f"{state.name_prefix}.{state.name}".lstrip(".")
    known = Map(merge_slashes=False)
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(f"{name}."):
            known.add(Rule(rule.rule, methods=rule.methods, endpoint=rule.endpoint))
    app.url_map.converters[CONVERTER] = _Corner
    endpoint = f"{name}.{ENDPOINT}"
    app.view_functions[endpoint] = partial(_unknown, known)
    # Not through the app: only so does a rule take methods that nobody has heard of.
    corner = Rule(
        f"{(state.url_prefix or '').rstrip('/')}/<{CONVERTER}:path>",
        endpoint=endpoint,
        subdomain=state.subdomain,
    )
    corner.provide_automatic_options = False  # type: ignore[attr-defined]  # read by Flask
    app.url_map.add(corner)


def _unknown(known: Map, path: str) -> Response:
    """Which of the two it is: a path of ours with another method, or none at all."""
    request_id = current_request_id()
    error: LlamaMarketingError = NotFound("there is no such path")
    allowed = ""
    try:
        known.bind("").match(request.path, method=request.method)
    except RouterMethodNotAllowed as refused:
        error = MethodNotAllowed(f"{request.method} is not allowed here")
        allowed = ", ".join(sorted(refused.valid_methods or ()))
    except HTTPException:
        pass  # there is no such path, as the error says already
    response = problem(error, request_id)
    if allowed:
        response.headers["Allow"] = allowed
    return finish(response, request_id)
