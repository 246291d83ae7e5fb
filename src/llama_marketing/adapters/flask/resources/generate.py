"""Generating content, as one answer or as a stream."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door, current_request_id
from llama_marketing.adapters.flask.problems import problem_body
from llama_marketing.adapters.flask.reading import read_object
from llama_marketing.adapters.flask.streaming import SseBody, sse_response
from llama_marketing.adapters.sse.encoder import encode
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.models import GenerationRequest, StreamEvent

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta/generate"
EVENT_STREAM = "text/event-stream"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the route."""
    service, present = door.services.generation, door.present

    def generate_content(access: Access) -> Response:
        fields = read_object(request)
        streamed = _wants_stream(fields)
        asked = GenerationRequest.read(fields)
        if streamed:
            return stream_content(access, asked)
        answer = service.generate(access.tenant, asked, access.principal.user_id)
        return present.answer(answer)

    def stream_content(access: Access, asked: GenerationRequest) -> Response:
        door.gate.enter()
        try:
            stream = service.stream(access.tenant, asked, access.principal.user_id)
        except BaseException:
            door.gate.leave()
            raise

        request_id = current_request_id()

        def frame(event: StreamEvent) -> bytes:
            if event.error is not None:
                problem = problem_body(event.error, request_id)
                return encode(event.event, {**problem, "type": event.event})
            return encode(event.event, event.payload(camel=present.camel))

        return sse_response(SseBody(stream, frame, door.gate.leave))

    door.route(blueprint, "POST", PATH, Action.GENERATE, generate_content)


def _wants_stream(fields: dict[str, Any]) -> bool:
    """Whether the answer is streamed; takes ``stream`` out of the body."""
    wanted = fields.pop("stream", None)
    if wanted is not None and not isinstance(wanted, bool):
        raise InvalidRequest(
            "stream must be true or false",
            user_message="El campo «stream» debe ser verdadero o falso.",
            issues=(("stream", "must be a boolean"),),
        )
    if wanted is not None:
        return wanted
    accepted = request.accept_mimetypes
    return accepted.best_match(["application/json", EVENT_STREAM]) == EVENT_STREAM
