"""The brand voice that a client keeps."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.query import read_limit, read_query
from llama_marketing.adapters.flask.reading import read_object

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta/brand-voice"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the routes."""
    service, present = door.services.voices, door.present

    def get_brand_voice(access: Access) -> Response:
        sent = read_query(request, ("cursor", "limit"))
        kept = service.get(access.tenant, sent.get("cursor", ""), read_limit(sent))
        return present.answer(kept)

    def set_brand_voice(access: Access) -> Response:
        fields = read_object(request)
        return present.answer(service.set(access.tenant, fields, access.principal.user_id))

    door.route(blueprint, "GET", PATH, Action.BRAND_VOICE_READ, get_brand_voice)
    door.route(blueprint, "PUT", PATH, Action.BRAND_VOICE_WRITE, set_brand_voice)
