"""A generation whose text arrives in pieces."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from typing import Self

from llama_marketing.app.generation.calls import HostCalls
from llama_marketing.app.generation.operation import Bookkeeper, Operation
from llama_marketing.app.generation.streamed_copy import StreamedCopy
from llama_marketing.app.generation.walk import Taken
from llama_marketing.domain.errors import HostError, LlamaMarketingError, StoreError
from llama_marketing.domain.generation.answer import token_usage
from llama_marketing.domain.generation.drafts import Draft, finish
from llama_marketing.domain.generation.models import GenerationResponse, StreamEvent
from llama_marketing.ports.chat import ChatStream

_READER_WAKES_SECONDS = 2.0
"""How long a reader in another thread may take to notice that its line was closed."""


def open_generation_stream(
    operation: Operation,
    calls: HostCalls,
    bookkeeper: Bookkeeper,
    answer: Callable[[Operation], GenerationResponse],
) -> GenerationStream:
    """Open the first variation's line; what fails before its 200 is booked and raised."""
    operation.drafts = [Draft(0)]
    try:
        opened = calls.open_stream(operation, operation.drafts[0])
    except BaseException as error:
        left = operation.deadline.abandoned()
        bookkeeper.settle_failed(operation, GeneratorExit() if left else error)
        raise
    return GenerationStream(operation, calls, bookkeeper, answer, opened)


class GenerationStream:
    """The events of one generation: ``start``, deltas, ``usage``, then ``done`` or ``error``.

    An iterator with ``close()``. It is booked exactly once: at its end, or when it is closed
    before, also when it was never iterated; one that is neither ended nor closed is left to
    the sweep. Iterate it from one thread; ``close()`` may come from another.
    """

    def __init__(
        self,
        operation: Operation,
        calls: HostCalls,
        bookkeeper: Bookkeeper,
        answer: Callable[[Operation], GenerationResponse],
        opened: Taken[ChatStream],
    ) -> None:
        self._operation = operation
        self._calls = calls
        self._bookkeeper = bookkeeper
        self._answer = answer
        # Held by whoever makes an event or books; what is below changes under it only.
        self._turn = threading.Lock()
        self._closed = threading.Event()
        self._booked = False
        self._ending: tuple[GenerationResponse | None, BaseException | None] | None = None
        self._progress = StreamedCopy.of(operation, operation.drafts[0], opened)
        self._events = self._run()

    @property
    def id(self) -> str:
        """The generation's id, with which it can be found in the history."""
        return self._operation.id

    def __iter__(self) -> Iterator[StreamEvent]:
        return self

    def __next__(self) -> StreamEvent:
        with self._turn:
            event = None if self._closed.is_set() else next(self._events, None)
            if self._closed.is_set():
                # Closed while the host was waited for: close() may have given up on this thread.
                self._leave()
                event = None
        if event is None:
            raise StopIteration
        return event

    def close(self) -> None:
        """Close the host's line and book what came so far; may be called more than once.

        Raises StoreUnavailable when it cannot be booked now. A reader in another thread that
        waits for the next variation's host books it itself once that host has answered.
        """
        self._closed.set()
        self._progress.line.close()
        if self._turn.acquire(timeout=_READER_WAKES_SECONDS):
            try:
                self._leave()
            finally:
                self._turn.release()

    def _leave(self) -> None:
        self._events.close()
        self._book(error=GeneratorExit())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self) -> Generator[StreamEvent, None, None]:
        planned = self._progress.planned
        try:
            yield StreamEvent(
                "start", {"id": self.id, "model": planned.model_id, "host": planned.row.id}
            )
            yield from self._variations()
            if self._is_left():
                return
            response = self._answer(self._operation)
            self._book(response)
        except GeneratorExit:
            # Closed, and close() books; or lost, and then this may run inside of a store's lock.
            raise
        except LlamaMarketingError as error:
            self._book_failed(error)
            yield _error_event(self.id, error)
            return
        except BaseException as error:
            self._book_failed(error)
            raise
        yield StreamEvent("usage", {}, token_usage(self._operation.totals()))
        yield StreamEvent("done", {}, response)

    def _variations(self) -> Iterator[StreamEvent]:
        """Stream one variation after the other; a later one that fails leaves a partial answer."""
        operation = self._operation
        yield from self._one()
        for number in range(1, operation.plan.variations):
            if self._is_left():
                return
            draft = Draft(number)
            operation.drafts.append(draft)
            try:
                opened = self._calls.open_stream(operation, draft)
            except HostError as error:
                draft.error = error
                continue
            self._progress = StreamedCopy.of(operation, draft, opened)
            if self._closed.is_set():
                # close() came while the host was asked, and saw the line before this one.
                self._progress.line.close()
            yield from self._one()

    def _is_left(self) -> bool:
        """Whether nobody waits for more; who left without closing is booked by ``close()``."""
        return self._closed.is_set() or self._operation.deadline.abandoned()

    def _one(self) -> Iterator[StreamEvent]:
        """Stream the present variation into its draft."""
        progress, draft = self._progress, self._progress.draft
        try:
            for delta in progress.line:
                if delta.text and progress.first_token_ms is None:
                    progress.first_token_ms = self._calls.milliseconds_since(progress.taken.started)
                if text := progress.take(delta):
                    yield _delta(draft, text)
            if text := progress.end():
                yield _delta(draft, text)
            self._note(None)
        except HostError as error:
            # Where we closed the line ourselves, that it broke off is no fault of the host.
            left = self._is_left()
            self._note(None if left else error)
            if left:
                return
            self._calls.broke_off(progress.taken, error)
            draft.error = error
            if draft.variation == 0:
                raise
        finally:
            progress.line.close()
        if draft.error is None:
            if text := progress.read(self._operation):
                yield _delta(draft, text)
            earlier = [other.content for other in self._operation.drafts[:-1] if other.content]
            finish(draft, self._operation.plan, earlier)

    def _note(self, error: HostError | None) -> None:
        self._calls.note_stream(self._operation, self._progress, error)

    def _book(
        self, response: GenerationResponse | None = None, error: BaseException | None = None
    ) -> None:
        """Book the end; after a store that failed, the same end again."""
        if self._booked:
            return
        if self._ending is None:
            self._ending = (response, error)
            self._note(None)
        self._bookkeeper.settle(self._operation, *self._ending)
        self._booked = True

    def _book_failed(self, error: BaseException) -> None:
        """Book an end by an error that is told or raised on; a failing store does not hide it."""
        if self._ending is not None:
            # The store could not book the end: close() may try again, else the sweep books it.
            return
        try:
            self._book(error=error)
        except StoreError as failure:
            error.add_note(f"{self.id} is not booked yet: {failure.code}")


def _delta(draft: Draft, text: str) -> StreamEvent:
    return StreamEvent("delta", {"variation": draft.variation, "text": text})


def _error_event(generation_id: str, error: LlamaMarketingError) -> StreamEvent:
    fields = {
        "code": error.code,
        "detail": error.user_message,
        "message": error.user_message,
        "requestId": generation_id,
    }
    return StreamEvent("error", fields, error=error)
