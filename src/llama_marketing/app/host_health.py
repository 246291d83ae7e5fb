"""What this process knows of the hosts' health: breakers and retry budgets.

It is kept by origin and key, for the newest ten thousand of them, and shared by all clients: who
uses the same host with the same key meets the same breaker.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

import attrs

from llama_marketing.domain.chat.models import HostIdentity
from llama_marketing.domain.errors import (
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostUnreachable,
)
from llama_marketing.domain.resilience.breaker import Breaker
from llama_marketing.domain.resilience.law import tells_ill_health
from llama_marketing.domain.resilience.retry_budget import RetryBudget
from llama_marketing.ports.clock import Clock

MOST_HOSTS = 10_000


@attrs.frozen
class Health:
    """What is known of one host; ``silences`` counts the deadlines since its last answer."""

    breaker: Breaker = attrs.field(factory=Breaker)
    budget: RetryBudget = attrs.field(factory=RetryBudget)
    silences: int = 0


@attrs.frozen(kw_only=True)
class HostHealth:
    """Keeps the health of each host. Safe between threads; one for each process."""

    clock: Clock
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)
    _known: OrderedDict[HostIdentity, Health] = attrs.field(
        factory=OrderedDict, init=False, repr=False
    )

    def admit(self, identity: HostIdentity, after: HostError | None = None) -> HostError | None:
        """Let a call go out: None, or why it may not.

        ``after`` is the fault that the call comes after; it makes the call a retry, and is the
        answer where the host's budget has no room for one.
        """
        now = self.clock.monotonic()
        with self._lock:
            health = self._of(identity)
            if not health.breaker.allows(now):
                return _closed(health.breaker, now)
            budget = health.budget.requested(now) if after is None else health.budget.retried(now)
            if budget is None:
                return after
            breaker = health.breaker.called(now)
            self._put(identity, attrs.evolve(health, breaker=breaker, budget=budget))
        return None

    def is_open(self, identity: HostIdentity) -> bool:
        """Whether a call may go out now, as far as is known."""
        now = self.clock.monotonic()
        with self._lock:
            return self._of(identity).breaker.allows(now)

    def answered(self, identity: HostIdentity, started: float) -> None:
        """The host took a call that began at a monotonic moment."""
        now = self.clock.monotonic()
        self._change(
            identity,
            lambda h: attrs.evolve(h, breaker=h.breaker.answered(now, started), silences=0),
        )

    def failed(self, identity: HostIdentity, error: HostError, started: float) -> None:
        """The host failed a call; what it refuses counts as an answer."""
        now = self.clock.monotonic()
        if isinstance(error, HostRateLimited) and error.retry_after:
            seconds = error.retry_after
            self._change(
                identity, lambda h: attrs.evolve(h, breaker=h.breaker.told_to_wait(now, seconds))
            )
            return
        if isinstance(error, DeadlineExceeded):
            self._change(identity, lambda h: attrs.evolve(h, silences=h.silences + 1))
        if tells_ill_health(error, now - started):
            self._change(
                identity, lambda h: attrs.evolve(h, breaker=h.breaker.failed(now, started))
            )
        elif not isinstance(error, DeadlineExceeded):
            self.answered(identity, started)

    def silences(self, identity: HostIdentity) -> int:
        """How many calls ran into the deadline since the host's last answer."""
        with self._lock:
            return self._of(identity).silences

    def _change(self, identity: HostIdentity, change: Callable[[Health], Health]) -> None:
        with self._lock:
            self._put(identity, change(self._of(identity)))

    def _of(self, identity: HostIdentity) -> Health:
        return self._known.get(identity) or Health()

    def _put(self, identity: HostIdentity, health: Health) -> None:
        self._known[identity] = health
        self._known.move_to_end(identity)
        if len(self._known) > MOST_HOSTS:
            self._known.popitem(last=False)


def _closed(breaker: Breaker, now: float) -> HostError:
    left = breaker.seconds_left(now)
    if breaker.asked_to_wait(now):
        message = f"the host asked for {left:.0f} s more"
        return HostRateLimited(message, status=429, retry_after=left)
    message = f"the host keeps failing; it is tried again in {left:.0f} s"
    return HostUnreachable(message, retry_after=left)
