"""What a user thinks of a generation."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action, check_path_id
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.reading import check_client, read_object
from llama_marketing.domain.usage.ratings import Feedback

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta/generations/<generation_id>/feedback"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the route."""
    service, present = door.services.usage, door.present

    def rate_generation(access: Access, generation_id: str) -> Response:
        given = Feedback.read(check_client(read_object(request), access.tenant))
        rated = service.rate(
            access.tenant,
            check_path_id("generationId", generation_id),
            given.rating,
            thumbs=given.thumbs,
            user_id=access.principal.user_id,
        )
        return present.answer(rated)

    door.route(blueprint, "POST", PATH, Action.GENERATIONS_RATE, rate_generation)
