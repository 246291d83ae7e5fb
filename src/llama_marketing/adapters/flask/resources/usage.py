"""What a client used, and all clients of an organization."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import PERIOD, period_of, read_query

PATH = "/organization/<org_id>/clients/<client_id>/ai-providers/meta/usage"
ORGANIZATION_PATH = "/organization/<org_id>/ai-providers/meta/usage"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""
    service, present = door.services.usage, door.present

    def get_usage(access: Access) -> Response:
        asked = period_of(read_query(request, PERIOD))
        return present.answer(service.summary(access.tenant, **asked))

    def get_export(access: Access) -> Response:
        sent = read_query(request, (*PERIOD, "kind", "markup"))
        lines = service.export_csv(
            access.tenant,
            **period_of(sent),
            kind=sent.get("kind", ""),
            markup=sent.get("markup", ""),
        )
        response = Response(lines, mimetype="text/csv")
        response.headers["Content-Disposition"] = 'attachment; filename="usage.csv"'
        return response

    def get_organization_usage(access: Access) -> Response:
        sent = read_query(request, ("month",))
        summary = service.organization_summary(
            access.organization_id or "", sent.get("month") or None
        )
        return present.answer(summary)

    door.route(blueprint, "GET", PATH, Action.USAGE_READ, get_usage)
    door.route(blueprint, "GET", f"{PATH}/export", Action.USAGE_READ, get_export)
    door.route(blueprint, "GET", ORGANIZATION_PATH, Action.USAGE_READ, get_organization_usage)
