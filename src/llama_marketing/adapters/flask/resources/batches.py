"""Batches of generations that are written in the background."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action, check_path_id
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import read_query
from llama_marketing.adapters.flask.reading import read_object

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta/batches"
MAX_BATCH = 2 * 1024 * 1024
"""Bytes of a request with up to 30 requests in it."""


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""
    service, present = door.services.generation, door.present

    def submit_batch(access: Access) -> Response:
        fields = read_object(request, limit=MAX_BATCH)
        ticket = service.submit_batch(access.tenant, fields, access.principal.user_id)
        return present.answer(ticket, 202)

    def get_batch(access: Access, batch_id: str) -> Response:
        read_query(request, ())
        return present.answer(service.batch(access.tenant, check_path_id("batchId", batch_id)))

    door.route(blueprint, "POST", PATH, Action.GENERATE, submit_batch, limit=MAX_BATCH)
    door.route(blueprint, "GET", f"{PATH}/<batch_id>", Action.GENERATIONS_READ, get_batch)
