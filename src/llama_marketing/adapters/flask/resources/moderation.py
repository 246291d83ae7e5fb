"""Moderating comments, and deciding what a moderation wants done."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action, check_path_id
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import read_limit, read_query
from llama_marketing.adapters.flask.reading import read_object

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""
    service, present = door.services.moderation, door.present

    def moderate_comments(access: Access) -> Response:
        fields = read_object(request)
        answer = service.moderate(access.tenant, fields, access.principal.user_id)
        return present.answer(answer)

    def list_moderation_actions(access: Access) -> Response:
        sent = read_query(request, ("cursor", "limit"))
        page = service.pending_actions(access.tenant, sent.get("cursor", ""), read_limit(sent))
        return present.answer(page)

    def resolve_moderation_action(access: Access, action_id: str) -> Response:
        known = check_path_id("actionId", action_id)
        fields = read_object(request)
        decided = service.resolve(access.tenant, known, fields, access.principal.user_id)
        return present.answer(decided)

    actions = f"{PATH}/moderation-actions"
    one = f"{actions}/<action_id>"
    door.route(blueprint, "POST", f"{PATH}/moderate-comments", Action.MODERATE, moderate_comments)
    door.route(blueprint, "GET", actions, Action.MODERATION_READ, list_moderation_actions)
    door.route(blueprint, "POST", one, Action.MODERATION_RESOLVE, resolve_moderation_action)
