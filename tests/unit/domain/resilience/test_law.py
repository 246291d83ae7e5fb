"""What each fault means for the next step: the table of interfaces 2.3 and the fault matrix."""

from __future__ import annotations

import pytest

from llama_marketing.domain.errors import (
    BadKey,
    BadOutput,
    BadPayload,
    BlockedEndpoint,
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostRetired,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    NoCredit,
    Refused,
    Truncated,
)
from llama_marketing.domain.resilience.law import (
    LONG_SILENCE,
    LONGEST_WAIT,
    asks_again,
    moves_on,
    tells_ill_health,
    wait_before,
)

NEVER: list[HostError] = [
    BadPayload("400", status=400),
    BadKey("401", status=401),
    NoCredit("402", status=402),
    BadKey("403", status=403),
    ModelNotServed("404", status=404),
    HostRetired("410", status=410),
    NoCredit("412", status=412),
    BadPayload("413", status=413),
    HostRateLimited("413 and a rate code", status=413, retry_after=1.0),
    BadPayload("422", status=422),
    BadPayload("HTML", status=200),
    BadPayload("a redirect", status=302),
    BadOutput("empty"),
    Refused("no", status=200),
    BlockedEndpoint("closed"),
    DeadlineExceeded("silent"),
    HostUnreachable("failed inside its answer", status=200, work=HostWork.PARTIAL),
    HostUnreachable("our own breaker is open", retry_after=12.0),
]
ONCE: list[HostError] = [
    HostUnreachable("refused"),
    HostUnreachable("408", status=408),
    HostUnreachable("500", status=500),
    HostUnreachable("503", status=503),
    HostUnreachable("529", status=529),
]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("error", NEVER, ids=str)
def test_these_are_never_asked_again(error: HostError, elsewhere: bool, streamed: bool) -> None:
    assert not asks_again(error, streamed=streamed, elsewhere=elsewhere)


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("elsewhere", [False, True])
@pytest.mark.parametrize("error", ONCE, ids=str)
def test_these_are_asked_again(error: HostError, elsewhere: bool, streamed: bool) -> None:
    assert asks_again(error, streamed=streamed, elsewhere=elsewhere)


@pytest.mark.parametrize(
    "error",
    [Truncated("cut", status=200), HostUnreachable("reset", work=HostWork.UNKNOWN)],
    ids=str,
)
def test_a_stream_is_not_asked_for_again_where_the_host_may_have_begun(error: HostError) -> None:
    assert asks_again(error, streamed=False, elsewhere=True)
    assert not asks_again(error, streamed=True, elsewhere=True)


@pytest.mark.parametrize("status", [429, 498])
@pytest.mark.parametrize(
    ("hint", "waits"),
    [(None, False), (0.0, True), (7.0, True), (LONGEST_WAIT, True), (LONGEST_WAIT + 0.1, False)],
)
def test_a_short_wait_is_obeyed_only_where_no_other_host_can_answer(
    status: int, hint: float | None, waits: bool
) -> None:
    error = HostRateLimited("slow down", status=status, retry_after=hint)
    assert asks_again(error, streamed=False, elsewhere=False) is waits
    assert asks_again(error, streamed=True, elsewhere=False) is waits
    assert not asks_again(error, streamed=False, elsewhere=True)


def test_a_busy_host_is_waited_for_only_where_no_other_can_answer() -> None:
    error = HostUnreachable("503", status=503, retry_after=3.0)
    assert asks_again(error, streamed=False, elsewhere=False)
    assert not asks_again(error, streamed=False, elsewhere=True)


def test_a_busy_host_that_asks_for_too_long_a_wait_is_left() -> None:
    error = HostUnreachable("503", status=503, retry_after=LONGEST_WAIT + 1)
    assert not asks_again(error, streamed=False, elsewhere=False)


def test_the_wait_is_the_hosts_hint_and_a_random_part_of_half_a_second() -> None:
    assert wait_before(HostUnreachable("", status=503), 1.0) == 0.5
    assert wait_before(HostUnreachable("", status=503), 0.0) == 0.0
    assert wait_before(HostRateLimited("", status=429, retry_after=7.0), 1.0) == 7.5
    assert wait_before(HostRateLimited("", status=429, retry_after=0.0), 0.5) == 0.25


MOVE = {404, 408, 410, 429, 498, 500, 502, 503, 504, 520, 524, 529}


@pytest.mark.parametrize("status", sorted(MOVE | {200, 302, 400, 401, 402, 403, 412, 413, 422}))
def test_the_status_says_whether_the_next_attempt_is_tried(status: int) -> None:
    assert moves_on(HostUnreachable("", status=status)) is (status in MOVE)


def test_without_a_status_only_a_dead_line_moves_on_and_silence_while_time_is_left() -> None:
    assert moves_on(HostUnreachable("refused"))
    assert moves_on(HostUnreachable("reset", work=HostWork.UNKNOWN))
    assert not moves_on(BlockedEndpoint("closed"))
    assert not moves_on(BadPayload("no HTTP"))
    assert not moves_on(DeadlineExceeded("silent"))
    assert moves_on(DeadlineExceeded("silent"), operation_is_over=False)


@pytest.mark.parametrize("error", NEVER + ONCE, ids=str)
def test_only_a_dead_or_silent_host_is_ill(error: HostError) -> None:
    assert tells_ill_health(error) is isinstance(error, HostUnreachable | DeadlineExceeded)


def test_a_short_silence_says_nothing_of_the_host() -> None:
    assert not tells_ill_health(DeadlineExceeded("silent"), LONG_SILENCE - 0.1)
    assert tells_ill_health(DeadlineExceeded("silent"), LONG_SILENCE)
    assert tells_ill_health(HostUnreachable("refused"), 0.0)
