"""A table with transactions in simulated time: items that are being written refuse everybody else.

A transaction travels to the table, holds its items for a while, then its conditions are looked at
and its writes applied, all or none; whoever touches a held item meanwhile is told of a conflict,
as DynamoDB does. An answer may be lost after the writes were applied. One seed makes one run.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable, Generator, Sequence
from typing import Any

import attrs

TRAVEL_SECONDS = 0.001
"""One way, between a process and the table: an assumption, not measured."""
HOLD_SECONDS = 0.004
"""How long a transaction holds its items: an assumption, not measured."""
TIMEOUT_SECONDS = 0.05
LONGEST_TRANSACTION = 10
"""Items: the limit of the local server; Amazon's own is 100."""

Item = dict[str, Any]


@attrs.frozen
class Write:
    """One item of a transaction; ``change`` gets a copy. A missing item is an empty one."""

    key: str
    when: Callable[[Item], bool]
    change: Callable[[Item], None]


@attrs.frozen
class Transaction:
    """All of these writes, or none."""

    writes: tuple[Write, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Which items it holds."""
        return tuple(write.key for write in self.writes)


@attrs.frozen
class Reading:
    """The items of several keys at one moment."""

    keys: tuple[str, ...]


@attrs.frozen
class Pause:
    """Seconds to wait."""

    seconds: float


@attrs.frozen
class Conflict:
    """Another transaction held one of the items; nothing was done."""


@attrs.frozen
class Lost:
    """No answer came; what was asked may have been done."""


@attrs.frozen
class Refused:
    """The conditions of these writes did not hold; nothing was done."""

    places: frozenset[int]


Command = Transaction | Reading | Pause
Answer = Conflict | Lost | Refused | tuple[Item, ...] | None
"""None is that it was done; the items answer a reading."""
Process = Generator[Command, Answer, None]
Listener = Callable[[dict[str, Item], dict[str, Item]], None]


@attrs.define(eq=False)
class World:
    """The table, its clock, and the processes that work on it."""

    chance: random.Random
    lost_answers: float = 0.0
    listener: Listener | None = None
    items: dict[str, Item] = attrs.Factory(dict)
    now: float = 0.0
    transactions: int = 0
    conflicts: int = 0
    _held: dict[str, float] = attrs.Factory(dict)
    _agenda: list[tuple[float, int, Callable[[], None]]] = attrs.Factory(list)
    _order: itertools.count[int] = attrs.Factory(itertools.count)

    def start(self, process: Process, at: float = 0.0) -> None:
        """Let a process begin at a moment."""
        self._at(at, lambda: self._go_on(process, None))

    def run(self) -> None:
        """Go on until no process has anything left to do."""
        while self._agenda:
            self.now, _, step = heapq.heappop(self._agenda)
            step()

    def _go_on(self, process: Process, answer: Answer) -> None:
        try:
            command = process.send(answer)
        except StopIteration:
            return
        if isinstance(command, Pause):
            self._at(self.now + command.seconds, lambda: self._go_on(process, None))
            return
        self._at(self.now + TRAVEL_SECONDS, lambda: self._arrived(process, command))

    def _arrived(self, process: Process, command: Transaction | Reading) -> None:
        keys = command.keys
        if any(self._held.get(key, 0.0) > self.now for key in keys):
            self.conflicts += 1
            self._answer(process, Conflict())
        elif isinstance(command, Reading):
            self._answer(process, tuple(dict(self.items.get(key, {})) for key in keys))
        else:
            assert len(set(keys)) == len(keys) <= LONGEST_TRANSACTION
            self.transactions += 1
            self._held |= dict.fromkeys(keys, self.now + HOLD_SECONDS)
            commit = lambda: self._answer(process, self._commit(command.writes))  # noqa: E731 - a step
            self._at(self.now + HOLD_SECONDS, commit)

    def _commit(self, writes: Sequence[Write]) -> Answer:
        before = {write.key: self.items.get(write.key, {}) for write in writes}
        refused = [n for n, write in enumerate(writes) if not write.when(before[write.key])]
        if refused:
            return Refused(frozenset(refused))
        after = {key: dict(item) for key, item in before.items()}
        for write in writes:
            write.change(after[write.key])
        if self.listener is not None:
            self.listener(self.items, after)
        self.items |= after
        return None

    def _answer(self, process: Process, answer: Answer) -> None:
        if self.chance.random() < self.lost_answers:
            self._at(self.now + TIMEOUT_SECONDS, lambda: self._go_on(process, Lost()))
        else:
            self._at(self.now + TRAVEL_SECONDS, lambda: self._go_on(process, answer))

    def _at(self, moment: float, step: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._order), step))
