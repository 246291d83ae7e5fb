"""The sweep: expired holds are booked once, at their upper bound, and nobody pays for them."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from llama_marketing.app.sweeping import EVERY, Sweeper
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.testing.invariants import assert_books_agree
from tests.unit.app.samples import (
    ASKED,
    MONTH,
    OTHER,
    TENANT,
    StandingClock,
    books_of,
    configure,
    container_over,
    counter_of,
    entries_of,
    holds_of,
    settled_entry,
)


def sweeper_of(container: Any) -> Sweeper:
    """The container's sweeper."""
    sweeper: Sweeper = container._wiring.sweeper()
    return sweeper


def test_a_hold_is_swept_after_its_deadline_and_grace_and_not_before() -> None:
    clock = StandingClock()
    with container_over(None, clock, LLAMA_MARKETING_HOLD_GRACE="5") as container:
        configure(container)
        stream = container.generation_service().stream(TENANT, ASKED)
        sweeper = sweeper_of(container)
        clock.go_on(125)
        assert sweeper.sweep(TENANT) == 0
        clock.go_on(0.001)
        assert sweeper.sweep(OTHER) == 0
        assert sweeper.sweep(TENANT) == 1
        assert sweeper.sweep(TENANT) == 0
        entry = settled_entry(container)
        stream.close()
    assert (entry.basis, entry.billable, entry.outcome) == (
        Basis.UPPER_BOUND,
        False,
        Outcome.ABORTED,
    )
    assert (entry.id, entry.tokens_output) == (stream.id, 2048)


def test_an_operation_that_ends_after_its_sweep_is_corrected_to_the_truth() -> None:
    clock = StandingClock()
    with container_over(None, clock) as container:
        configure(container)
        stream = container.generation_service().stream(TENANT, ASKED)
        clock.go_on(181)
        assert container.usage_service().sweep().swept == 1
        done = list(stream)[-1]
        assert done.event == "done"
        entries = entries_of(container)
        assert_books_agree(books_of(container), TENANT, MONTH)
        counter = counter_of(container)
        assert sweeper_of(container).sweep() == 0
    assert sum(entry.tokens_input + entry.tokens_output for entry in entries) == 17
    assert (counter.settled.tokens, counter.settled.generations) == (17, 1)
    assert [bool(entry.adjusts) for entry in entries] == [False, True]
    assert (entries[0].outcome, entries[0].billable) == (Outcome.OK, True)


def test_all_tenants_and_more_than_one_page_are_swept() -> None:
    clock = StandingClock()
    with container_over(None, clock) as container:
        for tenant in (TENANT, OTHER):
            configure(container, tenant, quota_monthly=None)
        streams = [
            container.generation_service().stream(tenant, ASKED)
            for tenant in [TENANT] * 40 + [OTHER] * 65
        ]
        clock.go_on(181)
        assert container.usage_service().sweep().swept == 105
        for tenant in (TENANT, OTHER):
            assert holds_of(container, tenant) == []
            assert_books_agree(books_of(container), tenant, MONTH)
        for stream in streams:
            stream.close()


def test_racing_sweeps_book_each_hold_once() -> None:
    clock = StandingClock()
    with container_over(None, clock) as container:
        configure(container, quota_monthly=None)
        streams = [container.generation_service().stream(TENANT, ASKED) for _ in range(30)]
        clock.go_on(181)
        threads = [threading.Thread(target=sweeper_of(container).sweep) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(entries_of(container)) == 30
        assert_books_agree(books_of(container), TENANT, MONTH)
        for stream in streams:
            stream.close()


def test_every_fiftieth_reservation_sweeps_so_that_no_job_is_needed() -> None:
    clock = StandingClock()
    with container_over(None, clock) as container:
        configure(container, quota_monthly=None)
        service = container.generation_service()
        lost = service.stream(TENANT, ASKED)
        clock.go_on(181)
        for _ in range(EVERY - 2):
            service.generate(TENANT, ASKED)
        assert len(holds_of(container)) == 1
        service.generate(TENANT, ASKED)
        assert holds_of(container) == []
        entry = books_of(container).entry(TENANT, lost.id)
        lost.close()
    assert entry is not None
    assert entry.basis is Basis.UPPER_BOUND


def test_a_hold_that_ended_by_itself_meanwhile_is_not_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = StandingClock()
    with container_over(None, clock) as container:
        configure(container)
        stream = container.generation_service().stream(TENANT, ASKED)
        clock.go_on(181)
        books = books_of(container)
        found = [books.expired_holds("9999", TENANT, 10), []]
        stream.close()
        monkeypatch.setattr(type(books), "expired_holds", lambda *_: found.pop(0))
        assert sweeper_of(container).sweep(TENANT) == 0
        monkeypatch.undo()
        assert settled_entry(container).basis is Basis.ESTIMATED
