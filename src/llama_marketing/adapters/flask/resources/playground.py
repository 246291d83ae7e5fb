"""One prompt to several providers, as one answer or as a stream."""

from __future__ import annotations

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.event_streams import stream_response, wants_stream
from llama_marketing.adapters.flask.reading import read_object
from llama_marketing.domain.playground.models import PlaygroundRequest

PATH = "/organization/<org_id>/clients/<client_id>/ai-providers/playground"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the route."""
    service = door.services.comparison

    def try_providers(access: Access) -> Response:
        fields = read_object(request)
        streamed, user = wants_stream(fields), access.principal.user_id
        asked = PlaygroundRequest.read(fields)
        if streamed:
            return stream_response(
                door,
                lambda left: service.stream_playground(
                    access.tenant, asked, user, reader_left=left
                ),
            )
        return door.present.answer(service.playground(access.tenant, asked, user))

    door.route(blueprint, "POST", PATH, Action.GENERATE, try_providers)
