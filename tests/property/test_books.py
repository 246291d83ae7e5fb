"""The books of every store, driven together and held against a naive account.

Hypothesis chooses the steps: reservations, fresh, repeated and stale; enlargements; ends of
every kind, early, late and twice; records; ratings and changes of mind; quotas that rise, fall
and change their unit; two months. Each step may lose its answer and is done again then. After
every step the books agree with themselves, with each other and with the account.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, TypeVar

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from llama_marketing.adapters.dynamodb.usage import DynamoUsageBooks
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.adapters.sqlite.database import SqliteDatabase
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.domain.errors import IdempotencyMismatch, NotFound
from llama_marketing.domain.usage.amounts import NOTHING, Amount
from llama_marketing.domain.usage.books import Counter, Hold, QuotaTerms
from llama_marketing.domain.usage.entries import Purpose, UsageEntry
from llama_marketing.domain.usage.ratings import Rating, tally_of
from llama_marketing.domain.usage.rollups import total
from llama_marketing.domain.usage.steps import swept
from llama_marketing.domain.vocabulary import QuotaUnit
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.invariants import all_entries, assert_books_agree, open_holds
from llama_marketing.testing.samples import (
    TENANT,
    sample_entry,
    sample_hold,
    sample_release,
    sample_settlement,
)
from tests.dynamodb_local import LocalDynamo

MONTHS = ("2026-02", "2026-03")
ALERTS = (50, 80, 100)
STARS = st.integers(1, 5)
Answer = TypeVar("Answer")

amounts = st.builds(
    Amount,
    cost=st.sampled_from([0, 1, 3 * 10**10, 10**11, 7 * 10**11, 10**21]),
    tokens=st.integers(0, 500),
    generations=st.just(1),
)
limits = st.one_of(st.none(), st.sampled_from([0, 1, 2, 3, 700, 10**11, 5 * 10**11, 10**12]))
lost_answers = st.booleans()


@attrs.define
class Operation:
    """What the naive account knows of an operation."""

    month: str
    held: Amount
    state: str = "open"
    booked: Amount = NOTHING


class Books(RuleBasedStateMachine):
    """The stores and an account that adds everything up anew each time."""

    holds: Bundle[Hold] = Bundle("holds")
    records: Bundle[str] = Bundle("records")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.database = SqliteDatabase(Path(self.folder.name) / "store.db")
        self.stores: tuple[UsageBooks, ...] = (
            MemoryUsageBooks(MemoryDatabase()),
            SqliteUsageBooks(self.database),
            *self.more_stores(),
        )
        self.operations: dict[str, Operation] = {}
        self.recorded: dict[str, UsageEntry] = {}
        self.terms = [QuotaTerms(limit=10**12, as_of="0000", alerts=ALERTS)]
        self.terms_of: dict[str, QuotaTerms] = {}
        self.told: dict[str, set[int]] = {}
        self.rated: dict[str, dict[str, int]] = {}

    def more_stores(self) -> tuple[UsageBooks, ...]:
        """Further stores, empty."""
        return ()

    def teardown(self) -> None:
        """Close and forget the file."""
        self.database.close()
        self.folder.cleanup()

    # what the account expects

    def _used(self, month: str, unit: QuotaUnit) -> int:
        mine = [item for item in self.operations.values() if item.month == month]
        reserved = sum(item.held.in_unit(unit) for item in mine if item.state == "open")
        return reserved + sum(item.booked.in_unit(unit) for item in mine)

    def _fits(self, month: str, more: Amount) -> bool:
        terms = self.terms_of[month]
        if terms.limit is None or not terms.blocks:
            return True
        left = terms.limit - self._used(month, terms.unit)
        return terms.limit != 0 and left >= more.in_unit(terms.unit)

    def _all(self, step: Callable[[UsageBooks], Answer], lost: bool) -> Answer:
        answers = []
        for books in self.stores:
            if lost:
                step(books)
            answers.append(step(books))
        assert answers == [answers[0]] * len(answers)
        return answers[0]

    def _near(self, month: str, alerts: tuple[int, ...]) -> bool:
        terms = self.terms_of[month]
        if terms.limit is None:
            return False
        used = self._used(month, terms.unit)
        fresh = set(alerts) - self.told.get(month, set())
        return any(used * 100 >= terms.limit * threshold for threshold in fresh)

    # the steps

    @rule(
        limit=limits, unit=st.sampled_from(QuotaUnit), blocks=st.sampled_from([True, True, False])
    )
    def change_quota(self, limit: int | None, unit: QuotaUnit, blocks: bool) -> None:
        """The configuration is saved with another quota; the books hear of it later."""
        as_of = f"{len(self.terms):04}"
        terms = QuotaTerms(limit=limit, unit=unit, as_of=as_of, blocks=blocks, alerts=ALERTS)
        self.terms.append(terms)

    @rule(
        target=holds,
        amount=amounts,
        month=st.sampled_from(MONTHS),
        stale=st.booleans(),
        lost=lost_answers,
    )
    def reserve(self, amount: Amount, month: str, stale: bool, lost: bool) -> Hold:
        """A new operation, under the newest terms or under an old process's."""
        where = {"day": f"{month}-14", "timestamp": f"{month}-14T18:00:00Z", "period": month}
        hold = sample_hold(f"gen{len(self.operations)}", amount, **where)
        self._reserve(hold, self.terms[0] if stale else self.terms[-1], lost)
        return hold

    @rule(hold=holds, lost=lost_answers)
    def reserve_again(self, hold: Hold, lost: bool) -> None:
        """The same operation: nothing new unless it was refused before."""
        self._reserve(hold, self.terms[-1], lost)

    def _reserve(self, hold: Hold, terms: QuotaTerms, lost: bool) -> None:
        known = self.operations.get(hold.id)
        admitted, near, refused_by = self._all(lambda books: _reserved(books, hold, terms), lost)
        if known is not None and known.state != "refused":
            assert admitted
            return
        newest = self.terms_of.get(hold.period, terms)
        self.terms_of[hold.period] = terms if terms.as_of >= newest.as_of else newest
        expected = self._fits(hold.period, hold.amount)
        assert admitted is expected
        in_force = self.terms_of[hold.period]
        if refused_by is not None:
            assert (refused_by.limit, refused_by.unit) == (in_force.limit, in_force.unit)
        state = "open" if expected else "refused"
        self.operations[hold.id] = Operation(hold.period, hold.amount, state)
        assert near is self._near(hold.period, terms.alerts)

    @rule(hold=holds, amount=amounts, lost=lost_answers)
    def enlarge(self, hold: Hold, amount: Amount, lost: bool) -> None:
        """A dearer attempt is planned."""
        operation = self.operations[hold.id]
        answer = self._all(lambda books: books.enlarge(TENANT, hold.id, amount), lost)
        more = amount - operation.held
        unit = self.terms_of[operation.month].unit
        allowed = more.in_unit(unit) <= 0 or self._fits(operation.month, more)
        assert answer is (operation.state == "open" and allowed)
        if answer:
            operation.held = amount

    @rule(hold=holds, actual=amounts, lost=lost_answers, released=st.booleans())
    def end(self, hold: Hold, actual: Amount, lost: bool, released: bool) -> None:
        """An operation ends: in time, for the second time, or after its sweep."""
        actual = NOTHING if released else actual
        settlement = sample_release(hold) if released else sample_settlement(hold, actual)
        operation = self.operations[hold.id]
        if operation.state == "refused":
            for books in self.stores:
                with pytest.raises(NotFound):
                    books.settle(TENANT, settlement)
            return
        self._all(lambda books: books.settle(TENANT, settlement), lost)
        if operation.state in ("open", "swept"):
            operation.state, operation.booked = "ended", actual

    @rule(month=st.sampled_from(MONTHS), thresholds=st.sets(st.sampled_from(ALERTS)))
    def mark(self, month: str, thresholds: set[int]) -> None:
        """Somebody is told."""
        told = self.told.setdefault(month, set())
        fresh = self._all(lambda books: books.mark_alerts(TENANT, month, [*thresholds]), lost=False)
        assert set(fresh) == thresholds - told
        told |= thresholds

    @rule(lost=lost_answers)
    def sweep(self, lost: bool) -> None:
        """Every open hold is past its time."""
        found = [open_holds(books, TENANT) for books in self.stores]
        assert found == [found[0]] * len(found)
        for hold in found[0]:
            self._all(lambda books, hold=hold: books.settle(TENANT, swept(hold)), lost)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
            operation = self.operations[hold.id]
            operation.state, operation.booked = "swept", operation.held

    @rule(
        target=records,
        cost=st.integers(0, 10**13),
        month=st.sampled_from(MONTHS),
        validation=st.booleans(),
        stars=st.one_of(st.none(), STARS),
        lost=lost_answers,
    )
    def record(self, cost: int, month: str, validation: bool, stars: int | None, lost: bool) -> str:
        """Another provider's operation, rated or not, or a validation."""
        stars = None if validation else stars
        entry = sample_entry(
            f"other{len(self.recorded)}",
            timestamp=f"{month}-01T12:00:00Z",
            day=f"{month}-01",
            period=month,
            provider="openai",
            cost_usd=Decimal(cost).scaleb(-12),
            use_case=None if validation else "ad_copy",
            purpose=Purpose.VALIDATION if validation else Purpose.GENERATION,
            quality_rating=stars,
            user_id="own",
        )
        self._all(lambda books: books.record(TENANT, entry), lost)
        self.recorded[entry.id] = entry
        if stars is not None:
            self.rated[entry.id] = {"own": stars}
        return entry.id

    @rule(entry_id=records)
    def record_again(self, entry_id: str) -> None:
        """The same, whatever users thought of it since."""
        self._all(lambda books: books.record(TENANT, self.recorded[entry_id]), lost=True)

    @rule(
        entry_id=st.one_of(holds.map(lambda hold: hold.id), records),
        user_id=st.sampled_from(["", "own", "u1"]),
        stars=STARS,
        lost=lost_answers,
    )
    def rate(self, entry_id: str, user_id: str, stars: int, lost: bool) -> None:
        """Somebody rates an operation, or changes their mind."""
        rating = Rating(entry_id=entry_id, user_id=user_id, rating=stars)
        if not self._can_be_rated(entry_id):
            for books in self.stores:
                with pytest.raises(NotFound):
                    books.rate(TENANT, rating)
            return
        entry = self._all(lambda books: books.rate(TENANT, rating), lost)
        mine = self.rated.setdefault(entry_id, {})
        mine[user_id] = stars
        tally = tally_of(entry)
        assert (tally.rating_sum, tally.ratings) == (sum(mine.values()), len(mine))
        assert entry.quality_rating == mine.get(entry.user_id)

    def _can_be_rated(self, entry_id: str) -> bool:
        if entry_id in self.recorded:
            return self.recorded[entry_id].purpose is Purpose.GENERATION
        return self.operations[entry_id].state in ("ended", "swept")

    @rule(entry_id=consumes(records))
    def record_other_figures(self, entry_id: str) -> None:
        """The same id cannot be booked twice."""
        for books in self.stores:
            with pytest.raises(IdempotencyMismatch):
                books.record(TENANT, sample_entry(entry_id, latency_ms=1))

    @initialize()
    def start(self) -> None:
        """Nothing is booked yet."""
        assert {books.counter(TENANT, MONTHS[0]) for books in self.stores} == {None}

    # what must hold

    @invariant()
    def the_books_agree(self) -> None:
        """With themselves, with each other and with the account."""
        for month in MONTHS:
            for books in self.stores:
                assert_books_agree(books, TENANT, month)
            entries = [list(all_entries(books, TENANT, month)) for books in self.stores]
            assert entries == [entries[0]] * len(entries)
            counters = [books.counter(TENANT, month) for books in self.stores]
            assert counters == [counters[0]] * len(counters)
            if (counter := counters[0]) is not None:
                mine = [item for item in self.operations.values() if item.month == month]
                assert counter.refused == sum(item.state == "refused" for item in mine)
                used = [self._used(month, unit) for unit in QuotaUnit]
                both = counter.reserved + counter.settled
                assert [both.in_unit(unit) for unit in QuotaUnit] == used
        stars = [stars for users in self.rated.values() for stars in users.values()]
        for books in self.stores:
            whole = total(books.month_rollup(TENANT, month) for month in MONTHS)
            assert (whole.rating_sum, whole.ratings) == (sum(stars), len(stars))
        operations = [
            entry
            for month in MONTHS
            for entry in all_entries(self.stores[0], TENANT, month)
            if not entry.adjusts
        ]
        ended = sum(item.state in ("ended", "swept") for item in self.operations.values())
        assert len(operations) == ended + len(self.recorded)


class BooksOnDynamo(Books):
    """The same with a table of DynamoDB Local, which is slower by far."""

    server: ClassVar[LocalDynamo]

    def more_stores(self) -> tuple[UsageBooks, ...]:
        """The books in a new table."""
        self.table = self.server.new_table()
        return (DynamoUsageBooks(self.server.over(self.table)),)

    def teardown(self) -> None:
        """Forget the table too."""
        super().teardown()
        self.server.boto3.delete_table(TableName=self.table)


def _reserved(
    books: UsageBooks, hold: Hold, terms: QuotaTerms
) -> tuple[bool, bool, Counter | None]:
    """What must be the same in every store; a counter only where it refused."""
    answer = books.reserve(TENANT, hold, terms)
    return answer.admitted, answer.near_alert, None if answer.admitted else answer.counter


@pytest.mark.slow
def test_the_stores_of_one_machine_keep_the_books_through_any_steps() -> None:
    """Fifty stories of up to forty steps."""
    run_state_machine_as_test(
        Books, settings=settings(max_examples=50, stateful_step_count=40, deadline=None)
    )


@pytest.mark.slow
def test_the_table_keeps_the_same_books_through_any_steps(dynamodb_local: LocalDynamo) -> None:
    """Ten stories of up to twenty-five steps."""
    BooksOnDynamo.server = dynamodb_local
    run_state_machine_as_test(
        BooksOnDynamo, settings=settings(max_examples=10, stateful_step_count=25, deadline=None)
    )
