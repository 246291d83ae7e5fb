"""Answers as events, for the routes that can answer so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request

from llama_marketing.adapters.flask.door import Door, current_request_id
from llama_marketing.adapters.flask.problems import problem_body
from llama_marketing.adapters.flask.reading import prefers_stream
from llama_marketing.adapters.flask.streaming import (
    EventStream,
    ReaderLine,
    SseBody,
    sse_response,
)
from llama_marketing.adapters.sse.encoder import encode
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.models import StreamEvent


def wants_stream(fields: dict[str, Any]) -> bool:
    """Whether the answer is streamed; takes ``stream`` out of the body."""
    wanted = fields.pop("stream", None)
    if wanted is not None and not isinstance(wanted, bool):
        raise InvalidRequest(
            "stream must be true or false",
            user_message="El campo «stream» debe ser verdadero o falso.",
            issues=(("stream", "must be a boolean"),),
        )
    return prefers_stream(request) if wanted is None else wanted


def stream_response(
    door: Door, open_stream: Callable[[Callable[[], bool]], EventStream]
) -> Response:
    """Open the stream, then answer with its frames; the gate is left at its end.

    ``open_stream`` is given how to find out whether the reader left.
    """
    door.gate.enter()
    reader = ReaderLine.of(request.environ)
    try:
        stream = open_stream(reader.hung_up)
    except BaseException:
        door.gate.leave()
        raise
    frame = _frames(door, current_request_id())
    return sse_response(SseBody(stream, frame, door.gate.leave, reader=reader))


def _frames(door: Door, request_id: str) -> Callable[[StreamEvent], bytes]:
    """How an event is written; a terminal error is the problem that it would be as an answer."""

    def frame(event: StreamEvent) -> bytes:
        if event.error is not None:
            problem = problem_body(event.error, request_id)
            return encode(event.event, {**problem, "type": event.event})
        return encode(event.event, event.payload(camel=door.present.camel))

    return frame
