"""The walk over an operation's attempts: which host is asked, once more, or left for the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Generic, TypeVar

import attrs

from llama_marketing.app.generation.operation import Operation
from llama_marketing.app.host_access import MAIN, HostAccess, slot_of
from llama_marketing.app.host_health import HostHealth
from llama_marketing.domain.chat.models import ChatCall, HostIdentity, HostTarget
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadKey,
    DeadlineExceeded,
    HostError,
    LlamaMarketingError,
    SecretError,
)
from llama_marketing.domain.generation.accounting import failed, interrupted
from llama_marketing.domain.generation.drafts import Draft
from llama_marketing.domain.generation.plan import PlannedAttempt
from llama_marketing.domain.resilience.law import (
    asks_again,
    moves_on,
    tells_ill_health,
    wait_before,
)
from llama_marketing.domain.resilience.slow_model import ADVICE, SILENCES, is_large
from llama_marketing.domain.telemetry import CallFacts
from llama_marketing.domain.usage.entries import Attempt
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.waiting import Waiting

Answer = TypeVar("Answer")
Send = Callable[[HostTarget, ChatCall, Deadline], Answer]
_LOOK_SECONDS = 1.0
"""How often who waits for a host looks whether anybody still waits for the answer."""


@attrs.frozen
class Taken(Generic[Answer]):
    """An attempt that a host took; ``started`` is the monotonic moment of the call."""

    planned: PlannedAttempt
    identity: HostIdentity
    call: ChatCall
    answer: Answer
    started: float


@attrs.define
class _Walk(Generic[Answer]):
    """One walk: what is asked, how, and what each host failed with so far."""

    operation: Operation
    draft: Draft
    send: Send[Answer]
    streamed: bool
    failing: dict[HostIdentity, HostError] = attrs.Factory(dict)


@attrs.frozen(kw_only=True)
class HostWalk:
    """Tries an operation's attempts in their order. Books nothing; safe in any thread."""

    access: HostAccess
    health: HostHealth
    clock: Clock
    waiting: Waiting

    def take(
        self, operation: Operation, draft: Draft, send: Send[Answer], *, streamed: bool
    ) -> Taken[Answer]:
        """The first attempt that a host takes; the failed ones stand in the draft.

        Raises what the last attempt raised.
        """
        walk = _Walk(operation, draft, send, streamed)
        last: HostError | None = None
        for planned, target, elsewhere in self._targets(operation):
            over = operation.deadline.passed()
            if over or (last is not None and not operation.has_time_for_another_attempt()):
                break
            taken = self._try_host(walk, planned, target, elsewhere)
            if isinstance(taken, Taken):
                return taken
            last = taken
            if not moves_on(last, operation_is_over=operation.deadline.passed()):
                break
        raise last or DeadlineExceeded(f"operation {operation.id} is over its deadline")

    def broke_off(self, taken: Taken[Answer], error: HostError) -> None:
        """Note that an answer which was taken broke off, for reasons of the host's."""
        self.health.failed(taken.identity, error)
        self._advise(taken.planned, taken.identity, error)

    def tell(
        self,
        operation: Operation,
        draft: Draft,
        taken: Taken[Any],
        attempt: Attempt,
        **known: Any,
    ) -> None:
        """Tell who watches of a call that ended; ``known`` are further facts of it."""
        facts = CallFacts.of(
            taken.planned,
            taken.call,
            attempt,
            origin=taken.identity.origin,
            ended_at=self.clock.now(),
            variation=draft.variation,
            number=len(draft.attempts),
            **known,
        )
        operation.telemetry.call_ended(facts)

    def _advise(self, planned: PlannedAttempt, identity: HostIdentity, error: HostError) -> None:
        """Suggest a smaller model where the client's own machine keeps running out of time."""
        if not isinstance(error, DeadlineExceeded) or not planned.row.private:
            return
        model = self.access.catalog.catalog().model(planned.model_id)
        large = model is not None and is_large(model.parameter_count)
        if large and self.health.silences(identity) >= SILENCES:
            error.user_message = ADVICE

    def milliseconds_since(self, started: float) -> int:
        """Milliseconds since a monotonic moment."""
        return max(0, round((self.clock.monotonic() - started) * 1000))

    def _targets(self, operation: Operation) -> Iterator[tuple[PlannedAttempt, HostTarget, bool]]:
        """The attempts with their keys, and whether another host stands behind each.

        A fallback host whose key is unusable is left out.
        """
        attempts = operation.plan.attempts
        for place, planned in enumerate(attempts):
            try:
                slot = slot_of(operation.stored, planned.slot)
                target = self.access.target(operation.tenant, slot)
            except (SecretError, BadKey):
                if planned.slot == MAIN:
                    raise
                continue
            yield planned, target, any(a.slot != planned.slot for a in attempts[place + 1 :])

    def _try_host(
        self, walk: _Walk[Answer], planned: PlannedAttempt, target: HostTarget, elsewhere: bool
    ) -> Taken[Answer] | HostError:
        """Ask a host, at most twice; answers what it took, or why it was left."""
        failed_before = walk.failing.get(target.identity)
        if failed_before is None:
            self.health.requested(target.identity)
        elif not self.health.may_retry(target.identity):
            return failed_before
        taken = self._ask(walk, planned, target, elsewhere)
        if isinstance(taken, HostError) and self._waited_to_ask_again(
            walk, target.identity, taken, elsewhere
        ):
            taken = self._ask(walk, planned, target, elsewhere)
        if isinstance(taken, HostError) and (tells_ill_health(taken) or taken.retry_after):
            walk.failing[target.identity] = taken
        return taken

    def _ask(
        self, walk: _Walk[Answer], planned: PlannedAttempt, target: HostTarget, elsewhere: bool
    ) -> Taken[Answer] | HostError:
        closed = self.health.closed(target.identity)
        if closed is not None:
            closed.host = planned.row.id
            return closed
        operation, draft = walk.operation, walk.draft
        call = operation.plan.call(planned, draft.correction, draft.variation)
        deadline = operation.attempt_deadline(elsewhere=elsewhere)
        started = self.clock.monotonic()
        sent = Taken(planned, target.identity, call, None, started)
        try:
            answer = walk.send(target, call, deadline)
        except HostError as error:
            self._note_failure(walk, sent, error)
            return error
        except LlamaMarketingError:
            # Ours, not the host's: nothing was sent.
            raise
        except BaseException:
            self._note_failure(walk, sent, None)
            raise
        self.health.answered(target.identity)
        return Taken(planned, target.identity, call, answer, started)

    def _note_failure(
        self, walk: _Walk[Answer], sent: Taken[None], error: HostError | None
    ) -> None:
        """Put a failed call into its draft; without an error our own side broke it off."""
        operation, draft, latency = (
            walk.operation,
            walk.draft,
            self.milliseconds_since(sent.started),
        )
        if error is None:
            attempt = interrupted(sent.planned, sent.call, latency)
        else:
            attempt = failed(sent.planned, sent.call, error, latency)
        draft.attempts.append(attempt)
        self.tell(operation, draft, sent, attempt, error=error, streamed=walk.streamed)
        if error is not None and not operation.deadline.abandoned():
            self.health.failed(sent.identity, error)
            self._advise(sent.planned, sent.identity, error)

    def _waited_to_ask_again(
        self, walk: _Walk[Answer], identity: HostIdentity, error: HostError, elsewhere: bool
    ) -> bool:
        """Wait as long as it takes before the same host is asked again; False for not at all."""
        if not asks_again(error, streamed=walk.streamed, elsewhere=elsewhere):
            return False
        operation, left = walk.operation, wait_before(error, self.waiting.jitter())
        if not operation.has_time_for_another_attempt(after=left):
            return False
        if not self.health.may_retry(identity):
            return False
        while left > 0.0 and not operation.deadline.passed():
            self.waiting.wait(min(left, _LOOK_SECONDS))
            left -= _LOOK_SECONDS
        return not operation.deadline.passed()
