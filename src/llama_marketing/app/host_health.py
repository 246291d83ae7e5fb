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

    def closed(self, identity: HostIdentity) -> HostError | None:
        """Why nothing may be sent to the host now; None where it may, and then a call goes out."""
        now = self.clock.monotonic()
        with self._lock:
            health = self._of(identity)
            if health.breaker.allows(now):
                self._put(identity, attrs.evolve(health, breaker=health.breaker.called(now)))
                return None
        left = health.breaker.seconds_left(now)
        if health.breaker.asked_to_wait:
            message = f"the host asked for {left:.0f} s more"
            return HostRateLimited(message, status=429, retry_after=left)
        message = f"the host keeps failing; it is tried again in {left:.0f} s"
        return HostUnreachable(message, retry_after=left)

    def requested(self, identity: HostIdentity) -> None:
        """A request goes out that is no retry."""
        now = self.clock.monotonic()
        self._change(identity, lambda h: attrs.evolve(h, budget=h.budget.requested(now)))

    def may_retry(self, identity: HostIdentity) -> bool:
        """Whether the budget has room for one more retry, which is then taken from it."""
        now = self.clock.monotonic()
        with self._lock:
            health = self._of(identity)
            budget = health.budget.retried(now)
            if budget is not None:
                self._put(identity, attrs.evolve(health, budget=budget))
            return budget is not None

    def answered(self, identity: HostIdentity) -> None:
        """The host took a call."""
        now = self.clock.monotonic()
        self._change(
            identity, lambda h: attrs.evolve(h, breaker=h.breaker.answered(now), silences=0)
        )

    def failed(self, identity: HostIdentity, error: HostError) -> None:
        """The host failed a call; what it refuses counts as an answer."""
        now = self.clock.monotonic()
        if isinstance(error, HostRateLimited) and error.retry_after:
            seconds = error.retry_after
            self._change(
                identity, lambda h: attrs.evolve(h, breaker=h.breaker.told_to_wait(now, seconds))
            )
        elif not tells_ill_health(error):
            self.answered(identity)
        else:
            silent = int(isinstance(error, DeadlineExceeded))
            self._change(
                identity,
                lambda h: attrs.evolve(
                    h, breaker=h.breaker.failed(now), silences=h.silences + silent
                ),
            )

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
