"""What a client used."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import read_query

PATH = "/organization/<org_id>/clients/<client_id>/ai-providers/meta/usage"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the route."""
    service, present = door.services.usage, door.present

    def get_usage(access: Access) -> Response:
        sent = read_query(request, ("period", "month"))
        summary = service.summary(
            access.tenant, sent.get("period", "monthly"), sent.get("month") or None
        )
        return present.answer(summary)

    door.route(blueprint, "GET", PATH, Action.USAGE_READ, get_usage)
