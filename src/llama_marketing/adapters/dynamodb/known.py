"""What a process remembers of the books, so that it need not read before it writes.

Nothing of it need be so any more: who acts on it asks for it in a condition.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final, TypeVar

import attrs

from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.books import Counter, Hold

_MOST: Final = 10_000
"""Of either kind; the oldest are forgotten first, which costs them but a read."""

Key = TypeVar("Key")
Value = TypeVar("Value")


@attrs.frozen
class OpenHold:
    """An open hold, and a counter with the terms that it was opened under."""

    hold: Hold
    counter: Counter


@attrs.frozen(eq=False)
class KnownBooks:
    """The holds that this process opened and has not ended, and the terms of the counters.

    Safe between threads.
    """

    _holds: OrderedDict[tuple[TenantRef, str], OpenHold] = attrs.field(
        factory=OrderedDict, init=False
    )
    _counters: OrderedDict[tuple[TenantRef, str], Counter] = attrs.field(
        factory=OrderedDict, init=False
    )
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def remember(self, tenant: TenantRef, counter: Counter, hold: Hold | None = None) -> None:
        """Keep the terms and the alerts of a counter, and an open hold that was just written."""
        key = tenant, counter.period
        with self._lock:
            known = self._counters.get(key)
            # A mark is never taken back.
            fired = {*counter.alerts_fired, *(known.alerts_fired if known else ())}
            terms = Counter(
                period=counter.period,
                limit=counter.limit,
                unit=counter.unit,
                as_of=counter.as_of,
                blocks=counter.blocks,
                alerts_fired=tuple(sorted(fired)),
            )
            if known is None or known.as_of <= counter.as_of:
                _put(self._counters, key, terms)
            if hold is not None:
                _put(self._holds, (tenant, hold.id), OpenHold(hold, terms))

    def counter(self, tenant: TenantRef, period: str) -> Counter | None:
        """A counter with the last known terms and alerts, and nothing used of it."""
        with self._lock:
            return self._counters.get((tenant, period))

    def take(self, tenant: TenantRef, hold_id: str) -> OpenHold | None:
        """Answer a hold and forget it."""
        with self._lock:
            return self._holds.pop((tenant, hold_id), None)


def _put(kept: OrderedDict[Key, Value], key: Key, value: Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _MOST:
        kept.popitem(last=False)
