"""The columns of a playground as events of one stream."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

from llama_marketing.app.playground.run import ColumnRun
from llama_marketing.domain.errors import LlamaMarketingError
from llama_marketing.domain.generation.models import StreamEvent
from llama_marketing.domain.playground.models import PlaygroundAnswer

_WAITING_EVENTS = 256
"""Events that wait for a slow reader before the columns are held up."""
_LOOK_SECONDS = 0.5
_ENDS_SECONDS = 5.0
"""How long ``close`` waits for columns whose lines are being closed."""


class PlaygroundStream:
    """Deltas of all columns as they come, then one ``done`` with the whole answer.

    An iterator with ``close()``. The columns run in threads and are booked when all have ended,
    also when it is closed before, or was never iterated. Only where the store could not book
    them is the last event an ``error``.
    """

    def __init__(self, reader_left: Callable[[], bool]) -> None:
        self._reader_left = reader_left
        self._events: queue.Queue[StreamEvent | None] = queue.Queue(_WAITING_EVENTS)
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._failure: BaseException | None = None

    def begin(self, work: Callable[[], PlaygroundAnswer]) -> None:
        """Start the columns."""
        self._thread = threading.Thread(
            target=self._run, args=(work,), name="llama-marketing-playground", daemon=True
        )
        self._thread.start()

    def abandoned(self) -> bool:
        """Whether nobody waits for the answer any more."""
        return self._closed.is_set() or self._reader_left()

    def teller(self, run: ColumnRun) -> Callable[[str], None]:
        """Tells a column's text, from its own thread."""
        planned, provider = run.column.planned, run.column.provider

        def tell(text: str) -> None:
            known = {"column": run.number, "provider": provider, "model": planned.model_id}
            self._put(StreamEvent("delta", {**known, "text": text}))

        return tell

    def __iter__(self) -> Iterator[StreamEvent]:
        return self

    def __next__(self) -> StreamEvent:
        event = self._next()
        if event is None:
            self._closed.set()
            if self._failure is not None:
                failure, self._failure = self._failure, None
                raise failure
            raise StopIteration
        return event

    def _next(self) -> StreamEvent | None:
        """The next event; None at the end, and once it was closed."""
        while not self._closed.is_set():
            try:
                return self._events.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                # Time to look whether it was closed meanwhile.
                continue
        return None

    def close(self) -> None:
        """End the columns' calls and have them booked; may be called more than once.

        What does not end in time is booked by its own thread a little later.
        """
        self._closed.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_ENDS_SECONDS)

    def _run(self, work: Callable[[], PlaygroundAnswer]) -> None:
        try:
            answer = work()
        except LlamaMarketingError as error:
            self._put(StreamEvent("error", {}, error=error))
        except BaseException as error:  # noqa: BLE001 - raised to whoever reads
            self._failure = error
        else:
            self._put(StreamEvent("done", {}, answer))
        finally:
            self._put(None)

    def _put(self, event: StreamEvent | None) -> None:
        """Hand an event over, unless nobody reads any more."""
        while not self._closed.is_set():
            try:
                self._events.put(event, timeout=_LOOK_SECONDS)
            except queue.Full:
                # The reader is slow, or gone: look again.
                continue
            return
