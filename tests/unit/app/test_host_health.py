"""What is remembered of each host, for whom, and how it opens and closes its way."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from llama_marketing.app import host_health
from llama_marketing.app.host_health import HostHealth
from llama_marketing.domain.catalog.hosts import HostRow, ServingStatus
from llama_marketing.domain.chat.models import HostIdentity, HostTarget
from llama_marketing.domain.errors import (
    BadKey,
    DeadlineExceeded,
    HostRateLimited,
    HostUnreachable,
)
from llama_marketing.domain.resilience.breaker import FAILURES_IN_A_ROW, OPEN_FOR
from llama_marketing.domain.secret import Secret
from tests.unit.app.samples import StandingClock

HOST = HostIdentity("https://api.example.com:443", "digest")
OTHER = HostIdentity("https://api.example.com:443", "another key")
DOWN = HostUnreachable("down")


def broken(health: HostHealth, times: int = FAILURES_IN_A_ROW) -> None:
    """Let a host fail."""
    for _ in range(times):
        health.failed(HOST, DOWN, health.clock.monotonic())


def test_a_host_that_keeps_failing_is_closed_for_all_and_only_with_that_key() -> None:
    health = HostHealth(clock=StandingClock())
    broken(health, FAILURES_IN_A_ROW - 1)
    assert health.admit(HOST) is None
    broken(health, 1)
    closed = health.admit(HOST)
    assert isinstance(closed, HostUnreachable)
    assert "15 s" in str(closed)
    assert not health.is_open(HOST)
    assert health.admit(OTHER) is None


def test_one_probe_goes_through_after_its_time() -> None:
    clock = StandingClock()
    health = HostHealth(clock=clock)
    broken(health)
    clock.go_on(OPEN_FOR)
    assert health.is_open(HOST)
    assert health.admit(HOST) is None
    assert isinstance(health.admit(HOST), HostUnreachable)
    health.answered(HOST, clock.monotonic())
    assert health.admit(HOST) is None
    assert health.admit(HOST) is None


def test_a_host_that_asks_for_time_is_closed_with_its_own_code_and_then_open_to_all() -> None:
    clock = StandingClock()
    health = HostHealth(clock=clock)
    health.failed(HOST, HostRateLimited("slow down", status=429, retry_after=30.0), 0.0)
    closed = health.admit(HOST)
    assert isinstance(closed, HostRateLimited)
    assert (closed.status, closed.retry_after) == (429, 30.0)
    clock.go_on(30.0)
    assert [health.admit(HOST) for _ in range(5)] == [None] * 5


def test_a_rate_limit_without_a_hint_and_a_refused_key_count_as_answers() -> None:
    clock = StandingClock()
    health = HostHealth(clock=clock)
    broken(health, 3)
    health.failed(HOST, BadKey("401", status=401), clock.monotonic())
    broken(health, 3)
    assert health.admit(HOST) is None
    health.failed(HOST, HostRateLimited("slow down", status=429), clock.monotonic())
    assert health.admit(HOST) is None


def test_silences_are_counted_until_an_answer() -> None:
    clock = StandingClock()
    health = HostHealth(clock=clock)
    health.failed(HOST, DeadlineExceeded("silent"), clock.monotonic())
    health.failed(HOST, DOWN, clock.monotonic())
    health.failed(HOST, DeadlineExceeded("silent"), clock.monotonic())
    assert health.silences(HOST) == 2
    health.answered(HOST, clock.monotonic())
    assert health.silences(HOST) == 0


def test_a_client_with_a_short_deadline_closes_no_host_for_others() -> None:
    clock = StandingClock()
    health = HostHealth(clock=clock)
    for _ in range(20):
        started = clock.monotonic()
        clock.go_on(1.0)
        health.failed(HOST, DeadlineExceeded("silent"), started)
    assert health.is_open(HOST)
    for _ in range(FAILURES_IN_A_ROW):
        started = clock.monotonic()
        clock.go_on(10.0)
        health.failed(HOST, DeadlineExceeded("silent"), started)
    assert not health.is_open(HOST)


def test_retries_are_taken_from_the_hosts_own_budget() -> None:
    health = HostHealth(clock=StandingClock())
    assert [health.admit(HOST, after=DOWN) for _ in range(4)] == [None, None, None, DOWN]
    for _ in range(10):
        assert health.admit(HOST) is None
    assert [health.admit(HOST, after=DOWN) for _ in range(2)] == [None, DOWN]
    assert health.admit(OTHER, after=DOWN) is None


def test_what_the_breaker_holds_back_takes_nothing_from_the_budget() -> None:
    clock = StandingClock()
    health = HostHealth(clock=clock)
    broken(health)
    for _ in range(200):
        assert isinstance(health.admit(HOST, after=DOWN), HostUnreachable)
    clock.go_on(OPEN_FOR)
    assert health.admit(HOST, after=DOWN) is None


def test_the_oldest_hosts_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_health, "MOST_HOSTS", 3)
    health = HostHealth(clock=StandingClock())
    broken(health)
    for number in range(3):
        assert health.admit(HostIdentity("https://other", str(number))) is None
    assert health.admit(HOST) is None


def test_many_threads_take_no_more_than_the_budget_has() -> None:
    clock = StandingClock()
    health = HostHealth(clock=clock)
    taken: list[bool] = []
    for _ in range(100):
        assert health.admit(HOST) is None

    def take() -> None:
        taken.extend(health.admit(HOST, after=DOWN) is None for _ in range(10))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert taken.count(True) == 13


def test_an_identity_is_the_origin_with_the_key_and_shows_nothing_of_it() -> None:
    row = HostRow(
        id="x",
        name="X",
        description="Un proveedor.",
        status=ServingStatus.LIVE,
        base_url="https://api.example.com/v1",
        as_of=date(2026, 11, 22),
        source="test",
    )
    one = HostTarget(row, "https://api.example.com/v1", Secret("sk-CANARY-0123456789")).identity
    assert (
        one
        == HostTarget(row, "https://API.example.com/v2", Secret("sk-CANARY-0123456789")).identity
    )
    assert one != HostTarget(row, "https://api.example.com/v1", Secret("sk-other")).identity
    assert (
        one
        != HostTarget(row, "https://api.example.org/v1", Secret("sk-CANARY-0123456789")).identity
    )
    assert "CANARY" not in repr(one) + one.key_digest
    assert HostTarget(row, "").identity.origin == one.origin
