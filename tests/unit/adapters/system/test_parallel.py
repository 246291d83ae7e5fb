"""Threads: results in order, errors after everybody is done, and never stuck."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from llama_marketing.adapters.system.parallel import ThreadParallel


@pytest.fixture(name="parallel")
def _parallel() -> Iterator[ThreadParallel]:
    made = ThreadParallel(workers=4)
    yield made
    made.close()


def test_results_stand_in_the_order_of_the_items(parallel: ThreadParallel) -> None:
    """Nothing, one, and more than there are threads."""
    assert parallel.map(str, []) == []
    assert parallel.map(str, [1]) == ["1"]
    assert parallel.map(str, range(40)) == [str(number) for number in range(40)]


def test_a_single_item_needs_no_thread(parallel: ThreadParallel) -> None:
    """It runs where it was asked for."""
    assert parallel.map(lambda _: threading.get_ident(), [1]) == [threading.get_ident()]


def test_items_run_at_the_same_time(parallel: ThreadParallel) -> None:
    """All meet at the barrier, the caller among them."""
    barrier = threading.Barrier(4, timeout=10)
    parallel.map(lambda _: barrier.wait(), range(4))


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_an_error_is_raised_when_everybody_is_done(parallel: ThreadParallel, failing: int) -> None:
    """Nothing of an operation goes on behind the back of whoever books it."""
    started, finished = threading.Barrier(3, timeout=10), []

    def work(number: int) -> None:
        started.wait()
        if number == failing:
            raise LookupError(number)
        threading.Event().wait(0.05)
        finished.append(number)

    with pytest.raises(LookupError):
        parallel.map(work, range(3))
    assert sorted(finished) == sorted({0, 1, 2} - {failing})


def test_the_first_error_is_the_one_that_is_raised(parallel: ThreadParallel) -> None:
    """In the order of the items."""

    def work(number: int) -> None:
        raise LookupError(number)

    with pytest.raises(LookupError) as caught:
        parallel.map(work, range(3))
    assert caught.value.args == (0,)


def test_nested_and_crowded_work_is_never_stuck() -> None:
    """What no worker takes up, the caller does."""
    with ThreadPoolExecutor(1) as executor:
        parallel = ThreadParallel(executor)

        def outer(number: int) -> list[int]:
            return list(parallel.map(lambda inner: number * 10 + inner, range(3)))

        assert parallel.map(outer, range(3)) == [[0, 1, 2], [10, 11, 12], [20, 21, 22]]


def test_a_given_executor_is_left_open_and_our_own_is_closed() -> None:
    """Closing twice, or without ever having worked, does nothing."""
    with ThreadPoolExecutor(2) as executor:
        given = ThreadParallel(executor)
        given.map(str, range(3))
        given.close()
        assert executor.submit(str, 1).result() == "1"

    own = ThreadParallel(workers=2)
    own.close()
    own.map(str, range(3))
    names = {thread.name for thread in threading.enumerate()}
    assert any(name.startswith("llama-marketing") for name in names)
    own.close()
    own.close()
    names = {thread.name for thread in threading.enumerate()}
    assert not any(name.startswith("llama-marketing") for name in names)


def test_a_pool_that_was_shut_down_is_an_error_and_nothing_is_left_running() -> None:
    """The caller's own executor may be gone."""
    executor = ThreadPoolExecutor(1)
    executor.shutdown()
    with pytest.raises(RuntimeError):
        ThreadParallel(executor).map(str, range(3))
