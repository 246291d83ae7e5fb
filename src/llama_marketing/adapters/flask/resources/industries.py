"""The prompts that the clients of an industry can start from; the same for every client."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import read_query

PATH = "/ai-providers/meta/industries"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the route."""
    service, present = door.services.prompts, door.present

    def list_industries(_: Access) -> Response:
        read_query(request, ())
        return present.answer(service.industries())

    door.route(blueprint, "GET", PATH, Action.CATALOG_READ, list_industries)
