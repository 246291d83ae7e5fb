"""Generating: what is asked again, what comes of it, and that the books hold all of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatCall, ChatReply, FinishReason, HostTarget
from llama_marketing.domain.chat.models import ReportedUsage as Usage
from llama_marketing.domain.errors import (
    BadOutput,
    BadPayload,
    DeadlineExceeded,
    HostError,
    HostUnreachable,
    HostWork,
    QuotaExceeded,
    Refused,
    StoreUnavailable,
    Truncated,
)
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.testing.hosts import BreaksOff, FakeChatHosts, Said
from llama_marketing.testing.invariants import assert_books_agree
from llama_marketing.testing.races import run_together
from tests.unit.app.samples import (
    ASKED,
    COPY,
    MONTH,
    NOW,
    TENANT,
    StandingClock,
    books_of,
    configure,
    container_over,
    counter_of,
    entries_of,
    holds_of,
    hosts_of,
    post,
    priced_catalog,
    settled_entry,
)

TEXTS = (
    "Hoy estrenamos panadería: conchas, cuernos y orejas recién hechas.",
    "Tu tarde merece un capuchino bien cremoso en nuestra terraza.",
    "¿Reunión de trabajo? Reserva la sala chica y te invitamos el café.",
    "Del grano a tu taza: conoce a los productores de Chiapas.",
    "Martes de rock en vivo, entrada libre desde las ocho.",
)


def answered(text: str, tokens: tuple[int, int] = (12, 5), **fields: Any) -> ChatReply:
    """A whole reply with reported usage."""
    return ChatReply(text, fields.pop("finish", FinishReason.STOP), usage=Usage(*tokens), **fields)


def by_variation(target: HostTarget, call: ChatCall) -> Said:
    """A different text for each variation."""
    asked = json.loads(call.messages[-1].content)
    return post(TEXTS[int(asked["variante"][0]) - 1])


def correction_of(chat: FakeChatHosts, place: int) -> str:
    """What a call was told to correct."""
    asked = json.loads(chat.calls[place].call.messages[-1].content)
    return str(asked.get("correccion", ""))


def assert_one_entry_like(container: Container, answer: Any) -> None:
    """The books have exactly the tokens and the cost that the answer shows."""
    entry = settled_entry(container)
    used = answer.tokens_used
    assert (entry.tokens_input, entry.tokens_output) == (used.input_tokens, used.output_tokens)
    assert used.total_tokens == entry.tokens_input + entry.tokens_output
    assert entry.cost_usd == used.estimated_cost_usd
    assert sum(attempt.tokens_input for attempt in entry.attempts) == entry.tokens_input
    assert (entry.provider, entry.model) == (answer.provider, answer.model)
    assert counter_of(container).settled.tokens == used.total_tokens
    assert counter_of(container).settled.generations == 1


# Asking again --------------------------------------------------------------------------------


def test_an_unreadable_reply_is_asked_again_once_and_both_calls_are_counted() -> None:
    chat = FakeChatHosts(answered("no JSON here", (100, 7)), answered(post(), (150, 30)))
    with container_over(chat) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED)
        assert_one_entry_like(container, answer)
    assert answer.tokens_used.total_tokens == 287
    assert (answer.content, answer.partial) == (COPY, False)
    assert "JSON" in correction_of(chat, 1)


@pytest.mark.parametrize("reply", ["no JSON", "", post(""), post(" \u200b\n"), '{"content": 5}'])
def test_a_reply_without_copy_after_the_second_question_is_bad_output(reply: str) -> None:
    chat = FakeChatHosts(otherwise=reply)
    with container_over(chat) as container:
        configure(container)
        with pytest.raises(BadOutput) as raised:
            container.generation_service().generate(TENANT, ASKED)
        entry = settled_entry(container)
        (record,) = container.generation_service().history(TENANT).items
    assert (raised.value.host, len(chat.calls)) == ("deepinfra", 2)
    assert (entry.outcome, entry.error_code) == (Outcome.FAILED, "bad_output")
    assert (entry.tokens_input, entry.tokens_output, entry.billable) == (24, 10, True)
    assert (record.outcome, record.error_code, record.response) == ("failed", "bad_output", None)


def test_a_copy_over_its_own_length_is_asked_again_twice_then_shortened() -> None:
    chat = FakeChatHosts(otherwise=post("Ven por tu café de olla hoy mismo. " * 5))
    with container_over(chat) as container:
        configure(container)
        asked = ASKED | {"max_length": 60}
        answer = container.generation_service().generate(TENANT, asked)
        assert_one_entry_like(container, answer)
    assert len(chat.calls) == 3
    assert 0 < len(answer.content) <= 60
    assert any("60" in said for said in answer.content_warnings)


def test_a_worse_second_answer_does_not_take_away_the_first() -> None:
    """The question for a shorter text fails; the text that came is shortened and answered."""
    down = HostUnreachable("down")
    chat = FakeChatHosts(post("Ven hoy por tu café de olla. " * 5), down, down)
    with container_over(chat) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED | {"max_length": 60})
        assert_one_entry_like(container, answer)
    assert answer.content.startswith("Ven hoy")
    assert len(chat.calls) == 3


def test_a_cut_reply_is_asked_again_and_in_the_end_answered_as_partial() -> None:
    cut = answered('{"content": "Buen Fin en Café Azul: 2x1', finish=FinishReason.LENGTH)
    chat = FakeChatHosts(cut, cut, cut)
    with container_over(chat) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED)
        assert_one_entry_like(container, answer)
    assert answer.content == "Buen Fin en Café Azul: 2x1"
    assert (answer.partial, answer.finish_reason) == (True, FinishReason.LENGTH)
    assert answer.metadata.publishable.verdict == "review"


def test_a_hold_that_cannot_pay_another_question_ends_the_asking(tmp_path: Path) -> None:
    """The quota has room for one call's upper bound; what came is made the best of."""
    chat = FakeChatHosts(otherwise=answered(post("Ven por tu café. " * 30), (4000, 900)))
    with container_over(chat, **priced_catalog(tmp_path / "c")) as container:
        configure(container, quota_monthly=7000, quota_unit="tokens")
        answer = container.generation_service().generate(TENANT, ASKED | {"max_length": 100})
        assert_one_entry_like(container, answer)
    assert len(chat.calls) == 1
    assert len(answer.content) <= 100


def test_a_hold_grows_with_another_question_where_the_quota_allows_it() -> None:
    chat = FakeChatHosts(otherwise=answered(post("Ven por tu café. " * 30), (4000, 900)))
    seen: list[int] = []
    with container_over(chat) as container:
        configure(container, quota_monthly=100_000, quota_unit="tokens")
        chat.script(chat.otherwise, lambda *_: _note_reserved(container, seen, post("Corto.")))
        answer = container.generation_service().generate(TENANT, ASKED | {"max_length": 100})
        assert_one_entry_like(container, answer)
        first_bound = holds_before(container)
    assert seen[0] > first_bound + 4900 - 1
    assert answer.content == "Corto."


def _note_reserved(container: Container, seen: list[int], said: str) -> str:
    seen.append(counter_of(container).reserved.tokens)
    return said


def holds_before(container: Container) -> int:
    """The tokens that an operation of the same request holds before its first call."""
    seen: list[int] = []
    hosts_of(container).script(lambda *_: _note_reserved(container, seen, post("Corto.")))
    container.generation_service().generate(TENANT, ASKED | {"max_length": 100})
    return seen[0]


# Refusals and finish reasons -----------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [answered("No puedo.", refusal=True), Refused("the host's filter", status=200)],
    ids=["refusal", "content_filter"],
)
def test_a_refusal_ends_after_one_call_and_is_booked_as_refused(said: Said) -> None:
    chat = FakeChatHosts(said)
    with container_over(chat) as container:
        configure(container, fallback_hosts=[{"hostingProvider": "openrouter", "apiKey": "k" * 9}])
        with pytest.raises(Refused) as raised:
            container.generation_service().generate(TENANT, ASKED)
        entry = settled_entry(container)
    assert (len(chat.calls), raised.value.host) == (1, "deepinfra")
    assert (entry.outcome, entry.error_code) == (Outcome.REFUSED, "refused")
    assert entry.tokens_input > 0
    assert entry.attempts[0].outcome is Outcome.REFUSED


def test_what_the_host_says_about_its_answer_is_a_spanish_warning() -> None:
    words = ("dropped_parameter:seed", "usage_not_believable", "unknown_finish_reason")
    with container_over(FakeChatHosts(answered(post(), warnings=words))) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED)
    assert len(answer.content_warnings) == 3
    assert all(said.startswith("El proveedor ") for said in answer.content_warnings)
    assert "«seed»" in answer.content_warnings[0]


def test_a_reply_without_usage_is_booked_by_an_estimate() -> None:
    chat = FakeChatHosts(ChatReply(post(), FinishReason.STOP, model="served"))
    with container_over(chat) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED)
        assert_one_entry_like(container, answer)
        entry = settled_entry(container)
    assert entry.basis is Basis.ESTIMATED
    assert entry.tokens_input > 50
    assert answer.metadata.served_by.model == "served"


def test_a_reported_zero_stays_zero() -> None:
    with container_over(FakeChatHosts(answered(post(), (0, 0)))) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED)
        assert_one_entry_like(container, answer)
        entry = settled_entry(container)
    assert (entry.basis, entry.tokens_input, entry.tokens_output) == (Basis.REPORTED, 0, 0)


# Variations ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_each_variation_is_a_call_of_its_own_and_all_are_one_operation(number: int) -> None:
    chat = FakeChatHosts(otherwise=by_variation if number > 1 else post(TEXTS[0]))
    with container_over(chat) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED | {"variations": number})
        assert_one_entry_like(container, answer)
    assert len(chat.calls) == number
    assert answer.content == TEXTS[0]
    assert answer.variations == (TEXTS[:number] if number > 1 else ())
    assert answer.tokens_used.total_tokens == 17 * number
    assert answer.partial is False


def test_a_variation_that_fails_leaves_a_partial_answer_of_the_others() -> None:
    def second_fails(target: HostTarget, call: ChatCall) -> Said:
        said = by_variation(target, call)
        return BadPayload("HTML", status=200) if said == post(TEXTS[1]) else said

    with container_over(FakeChatHosts(otherwise=second_fails)) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED | {"variations": 3})
        assert_one_entry_like(container, answer)
        entry = settled_entry(container)
    assert answer.variations == (TEXTS[0], TEXTS[2])
    assert answer.partial
    assert any("2 de 3" in said for said in answer.content_warnings)
    assert sorted(attempt.outcome.value for attempt in entry.attempts) == ["failed", "ok", "ok"]


def test_the_entry_names_who_wrote_the_answer_where_the_first_variation_was_refused() -> None:
    def first_refused(target: HostTarget, call: ChatCall) -> Said:
        said = by_variation(target, call)
        if said == post(TEXTS[0]):
            return answered("no", refusal=True)
        return HostUnreachable("down") if target.row.id == "deepinfra" else said

    with container_over(FakeChatHosts(otherwise=first_refused)) as container:
        configure(container, fallback_hosts=[{"hostingProvider": "openrouter", "apiKey": "k" * 9}])
        answer = container.generation_service().generate(TENANT, ASKED | {"variations": 2})
        assert_one_entry_like(container, answer)
    assert (answer.provider, answer.variations) == ("openrouter", (TEXTS[1],))


def test_near_duplicates_are_asked_again_twice_then_said() -> None:
    chat = FakeChatHosts(otherwise=post(COPY))
    with container_over(chat) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED | {"variations": 2})
        assert_one_entry_like(container, answer)
    assert len(chat.calls) == 4
    assert "casi igual" in correction_of(chat, 3)
    assert answer.partial
    assert any("casi igual" in said for said in answer.content_warnings)


def test_all_variations_failing_raises_the_first_ones_error() -> None:
    with container_over(FakeChatHosts(otherwise=Truncated("cut"))) as container:
        configure(container)
        with pytest.raises(Truncated):
            container.generation_service().generate(TENANT, ASKED | {"variations": 3})
        entry = settled_entry(container)
    # Each was asked once more, as far as the budget of retries went.
    assert (len(entry.attempts), entry.outcome) == (6, Outcome.FAILED)


# The ends that no host chose -----------------------------------------------------------------


def test_no_question_starts_after_the_deadline() -> None:
    clock = StandingClock()

    def slow(target: HostTarget, call: ChatCall) -> Said:
        clock.go_on(61)
        return post("Ven por tu café. " * 30)

    chat = FakeChatHosts(otherwise=slow)
    with container_over(chat, clock) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED | {"max_length": 100})
        assert_one_entry_like(container, answer)
    assert len(chat.calls) == 1
    assert answer.latency_ms == 61_000


def test_a_host_that_is_down_does_not_leave_time_for_the_next_one() -> None:
    clock = StandingClock()

    def slow(target: HostTarget, call: ChatCall) -> Said:
        clock.go_on(61)
        return HostUnreachable("down", status=503)

    chat = FakeChatHosts(otherwise=slow)
    with container_over(chat, clock) as container:
        configure(container, fallback_hosts=[{"hostingProvider": "openrouter", "apiKey": "k" * 9}])
        with pytest.raises(HostUnreachable):
            container.generation_service().generate(TENANT, ASKED)
        assert settled_entry(container).booked is not None
    assert len(chat.calls) == 1


@pytest.mark.parametrize(
    "error",
    [
        DeadlineExceeded("silent"),
        HostUnreachable("the line died", work=HostWork.UNKNOWN),
    ],
)
def test_a_host_that_stayed_silent_is_booked_by_its_input_and_billed_to_nobody(
    error: HostError,
) -> None:
    with container_over(FakeChatHosts(otherwise=error)) as container:
        configure(container)
        with pytest.raises(type(error)):
            container.generation_service().generate(TENANT, ASKED)
        entry = settled_entry(container)
    assert (entry.basis, entry.billable) == (Basis.ESTIMATED, False)
    assert entry.tokens_input > 0
    assert entry.tokens_output == 0


def test_a_refused_line_books_an_entry_of_nothing() -> None:
    with container_over(FakeChatHosts(otherwise=HostUnreachable("refused"))) as container:
        configure(container)
        with pytest.raises(HostUnreachable):
            container.generation_service().generate(TENANT, ASKED)
        entry = settled_entry(container)
        counter = counter_of(container)
    assert (entry.basis, entry.billable, entry.tokens_input) == (Basis.NONE, False, 0)
    assert entry.cost_usd == Decimal(0)
    assert counter.settled.generations == 0


def test_half_an_answer_is_booked_by_what_arrived() -> None:
    half = BreaksOff("x" * 300)
    with container_over(FakeChatHosts(half, half)) as container:
        configure(container)
        with pytest.raises(Truncated):
            container.generation_service().generate(TENANT, ASKED)
        entry = settled_entry(container)
    assert [attempt.tokens_output for attempt in entry.attempts] == [100, 100]
    assert (entry.tokens_output, entry.basis, entry.billable) == (200, Basis.ESTIMATED, True)


def interrupt(target: HostTarget, call: ChatCall) -> Said:
    """Somebody presses Ctrl-C."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("variations", [1, 3])
def test_an_interrupt_is_booked_as_aborted_and_goes_on(variations: int) -> None:
    """Every call that was sent is in the books, also the one that was broken off."""
    with container_over(FakeChatHosts(interrupt, otherwise=by_variation)) as container:
        configure(container)
        with pytest.raises(KeyboardInterrupt):
            container.generation_service().generate(TENANT, ASKED | {"variations": variations})
        entry = settled_entry(container)
    assert (entry.outcome, entry.error_code) == (Outcome.ABORTED, "")
    assert len(entry.attempts) >= 1
    broken_off = [one for one in entry.attempts if one.outcome is Outcome.ABORTED]
    assert len(broken_off) == 1
    assert broken_off[0].basis is Basis.ESTIMATED
    assert broken_off[0].tokens_input > 0


class FailingBooks:
    """Books whose settle fails as often as it is told."""

    def __init__(self, container: Container, failures: int) -> None:
        self._books = books_of(container)
        self._failures = failures

    def __getattr__(self, name: str) -> Any:
        return getattr(self._books, name)

    def settle(self, *arguments: Any) -> Any:
        """Fail, or settle."""
        if self._failures:
            self._failures -= 1
            raise StoreUnavailable("the store does not answer")
        return self._books.settle(*arguments)


def break_books(container: Container, failures: int = 1) -> None:
    """Let the settling fail from now on."""
    bookkeeper = container.generation_service().bookkeeper
    object.__setattr__(bookkeeper, "books", FailingBooks(container, failures))


def test_an_answer_that_cannot_be_booked_is_not_given_and_its_hold_is_swept() -> None:
    clock = StandingClock()
    with container_over(None, clock) as container:
        configure(container)
        break_books(container, 1)
        with pytest.raises(StoreUnavailable):
            container.generation_service().generate(TENANT, ASKED)
        assert len(holds_of(container)) == 1
        clock.go_on(121)
        assert container.usage_service().sweep().swept == 1
        entry = settled_entry(container)
    assert (entry.basis, entry.billable) == (Basis.UPPER_BOUND, False)


@pytest.mark.parametrize("said", [Truncated("cut"), interrupt])
def test_a_store_that_fails_does_not_hide_why_the_operation_failed(said: Any) -> None:
    with container_over(FakeChatHosts(otherwise=said)) as container:
        configure(container)
        break_books(container, 1)
        with pytest.raises((Truncated, KeyboardInterrupt)) as raised:
            container.generation_service().generate(TENANT, ASKED)
        assert "store_unavailable" in raised.value.__notes__[0]
        assert len(holds_of(container)) == 1


# The quota -----------------------------------------------------------------------------------


def test_fifty_threads_at_a_quota_of_seven_generations_are_admitted_seven_times() -> None:
    refused = []
    chat = FakeChatHosts(otherwise=post())

    def one(generate: Callable[..., object]) -> None:
        try:
            generate(TENANT, ASKED)
        except QuotaExceeded as error:
            refused.append(error)

    with container_over(chat) as container:
        configure(container, quota_monthly=7, quota_unit="generations")
        generate = container.generation_service().generate
        run_together([partial(one, generate)] * 50)
        assert len(entries_of(container)) == len(chat.calls) == 7
        assert len(refused) == 43
        assert counter_of(container).available == 0
        assert_books_agree(books_of(container), TENANT, MONTH)


def test_the_answer_and_its_record_and_its_entry_have_the_same_id_and_moment() -> None:
    with container_over() as container:
        configure(container)
        service = container.generation_service()
        answer = service.generate(TENANT, ASKED, user_id="ana")
        record = service.generation(TENANT, answer.id)
        entry = settled_entry(container)
    assert answer.id == record.id == entry.id
    assert record.created_at == entry.timestamp == NOW.isoformat().replace("+00:00", ".000000Z")
    assert record.response == answer.model_dump(mode="json")
    assert record.request["prompt"] == ASKED["prompt"]
    assert record.user_id == "ana"
