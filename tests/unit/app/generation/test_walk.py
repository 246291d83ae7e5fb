"""Asking again, leaving a host alone, and what time is kept for the next one."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatReply,
    FinishReason,
    HostTarget,
    ReportedUsage,
)
from llama_marketing.domain.errors import (
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    Truncated,
)
from llama_marketing.domain.resilience.breaker import FAILURES_IN_A_ROW, OPEN_FOR
from llama_marketing.domain.usage.entries import Basis
from llama_marketing.testing.hosts import FakeChatHosts, Said
from llama_marketing.testing.waiting import InstantWaiting
from tests.unit.app.samples import (
    ASKED,
    TENANT,
    StandingClock,
    configure,
    container_over,
    entries_of,
    post,
    settled_entry,
)

SECOND = {"hostingProvider": "openrouter", "apiKey": "sk-or-second-0123456789abcdef"}
DOWN = HostUnreachable("down", status=503)


def act(container: Container, streamed: bool = False, **fields: Any) -> str:
    """Generate or stream the usual request; answers the host that served."""
    service, asked = container.generation_service(), ASKED | {"bypass_cache": True} | fields
    if streamed:
        return str(list(service.stream(TENANT, asked))[-1].data["provider"])
    return service.generate(TENANT, asked).provider


def waits_of(container: Container) -> list[float]:
    """How long was waited, in order."""
    waiting = container._wiring.waiting()
    assert isinstance(waiting, InstantWaiting)
    return waiting.waits


def hosts_called(chat: FakeChatHosts) -> list[str]:
    """The hosts of all calls, in order."""
    return [seen.target.row.id for seen in chat.calls]


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("error", [DOWN, HostUnreachable("refused")], ids=str)
def test_a_host_that_fails_once_is_asked_once_more(error: HostError, streamed: bool) -> None:
    chat = FakeChatHosts(error, otherwise=post())
    with container_over(chat) as container:
        configure(container, fallback_hosts=[SECOND])
        assert act(container, streamed) == "deepinfra"
        entry = settled_entry(container)
        assert waits_of(container) == [0.25]
    assert hosts_called(chat) == ["deepinfra", "deepinfra"]
    assert [attempt.outcome.value for attempt in entry.attempts] == ["failed", "ok"]


@pytest.mark.parametrize(
    "error",
    [Truncated("cut", status=200), HostUnreachable("reset", work=HostWork.UNKNOWN)],
    ids=str,
)
def test_only_a_whole_answer_is_asked_for_again_where_the_host_may_have_worked(
    error: HostError,
) -> None:
    chat = FakeChatHosts(error, otherwise=post())
    with container_over(chat) as container:
        configure(container)
        act(container)
        assert settled_entry(container).tokens_input > 12
    chat = FakeChatHosts(HostUnreachable("reset", work=HostWork.UNKNOWN), otherwise=post())
    with container_over(chat) as container:
        configure(container, fallback_hosts=[SECOND])
        assert act(container, streamed=True) == "openrouter"


def test_a_short_wait_that_a_lone_host_asks_for_is_obeyed() -> None:
    chat = FakeChatHosts(HostRateLimited("", status=429, retry_after=2.5), otherwise=post())
    with container_over(chat) as container:
        configure(container)
        act(container)
        assert waits_of(container) == [1.0, 1.0, 0.75]
    assert len(chat.calls) == 2


@pytest.mark.parametrize("hint", [None, 20.5, 120.0])
def test_a_long_wait_or_none_ends_the_operation_at_once(hint: float | None) -> None:
    chat = FakeChatHosts(otherwise=HostRateLimited("", status=429, retry_after=hint))
    with container_over(chat) as container:
        configure(container)
        with pytest.raises(HostRateLimited) as raised:
            act(container)
        assert waits_of(container) == []
    assert raised.value.retry_after == hint
    assert len(chat.calls) == 1


def test_a_wait_that_does_not_fit_the_deadline_is_not_begun() -> None:
    chat = FakeChatHosts(otherwise=HostRateLimited("", status=429, retry_after=8.0))
    with container_over(chat) as container:
        configure(container, deadline_seconds=10)
        with pytest.raises(HostRateLimited):
            act(container)
        assert waits_of(container) == []


def test_nobody_waits_for_a_slow_host_where_another_can_answer_and_it_is_left_alone() -> None:
    """The fallback model is asked on it in the end, and not before its time has passed."""
    limited = HostRateLimited("", status=429, retry_after=7.0)

    def said(target: HostTarget, call: ChatCall) -> Said:
        return limited if target.row.id == "deepinfra" else DOWN

    chat = FakeChatHosts(otherwise=said)
    with container_over(chat) as container:
        configure(container, fallback_hosts=[SECOND], fallback_model_id="llama-3.1-8b-instruct")
        with pytest.raises(HostRateLimited) as raised:
            act(container)
        waits = waits_of(container)
    assert hosts_called(chat) == ["deepinfra", "openrouter", "openrouter", "deepinfra"]
    assert raised.value.host == "deepinfra"
    assert waits[0] == 0.25
    assert sum(waits) == pytest.approx(7.25)


def test_a_waiting_operation_that_nobody_waits_for_ends() -> None:
    """The reader leaves in the middle of the wait."""
    clock, left = StandingClock(), []
    chat = FakeChatHosts(otherwise=HostRateLimited("", status=429, retry_after=15.0))

    def reader_left() -> bool:
        left.append(clock.monotonic())
        return clock.monotonic() >= 1002.0

    with container_over(chat, clock) as container:
        configure(container)
        with pytest.raises(HostRateLimited):
            container.generation_service().stream(TENANT, ASKED, reader_left=reader_left)
        assert waits_of(container) == [1.0, 1.0]
    assert len(chat.calls) == 1


# The breaker ---------------------------------------------------------------------------------


def test_a_host_that_keeps_failing_is_not_called_until_its_probe() -> None:
    clock = StandingClock()
    chat = FakeChatHosts(otherwise=DOWN)
    with container_over(chat, clock) as container:
        configure(container)
        while len(chat.calls) < FAILURES_IN_A_ROW:
            with pytest.raises(HostUnreachable):
                act(container)
        waited = len(waits_of(container))
        with pytest.raises(HostUnreachable) as raised:
            act(container)
        assert len(chat.calls) == FAILURES_IN_A_ROW
        assert len(waits_of(container)) == waited, "nobody waits for a breaker"
        assert raised.value.host == "deepinfra"
        last = max(entries_of(container), key=lambda entry: entry.id)
        assert (last.attempts, last.error_code) == ((), "host_unreachable")
        chat.otherwise = post()
        clock.go_on(OPEN_FOR)
        assert act(container) == "deepinfra"


def test_while_one_host_is_left_alone_the_second_answers_at_once() -> None:
    def said(target: HostTarget, call: ChatCall) -> Said:
        return DOWN if target.row.id == "deepinfra" else post()

    chat = FakeChatHosts(otherwise=said)
    with container_over(chat) as container:
        configure(container, fallback_hosts=[SECOND])
        for _ in range(12):
            assert act(container) == "openrouter"
    assert hosts_called(chat).count("deepinfra") == FAILURES_IN_A_ROW


def test_a_model_that_the_host_does_not_serve_does_not_use_up_the_budget() -> None:
    """The fallback model is asked every time, however often."""

    def said(target: HostTarget, call: ChatCall) -> Said:
        return post() if "8B" in call.model else ModelNotServed("gone", status=404)

    chat = FakeChatHosts(otherwise=said)
    with container_over(chat) as container:
        configure(container, fallback_model_id="llama-3.1-8b-instruct")
        for _ in range(8):
            act(container)
    assert len(chat.calls) == 16


# The time ------------------------------------------------------------------------------------


def test_an_attempt_leaves_the_next_host_a_share_of_the_time() -> None:
    chat = FakeChatHosts(ModelNotServed("gone", status=404), otherwise=post())
    with container_over(chat) as container:
        configure(container, fallback_hosts=[SECOND], deadline_seconds=40)
        act(container)
    first, second = (seen.deadline for seen in chat.calls)
    assert first.answer_by == pytest.approx(first.expires_at - 12)
    assert second.answer_by is None
    assert first.expires_at == second.expires_at


def test_a_host_that_is_silent_for_its_share_is_left_for_the_next_one() -> None:
    clock = StandingClock()

    def silent(target: HostTarget, call: ChatCall) -> Said:
        clock.go_on(45)
        return DeadlineExceeded("the host did not answer in time")

    chat = FakeChatHosts(silent, otherwise=post())
    with container_over(chat, clock) as container:
        configure(container, fallback_hosts=[SECOND])
        assert act(container) == "openrouter"
        entry = settled_entry(container)
    assert [attempt.error_code for attempt in entry.attempts] == ["deadline", ""]


def test_no_attempt_starts_with_less_than_a_quarter_of_the_time() -> None:
    clock = StandingClock()

    def slow(target: HostTarget, call: ChatCall) -> Said:
        clock.go_on(45.1)
        return ModelNotServed("gone", status=404)

    chat = FakeChatHosts(slow, otherwise=post())
    with container_over(chat, clock) as container:
        configure(container, fallback_hosts=[SECOND])
        with pytest.raises(ModelNotServed):
            act(container)
    assert len(chat.calls) == 1


@pytest.mark.parametrize("streamed", [False, True])
def test_a_self_hosted_model_that_is_late_again_and_again_brings_the_advice(streamed: bool) -> None:
    chat = FakeChatHosts(otherwise=DeadlineExceeded("silent"))
    own = {
        "hosting_provider": "self_hosted",
        "api_endpoint": "http://llama.local:8080",
        "api_key": "",
    }
    with container_over(chat) as container:
        configure(container, **own)
        said = []
        for _ in range(2):
            with pytest.raises(DeadlineExceeded) as raised:
                act(container, streamed)
            said.append(raised.value.user_message)
    assert "8B" not in said[0]
    assert "8B" in said[1]


def test_a_small_model_or_a_cloud_brings_no_such_advice() -> None:
    for fields in (
        {},
        {
            "hosting_provider": "self_hosted",
            "api_endpoint": "http://llama.local:8080",
            "api_key": "",
            "selected_model_id": "llama-3.1-8b-instruct",
        },
    ):
        with container_over(FakeChatHosts(otherwise=DeadlineExceeded("silent"))) as container:
            configure(container, **fields)
            for _ in range(3):
                with pytest.raises(DeadlineExceeded) as raised:
                    act(container)
            assert "8B" not in raised.value.user_message


# What the default fallback model and further hosts change -------------------------------------


@pytest.mark.parametrize("streamed", [False, True])
def test_a_silent_host_leaves_the_second_its_share_also_with_a_fallback_model(
    streamed: bool,
) -> None:
    """The fallback model stands on the silent host, and is nowhere else to turn to."""
    clock = StandingClock()

    def said(target: HostTarget, call: ChatCall) -> Said:
        if target.row.id == "deepinfra":
            clock.go_on(42)
            return DeadlineExceeded("the host did not answer in time")
        return post()

    chat = FakeChatHosts(otherwise=said)
    with container_over(chat, clock) as container:
        configure(
            container,
            fallback_hosts=[SECOND],
            fallback_model_id="llama-3.1-8b-instruct",
            deadline_seconds=60,
        )
        assert act(container, streamed) == "openrouter"
    assert chat.calls[1].deadline.answer_by is None


def test_with_three_hosts_each_silent_one_leaves_what_the_next_can_start_in() -> None:
    clock = StandingClock()

    def said(target: HostTarget, call: ChatCall) -> Said:
        if target.row.id == "deepinfra":
            clock.go_on(21)
            return DeadlineExceeded("silent")
        return post()

    third = {"hostingProvider": "together", "apiKey": "k" * 20}
    chat = FakeChatHosts(otherwise=said)
    with container_over(chat, clock) as container:
        configure(container, fallback_hosts=[SECOND, third], deadline_seconds=60)
        assert act(container) == "openrouter"
    first, second = (seen.deadline for seen in chat.calls)
    assert first.answer_by == pytest.approx(first.expires_at - 18)
    assert second.answer_by is None, "what it could leave would be too little to start in"


def test_a_host_without_a_usable_key_or_known_to_be_down_is_nowhere_to_turn_to() -> None:
    limited = HostRateLimited("", status=429, retry_after=1.0)
    chat = FakeChatHosts(limited, otherwise=post())
    with container_over(chat) as container:
        configure(container, fallback_hosts=[{"hostingProvider": "together"}])
        assert act(container) == "deepinfra"
    assert chat.calls[0].deadline.answer_by is None


def test_all_variations_that_waited_as_asked_get_their_turn() -> None:
    clock = StandingClock()
    texts = iter(["Ven por un latte.", "Hoy hay pan dulce.", "Prueba el chai helado."])

    def said(target: HostTarget, call: ChatCall) -> Said:
        if clock.monotonic() < 1001.0:
            return HostRateLimited("", status=429, retry_after=1.0)
        return post(next(texts))

    with container_over(FakeChatHosts(otherwise=said), clock) as container:
        configure(container)
        answer = container.generation_service().generate(
            TENANT, ASKED | {"bypass_cache": True, "variations": 3}
        )
    assert len(answer.variations) == 3
    assert not answer.partial


def test_a_question_that_is_asked_again_late_has_all_the_time_that_is_left() -> None:
    """It is no attempt of a host that was silent for its share."""
    clock = StandingClock()

    def said(target: HostTarget, call: ChatCall) -> Said:
        clock.go_on(20)
        return "no JSON" if len(chat.calls) == 1 else post()

    chat = FakeChatHosts(otherwise=said)
    with container_over(chat, clock) as container:
        configure(container, fallback_hosts=[SECOND], deadline_seconds=60)
        assert act(container) == "deepinfra"
    assert chat.calls[1].deadline.answer_by is None


def test_no_question_is_asked_again_with_hardly_any_time_left() -> None:
    clock = StandingClock()

    def said(target: HostTarget, call: ChatCall) -> Said:
        clock.go_on(50)
        return post("Ven por tu café. " * 30)

    chat = FakeChatHosts(otherwise=said)
    with container_over(chat, clock) as container:
        configure(container, deadline_seconds=60)
        act(container, max_length=60)
    assert len(chat.calls) == 1


def test_a_second_try_after_one_that_cost_is_paid_for_first() -> None:
    """The quota holds: the hold is enlarged, or the operation ends with what it has."""
    half = Truncated("cut", status=200, received_bytes=90_000)
    for quota, calls in ((3_300, 1), (100_000, 2)):
        chat = FakeChatHosts(half, half)
        with container_over(chat) as container:
            configure(container, quota_monthly=quota, quota_unit="tokens")
            with pytest.raises(Truncated):
                act(container)
            status = container.usage_service().quota_status(TENANT)
        assert len(chat.calls) == calls
        assert status.available is not None
        assert status.available >= 0


def test_a_text_of_another_model_is_not_given_again() -> None:
    """The equal request gets its own model once that is back."""
    chat = FakeChatHosts(ModelNotServed("gone", status=404), otherwise=post())
    with container_over(chat) as container:
        configure(container, fallback_model_id="llama-3.1-8b-instruct", cache_hours=24)
        service = container.generation_service()
        models = [service.generate(TENANT, ASKED).model for _ in range(3)]
    assert models == ["llama-3.1-8b-instruct", *2 * ["llama-3.3-70b-instruct"]]
    assert len(chat.calls) == 3


def test_figures_that_no_window_holds_are_estimated_and_said() -> None:
    absurd = ChatReply(post(), FinishReason.STOP, "stop", ReportedUsage(900_000_000, 1), "m")
    for streamed in (False, True):
        with container_over(FakeChatHosts(otherwise=absurd)) as container:
            configure(container)
            act(container, streamed)
            entry = settled_entry(container)
        assert entry.basis is Basis.ESTIMATED
        assert entry.tokens_input < 5_000
