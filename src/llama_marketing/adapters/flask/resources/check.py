"""Judging a text without a model."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.reading import read_object

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta/check"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the route."""
    service, present = door.services.generation, door.present

    def check_text(access: Access) -> Response:
        return present.answer(service.check(access.tenant, read_object(request)))

    door.route(blueprint, "POST", PATH, Action.CHECK, check_text)
