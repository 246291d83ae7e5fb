"""The blueprint: every resource behind one door."""

from __future__ import annotations

from flask import Blueprint

from llama_marketing.adapters.flask.access import Authorize
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.idempotent import Idempotent
from llama_marketing.adapters.flask.presenting import Presenter
from llama_marketing.adapters.flask.resources import (
    analyze_image,
    batches,
    brand_voice,
    calendars,
    catalog,
    check,
    compare,
    config,
    feedback,
    generate,
    generations,
    industries,
    moderation,
    moderation_jobs,
    playground,
    prompts,
    provider_keys,
    usage,
)
from llama_marketing.adapters.flask.streaming import StreamGate
from llama_marketing.adapters.flask.unknown_paths import answer_unknown_paths
from llama_marketing.app.services import Services
from llama_marketing.domain.errors import SettingsError

PREFIX = "/api/v1"
RESOURCES = (
    config,
    catalog,
    industries,
    generate,
    batches,
    analyze_image,
    check,
    generations,
    calendars,
    feedback,
    moderation,
    moderation_jobs,
    prompts,
    brand_voice,
    usage,
    compare,
    playground,
    provider_keys,
)


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
    answers are open at once, a further one is answered 503. Raises SettingsError for another case.
    """
    if json_case not in ("camel", "snake"):
        raise SettingsError("json_case must be camel or snake")
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
    answer_unknown_paths(blueprint)
    return blueprint
