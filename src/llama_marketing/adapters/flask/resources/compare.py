"""The client's providers side by side."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import PERIOD, period_of, read_query

PATH = "/organization/<org_id>/clients/<client_id>/ai-providers/compare"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""
    service, present = door.services.comparison, door.present

    def compare_providers(access: Access) -> Response:
        asked = period_of(read_query(request, PERIOD))
        return present.answer(service.compare(access.tenant, **asked))

    for method in ("GET", "POST"):
        door.route(blueprint, method, PATH, Action.USAGE_READ, compare_providers)
