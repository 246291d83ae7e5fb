"""A generation whose text arrives in pieces."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from llama_marketing.app.generation.calls import HostCalls
from llama_marketing.app.generation.operation import Bookkeeper, Operation
from llama_marketing.domain.chat.models import ChatCall, ChatDelta, FinishReason, ReportedUsage
from llama_marketing.domain.errors import HostError, LlamaMarketingError, Refused
from llama_marketing.domain.generation.accounting import answered, failed
from llama_marketing.domain.generation.answer import token_usage
from llama_marketing.domain.generation.copy_reader import CopyReader
from llama_marketing.domain.generation.copy_text import CopyStream
from llama_marketing.domain.generation.drafts import Draft, finish, take_reply
from llama_marketing.domain.generation.models import GenerationResponse, SocialPost, StreamEvent
from llama_marketing.domain.generation.plan import PlannedAttempt
from llama_marketing.domain.usage.entries import Attempt, Outcome
from llama_marketing.ports.chat import ChatStream

Opened = tuple[PlannedAttempt, ChatCall, ChatStream, float]


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
        bookkeeper.settle(operation, error=error)
        raise
    return GenerationStream(operation, calls, bookkeeper, answer, opened)


class GenerationStream:
    """The events of one generation: ``start``, deltas, ``usage``, then ``done`` or ``error``.

    An iterator with ``close()``. It is booked exactly once: at its end, or when it is closed
    before, also when it was never iterated. Iterate it from one thread; ``close()`` may come
    from another.
    """

    def __init__(
        self,
        operation: Operation,
        calls: HostCalls,
        bookkeeper: Bookkeeper,
        answer: Callable[[Operation], GenerationResponse],
        opened: Opened,
    ) -> None:
        self._operation = operation
        self._calls = calls
        self._bookkeeper = bookkeeper
        self._answer = answer
        self._open: ChatStream | None = opened[2]
        self._lock = threading.Lock()
        self._closed = False
        self._settled = False
        self._progress = _Progress(operation.drafts[0], opened)
        self._events = self._run(opened)

    @property
    def id(self) -> str:
        """The generation's id, with which it can be found in the history."""
        return self._operation.id

    def __iter__(self) -> Iterator[StreamEvent]:
        return self

    def __next__(self) -> StreamEvent:
        if self._closed:
            raise StopIteration
        return next(self._events)

    def close(self) -> None:
        """Close the host's line and book what came so far; may be called more than once."""
        self._closed = True
        if self._open is not None:
            self._open.close()
        self._settle(error=GeneratorExit())

    def __enter__(self) -> GenerationStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, opened: Opened) -> Iterator[StreamEvent]:
        operation = self._operation
        planned = opened[0]
        yield _event(
            "start", id=self.id, model=planned.model_id, host=planned.row.id
        )
        try:
            yield from self._variations(opened)
            response = self._answer(operation)
        except LlamaMarketingError as error:
            self._settle(error=error)
            yield _error_event(self.id, error)
            return
        except BaseException as error:
            self._settle(error=error)
            raise
        self._settle(response=response)
        usage = token_usage(operation.totals()).model_dump(mode="json", by_alias=True)
        yield _event("usage", **usage)
        yield _event("done", **response.model_dump(mode="json", by_alias=True))

    def _variations(self, opened: Opened) -> Iterator[StreamEvent]:
        """Stream one variation after the other; a later one that fails leaves a partial answer."""
        operation = self._operation
        yield from self._one(opened)
        for number in range(1, operation.plan.variations):
            draft = Draft(number)
            operation.drafts.append(draft)
            try:
                opened = self._calls.open_stream(operation, draft)
            except HostError as error:
                draft.error = error
                continue
            self._open, self._progress = opened[2], _Progress(draft, opened)
            if self._closed:
                opened[2].close()
            yield from self._one(opened)

    def _one(self, opened: Opened) -> Iterator[StreamEvent]:
        """Stream one variation into its draft."""
        progress, variation = self._progress, self._progress.draft.variation
        try:
            for delta in opened[2]:
                text = progress.take(delta)
                if text:
                    yield StreamEvent(
                        "delta", {"type": "delta", "variation": variation, "text": text}
                    )
            text = progress.end()
            if text:
                yield StreamEvent("delta", {"type": "delta", "variation": variation, "text": text})
            self._note(progress, None)
        except HostError as error:
            self._note(progress, error)
            progress.draft.error = error
            if variation == 0:
                raise
        finally:
            opened[2].close()
        if progress.draft.error is None:
            earlier = [draft.content for draft in self._operation.drafts[:-1] if draft.content]
            progress.read(self._operation)
            finish(progress.draft, self._operation.length, earlier)

    def _note(self, progress: _Progress, error: HostError | None) -> None:
        """Put the call of a finished, broken or abandoned variation into its draft, once."""
        with self._lock:
            if progress.noted:
                return
            progress.noted = True
            latency = self._calls.milliseconds_since(progress.started)
            progress.draft.attempts.append(progress.attempt(latency, error))

    def _settle(
        self, response: GenerationResponse | None = None, error: BaseException | None = None
    ) -> None:
        with self._lock:
            if self._settled:
                return
            self._settled = True
        if response is None:
            self._note(self._progress, error if isinstance(error, HostError) else None)
        self._bookkeeper.settle(self._operation, response, error)


@attrs.define
class _Progress:
    """What has arrived of one variation."""

    draft: Draft
    opened: Opened
    reader: CopyReader = attrs.field(init=False)
    copy: CopyStream = attrs.Factory(CopyStream)
    reply: list[str] = attrs.Factory(list)
    shown: list[str] = attrs.Factory(list)
    usage: ReportedUsage | None = None
    finish_reason: FinishReason | None = None
    noted: bool = False

    def __attrs_post_init__(self) -> None:
        self.reader = CopyReader()
        self.draft.served = self.opened[0]

    @property
    def started(self) -> float:
        return self.opened[3]

    def take(self, delta: ChatDelta) -> str:
        """The copy that a delta brings; raises Refused when the model refuses."""
        if delta.usage is not None:
            self.usage = delta.usage
        if delta.model:
            self.draft.served_model = delta.model
        if delta.finish_reason is not None:
            self.finish_reason = delta.finish_reason
        if delta.refusal:
            host = self.opened[0].row.id
            raise Refused(f"{self.opened[0].host_model_id} refused", host=host)
        if not delta.text:
            return ""
        self.reply.append(delta.text)
        text = self.copy.feed(self.reader.feed(delta.text))
        if text:
            self.shown.append(text)
        return text

    def end(self) -> str:
        """The copy that was held back until the end."""
        text = self.copy.feed(self.reader.end()) + self.copy.end()
        if text:
            self.shown.append(text)
        return text

    def read(self, operation: Operation) -> None:
        """Read the whole reply; a copy that was shown is the copy, whatever else is broken."""
        plan = operation.plan
        finish_reason = self.finish_reason or FinishReason.STOP
        take_reply(self.draft, plan, "".join(self.reply), finish_reason)
        shown = "".join(self.shown)
        if shown and self.draft.post is None:
            self.draft.post, self.draft.cut = SocialPost(content=shown), True

    def attempt(self, latency_ms: int, error: HostError | None) -> Attempt:
        """The call as it goes into the entry."""
        planned, call = self.opened[0], self.opened[1]
        if error is not None and self.usage is None and not isinstance(error, Refused):
            if self.reply:
                error.received_bytes = len("".join(self.reply).encode())
            return failed(planned, call, error, latency_ms)
        outcome = Outcome.OK if error is None else Outcome.FAILED
        if isinstance(error, Refused):
            outcome = Outcome.REFUSED
        code = "" if error is None else error.code
        text = "".join(self.reply)
        return answered(planned, call, text, self.usage, latency_ms, outcome, code)


def _event(name: Any, **data: Any) -> StreamEvent:
    return StreamEvent(name, {"type": name, **data})


def _error_event(generation_id: str, error: LlamaMarketingError) -> StreamEvent:
    return _event(
        "error",
        code=error.code,
        detail=error.user_message,
        message=error.user_message,
        requestId=generation_id,
    )
