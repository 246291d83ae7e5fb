"""A quota whose counter is split into slices: exact as one counter, and not as hot.

The protocol of docs/scale.md over a table in simulated time, and an auditor that holds every
commit against the invariants of the books. ``bench/split_counters.py`` runs it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence

import attrs

from bench.simulated_table import (
    Answer,
    Command,
    Conflict,
    Item,
    Lost,
    Pause,
    Reading,
    Refused,
    Transaction,
    World,
    Write,
)

DEADLINE_SECONDS = 5.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.005, 0.1
OPEN, SETTLED = "OPEN", "SETTLED"

Steps = Generator[Command, Answer, bool]


class TooBusy(Exception):
    """The deadline passed while others held the items; the caller answers 503."""


@attrs.frozen
class Terms:
    """A quota, and the moment from which it holds."""

    limit: int
    as_of: int = 0


def add(**amounts: int) -> dict[str, int]:
    """What a write adds to a slice."""
    return amounts


def changed(item: Item, amounts: dict[str, int], **values: object) -> None:
    """Add to an item's numbers and set its other attributes."""
    for name, amount in amounts.items():
        item[name] = item.get(name, 0) + amount
    item.update(values)


@attrs.define(eq=False)
class SplitCounter:
    """The quota of one client in one period, over several items.

    Each slice holds a share of the quota with ``available + reserved + settled = share``. While
    the slices are open none is below zero, so what fits into one fits into the whole.
    """

    world: World
    slices: int
    careful: bool = True
    """False leaves the slices open while the quota is lowered: to show that this is wrong."""

    def create(self, terms: Terms) -> None:
        """The slices of a fresh period, all of the same share but for the remainder."""
        for number, share in enumerate(shares(terms.limit, self.slices)):
            self.world.items[slice_key(number)] = Item(
                share=share, available=share, reserved=0, settled=0, as_of=terms.as_of, open=True
            )

    @property
    def keys(self) -> tuple[str, ...]:
        """Every slice's key."""
        return tuple(slice_key(number) for number in range(self.slices))

    def reserve(self, hold: str, amount: int, terms: Terms) -> Steps:
        """Keep an amount aside; True when it was admitted.

        One transaction where the first slice that is tried has enough: exactly what a single
        counter takes.
        """
        number = self.world.chance.randrange(self.slices)
        while True:
            answer = yield from self._done(self._reserving(number, hold, amount, terms.as_of))
            if answer is None or 1 in answer.places:
                return True
            seen = yield from self._read()
            terms = max(terms, Terms(sum_of(seen, "share"), seen[0]["as_of"]), key=_age)
            if terms.as_of > seen[0]["as_of"]:
                yield from self._change_terms(seen, terms)
            elif sum_of(seen, "available") < amount:
                return False
            elif not seen[0]["open"]:
                yield from self._open(seen)
            else:
                number = max(range(self.slices), key=lambda n: int(seen[n]["available"]))
                if seen[number]["available"] < amount:
                    yield from self._gather(seen, number, amount)

    def settle(self, hold: str, actual: int) -> Steps:
        """Book what was used; the rest goes back to the slice that it came from."""
        (kept,) = yield from self._items((hold,))
        held, back = kept["amount"], kept["amount"] - actual
        moved = add(available=back, reserved=-held, settled=actual)
        writes = (
            Write(kept["slice"], lambda item: True, lambda item: changed(item, moved)),
            Write(
                hold,
                lambda item: item["state"] == OPEN,
                lambda item: changed(item, {}, state=SETTLED, actual=actual),
            ),
        )
        yield from self._done(writes)
        return True

    def _reserving(self, number: int, hold: str, amount: int, as_of: int) -> tuple[Write, ...]:
        key, moved = slice_key(number), add(available=-amount, reserved=amount)
        return (
            Write(
                key,
                lambda s: bool(s["open"] and s["as_of"] == as_of and s["available"] >= amount),
                lambda item: changed(item, moved),
            ),
            Write(
                hold,
                lambda item: not item,
                lambda item: changed(item, {}, slice=key, amount=amount, state=OPEN),
            ),
        )

    def _change_terms(self, seen: Sequence[Item], terms: Terms) -> Generator[Command, Answer, None]:
        """Take over a newer quota, once: close every slice, and let the first bear the change."""
        parts = [terms.limit - sum_of(seen, "share"), *[0] * (self.slices - 1)]
        if not self.careful:
            parts = shares(parts[0], self.slices)
        yield from self._done(
            Write(
                slice_key(number),
                lambda item: item["as_of"] == seen[0]["as_of"],
                lambda item, part=part: changed(  # type: ignore[misc]
                    item, add(available=part, share=part), as_of=terms.as_of, open=not self.careful
                ),
            )
            for number, part in enumerate(parts)
        )

    def _open(self, seen: Sequence[Item]) -> Generator[Command, Answer, None]:
        """Share out anew what is available, and open the slices.

        Closed ones only grow meanwhile, by settlements; so none is opened below zero.
        """
        wanted = shares(sum_of(seen, "available"), self.slices)
        yield from self._moved(
            seen, {n: wanted[n] - seen[n]["available"] for n in range(self.slices)}, opening=True
        )

    def _gather(
        self, seen: Sequence[Item], number: int, amount: int
    ) -> Generator[Command, Answer, None]:
        """Move to one slice what it lacks, from those that have most."""
        missing, moves = amount - seen[number]["available"], {number: 0}
        others = (n for n in range(self.slices) if n != number)
        for other in sorted(others, key=lambda n: -int(seen[n]["available"])):
            part = min(missing - moves[number], seen[other]["available"])
            if part > 0:
                moves |= {other: -part, number: moves[number] + part}
        yield from self._moved(seen, moves, opening=False)

    def _moved(
        self, seen: Sequence[Item], moves: dict[int, int], *, opening: bool
    ) -> Generator[Command, Answer, None]:
        """Move shares between slices, of the same terms and as long as none goes below zero."""
        as_of = seen[0]["as_of"]
        yield from self._done(
            Write(
                slice_key(number),
                lambda item, part=part: (  # type: ignore[misc]
                    item["as_of"] == as_of
                    and item["open"] is not opening
                    and item["available"] + part >= 0
                ),
                lambda item, part=part: changed(  # type: ignore[misc]
                    item, add(available=part, share=part), open=True
                ),
            )
            for number, part in moves.items()
        )

    def _read(self) -> Generator[Command, Answer, tuple[Item, ...]]:
        return (yield from self._items(self.keys))

    def _items(self, keys: tuple[str, ...]) -> Generator[Command, Answer, tuple[Item, ...]]:
        answer = yield from self._answered(Reading(keys))
        assert isinstance(answer, tuple)
        return answer

    def _done(self, writes: Iterable[Write]) -> Generator[Command, Answer, Refused | None]:
        answer = yield from self._answered(Transaction(tuple(writes)))
        assert answer is None or isinstance(answer, Refused)
        return answer

    def _answered(self, command: Command) -> Generator[Command, Answer, Answer]:
        """Ask again after conflicts and lost answers, with jitter, until the deadline."""
        started, tries = self.world.now, 0
        while True:
            answer = yield command
            if not isinstance(answer, Conflict | Lost):
                return answer
            if self.world.now - started > DEADLINE_SECONDS:
                raise TooBusy
            longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**tries)
            yield Pause(self.world.chance.uniform(0, longest))
            tries += 1


def slice_key(number: int) -> str:
    """The key of a slice; the hold beside it remembers which one it took from."""
    return f"META_AI_QUOTA#2026-11#{number}"


def shares(amount: int, slices: int) -> list[int]:
    """An amount in equal parts, the remainder in the first ones."""
    each, rest = divmod(amount, slices)
    return [each + (number < rest) for number in range(slices)]


def sum_of(seen: Iterable[Item], name: str) -> int:
    """The sum of an attribute over the slices."""
    return sum(int(item[name]) for item in seen)


def _age(terms: Terms) -> int:
    return terms.as_of


# What must hold ------------------------------------------------------------------------------


@attrs.define(eq=False)
class Auditor:
    """Looks at every commit."""

    keys: tuple[str, ...]
    limits: dict[int, int]
    commits: int = 0
    admitted_without_room: int = 0
    wrong_sums: int = 0

    def __call__(self, items: dict[str, Item], after: dict[str, Item]) -> None:
        """Hold the table before and after a commit against the invariants."""
        self.commits += 1
        before = [items[key] for key in self.keys]
        now = [after.get(key, items[key]) for key in self.keys]
        taken = sum_of(now, "reserved") - sum_of(before, "reserved")
        self.admitted_without_room += taken > max(0, sum_of(before, "available"))
        self.wrong_sums += not (
            all(s["available"] + s["reserved"] + s["settled"] == s["share"] for s in now)
            and len({s["as_of"] for s in now}) == 1
            and sum_of(now, "share") == self.limits[now[0]["as_of"]]
        )


def sums_agree(world: World, counter: SplitCounter) -> bool:
    """Whether, at the end, the slices hold exactly what the holds say."""
    slices = [world.items[key] for key in counter.keys]
    holds = [item for key, item in world.items.items() if key not in counter.keys]
    settled = sum(hold["actual"] for hold in holds if hold["state"] == SETTLED)
    reserved = sum(hold["amount"] for hold in holds if hold["state"] == OPEN)
    return (sum_of(slices, "settled"), sum_of(slices, "reserved")) == (settled, reserved)
