"""The walk over an operation's attempts: which host is asked, once more, or left for the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import attrs

from llama_marketing.app.generation.operation import Bookkeeper, Operation
from llama_marketing.app.host_access import MAIN, HostAccess, slot_of
from llama_marketing.app.host_health import HostHealth
from llama_marketing.domain.chat.models import ChatCall, HostIdentity, HostTarget
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadKey,
    DeadlineExceeded,
    HostError,
    HostUnreachable,
    LlamaMarketingError,
    SecretError,
)
from llama_marketing.domain.generation.accounting import failed, interrupted
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.generation.drafts import Draft
from llama_marketing.domain.resilience.law import (
    asks_again,
    moves_on,
    tells_ill_health,
    wait_before,
)
from llama_marketing.domain.resilience.slow_model import ADVICE, SILENCES, is_large
from llama_marketing.domain.telemetry import CallFacts
from llama_marketing.domain.usage.entries import Attempt, Basis
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
    """Tries an operation's attempts in their order; safe in any thread.

    Of the books it asks one thing only: room for a call that comes after one that cost.
    """

    access: HostAccess
    health: HostHealth
    clock: Clock
    waiting: Waiting
    bookkeeper: Bookkeeper

    def take(
        self, operation: Operation, draft: Draft, send: Send[Answer], *, streamed: bool
    ) -> Taken[Answer]:
        """The first attempt that a host takes; the failed ones stand in the draft.

        Raises what the last attempt raised.
        """
        walk = _Walk(operation, draft, send, streamed)
        targets = self._targets(operation)
        last: HostError | None = None
        for place, (planned, target) in enumerate(targets):
            if last is not None and not self._may_go_on(operation, draft):
                break
            elsewhere = self._can_answer_elsewhere(walk, target, targets[place + 1 :])
            taken = self._try_host(walk, planned, target, elsewhere)
            if isinstance(taken, Taken):
                return taken
            last = taken
            if not moves_on(last, operation_is_over=operation.deadline.passed()):
                break
        raise last or DeadlineExceeded(f"operation {operation.id} is over its deadline")

    def broke_off(self, taken: Taken[Answer], error: HostError) -> None:
        """Note that an answer which was taken broke off, for reasons of the host's."""
        self.health.failed(taken.identity, error, taken.started)
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
        if not isinstance(error, DeadlineExceeded | HostUnreachable) or not planned.row.private:
            return
        model = self.access.catalog.catalog().model(planned.model_id)
        large = model is not None and is_large(model.parameter_count)
        if large and self.health.silences(identity) >= SILENCES:
            error.user_message = ADVICE

    def milliseconds_since(self, started: float) -> int:
        """Milliseconds since a monotonic moment."""
        return max(0, round((self.clock.monotonic() - started) * 1000))

    def _targets(self, operation: Operation) -> list[tuple[PlannedAttempt, HostTarget]]:
        """The attempts with their keys; a fallback host whose key is unusable is left out."""
        opened: dict[int, HostTarget | None] = {}
        for slot in dict.fromkeys(planned.slot for planned in operation.plan.attempts):
            try:
                kept = slot_of(operation.stored, slot)
                opened[slot] = self.access.target(operation.tenant, kept)
            except (SecretError, BadKey):
                if slot == MAIN:
                    raise
                opened[slot] = None
        return [
            (planned, target)
            for planned in operation.plan.attempts
            if (target := opened[planned.slot]) is not None
        ]

    def _can_answer_elsewhere(
        self,
        walk: _Walk[Answer],
        target: HostTarget,
        later: Sequence[tuple[PlannedAttempt, HostTarget]],
    ) -> bool:
        """Whether another host stands behind a target that is not known to be down."""
        return any(
            other.identity != target.identity
            and other.identity not in walk.failing
            and self.health.is_open(other.identity)
            for _, other in later
        )

    def _may_go_on(self, operation: Operation, draft: Draft, after: float = 0.0) -> bool:
        """Whether one more call has the time, and is paid for.

        What the last one may have cost is not covered by the hold: that is enlarged first.
        """
        if not operation.has_time_for_another_attempt(after):
            return False
        if not draft.attempts or draft.attempts[-1].basis is Basis.NONE:
            return True
        with operation.paying:
            return self.bookkeeper.can_pay(operation, operation.calls_ahead())

    def _try_host(
        self, walk: _Walk[Answer], planned: PlannedAttempt, target: HostTarget, elsewhere: bool
    ) -> Taken[Answer] | HostError:
        """Ask a host, at most twice; answers what it took, or why it was left."""
        taken = self._ask(walk, planned, target, elsewhere, walk.failing.get(target.identity))
        if isinstance(taken, HostError) and self._waited_to_ask_again(walk, taken, elsewhere):
            taken = self._ask(walk, planned, target, elsewhere, taken)
        if isinstance(taken, HostError) and (tells_ill_health(taken) or taken.retry_after):
            walk.failing[target.identity] = taken
        return taken

    def _ask(
        self,
        walk: _Walk[Answer],
        planned: PlannedAttempt,
        target: HostTarget,
        elsewhere: bool,
        after: HostError | None,
    ) -> Taken[Answer] | HostError:
        """Ask a host once, ``after`` a fault of its own if there was one."""
        refused = self.health.admit(target.identity, after)
        if refused is not None:
            refused.host = planned.row.id
            self._advise(planned, target.identity, refused)
            return refused
        operation, draft = walk.operation, walk.draft
        call = operation.plan.call(planned, draft.correction, draft.variation)
        started = self.clock.monotonic()
        sent = Taken(planned, target.identity, call, None, started)
        try:
            answer = walk.send(target, call, operation.attempt_deadline(elsewhere=elsewhere))
        except HostError as error:
            self._note_failure(walk, sent, error)
            return error
        except LlamaMarketingError:
            # Ours, not the host's: nothing was sent.
            raise
        except BaseException:
            self._note_failure(walk, sent, None)
            raise
        self.health.answered(target.identity, started)
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
            self.health.failed(sent.identity, error, sent.started)
            self._advise(sent.planned, sent.identity, error)

    def _waited_to_ask_again(self, walk: _Walk[Answer], error: HostError, elsewhere: bool) -> bool:
        """Wait as long as it takes before the same host is asked again; False for not at all."""
        if not asks_again(error, streamed=walk.streamed, elsewhere=elsewhere):
            return False
        operation, left = walk.operation, wait_before(error, self.waiting.jitter())
        if not self._may_go_on(operation, walk.draft, after=left):
            return False
        while left > 0.0 and not operation.deadline.passed():
            self.waiting.wait(min(left, _LOOK_SECONDS))
            left -= _LOOK_SECONDS
        return not operation.deadline.passed()
