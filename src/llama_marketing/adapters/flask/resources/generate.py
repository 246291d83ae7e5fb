"""Generating content, as one answer or as a stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, request

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door, current_request_id
from llama_marketing.adapters.flask.problems import problem_body
from llama_marketing.adapters.flask.reading import prefers_stream, read_object
from llama_marketing.adapters.flask.streaming import ReaderLine, SseBody, sse_response
from llama_marketing.adapters.sse.encoder import encode
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.models import GenerationRequest, StreamEvent

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta/generate"


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the route."""

    def generate_content(access: Access) -> Response:
        fields = read_object(request)
        streamed = _wants_stream(fields)
        asked = GenerationRequest.read(fields)
        if streamed:
            return _stream(door, access, asked)
        answer = door.services.generation.generate(access.tenant, asked, access.principal.user_id)
        return door.present.answer(answer)

    door.route(blueprint, "POST", PATH, Action.GENERATE, generate_content)


def _stream(door: Door, access: Access, asked: GenerationRequest) -> Response:
    """Admit and open the stream, then answer with its frames; the gate is left at its end."""
    door.gate.enter()
    reader = ReaderLine.of(request.environ)
    try:
        stream = door.services.generation.stream(
            access.tenant, asked, access.principal.user_id, reader_left=reader.hung_up
        )
    except BaseException:
        door.gate.leave()
        raise
    body = SseBody(
        stream,
        _frames(door, current_request_id()),
        door.gate.leave,
        reader=reader,
    )
    return sse_response(body)


def _frames(door: Door, request_id: str) -> Callable[[StreamEvent], bytes]:
    """How an event is written; a terminal error is the problem that it would be as an answer."""

    def frame(event: StreamEvent) -> bytes:
        if event.error is not None:
            problem = problem_body(event.error, request_id)
            return encode(event.event, {**problem, "type": event.event})
        return encode(event.event, event.payload(camel=door.present.camel))

    return frame


def _wants_stream(fields: dict[str, Any]) -> bool:
    """Whether the answer is streamed; takes ``stream`` out of the body."""
    wanted = fields.pop("stream", None)
    if wanted is not None and not isinstance(wanted, bool):
        raise InvalidRequest(
            "stream must be true or false",
            user_message="El campo «stream» debe ser verdadero o falso.",
            issues=(("stream", "must be a boolean"),),
        )
    return prefers_stream(request) if wanted is None else wanted
