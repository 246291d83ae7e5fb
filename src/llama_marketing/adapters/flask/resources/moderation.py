"""Moderating comments, and deciding what a moderation wants done."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action, check_path_id
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import read_limit, read_query
from llama_marketing.adapters.flask.reading import read_object
from llama_marketing.domain.moderation.models import ModerationRequest

MAX_JOB = 16 * 1024 * 1024
"""Bytes of a request with comments, which may be 10,000."""
PATH = "/organization/<org_id>/clients/<client_id>/ai/meta"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""
    service, present = door.services.moderation, door.present

    def moderate_comments(access: Access) -> Response:
        asked = ModerationRequest.read(read_object(request, limit=MAX_JOB))
        user = access.principal.user_id
        if asked.is_job:
            return present.answer(service.submit(access.tenant, asked, user), 202)
        return present.answer(service.moderate(access.tenant, asked, user))

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
    moderate = f"{PATH}/moderate-comments"
    door.route(blueprint, "POST", moderate, Action.MODERATE, moderate_comments, limit=MAX_JOB)
    door.route(blueprint, "GET", actions, Action.MODERATION_READ, list_moderation_actions)
    door.route(blueprint, "POST", one, Action.MODERATION_RESOLVE, resolve_moderation_action)
