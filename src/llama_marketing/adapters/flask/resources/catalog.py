"""Hosts and models; the same for every client."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import read_query

PATH = "/ai-providers/meta"
FILTERS = {
    "family": "family",
    "capability": "capability",
    "costBand": "cost",
    "host": "host",
    "liveOnly": "live_only",
    "sort": "sort",
}


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""
    config, catalog, present = door.services.config, door.services.catalog, door.present

    def list_hosts(_: Access) -> Response:
        read_query(request, ())
        return present.answer({"hosts": config.hosts()})

    def list_models(_: Access) -> Response:
        sent = read_query(request, FILTERS)
        fields = {FILTERS[name]: value for name, value in sent.items() if value}
        return present.answer({"models": catalog.models(fields)})

    def compare_models(_: Access) -> Response:
        ids = read_query(request, ("ids",)).get("ids", "")
        return present.answer(catalog.compare([part for part in ids.split(",") if part]))

    def suggest_models(_: Access) -> Response:
        sent = read_query(request, ("useCase", "host"))
        models = catalog.suggest(sent.get("useCase", ""), sent.get("host") or None)
        return present.answer({"models": models})

    for rule, view in (
        ("/hosts", list_hosts),
        ("/models", list_models),
        ("/models/compare", compare_models),
        ("/models/suggest", suggest_models),
    ):
        door.route(blueprint, "GET", PATH + rule, Action.CATALOG_READ, view)
