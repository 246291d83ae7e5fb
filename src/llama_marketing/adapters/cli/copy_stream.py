"""Shows the copy of a stream as it arrives."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console

from llama_marketing.adapters.cli.terminal import waiting, write
from llama_marketing.app.generation.stream import GenerationStream
from llama_marketing.domain.generation.models import GenerationResponse, StreamEvent


def stream_copy(console: Console, open_stream: Callable[[], GenerationStream]) -> StreamEvent:
    """Open a stream, write its copy piece by piece, and answer its terminal event.

    However it ends, also by Ctrl-C, the stream is closed and so booked.
    """
    with waiting(console, "Esperando al modelo..."):
        stream = open_stream()
    with stream:
        with waiting(console, "El modelo está leyendo..."):
            event = _next_told(stream)
        variation = 0
        while event.event not in ("done", "error"):
            if event.event == "delta":
                number = event.data["variation"]
                if number != variation:
                    write(console, f"\n\n--- Variación {number + 1} ---\n")
                    variation = number
                write(console, event.text)
            event = next(stream)
        write(console, "\n")
    return event


def _next_told(stream: GenerationStream) -> StreamEvent:
    """The first event that a reader sees."""
    event = next(stream)
    while event.event == "start":
        event = next(stream)
    return event


def answer_of(done: StreamEvent) -> GenerationResponse:
    """The whole answer that a ``done`` event carries."""
    return GenerationResponse.read(
        {name: value for name, value in done.data.items() if name != "type"}
    )
