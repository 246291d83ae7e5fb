"""Moderating comments."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.reading import read_object

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta/moderate-comments"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the route."""
    service, present = door.services.moderation, door.present

    def moderate_comments(access: Access) -> Response:
        fields = read_object(request)
        answer = service.moderate(access.tenant, fields, access.principal.user_id)
        return present.answer(answer)

    door.route(blueprint, "POST", PATH, Action.MODERATE, moderate_comments)
