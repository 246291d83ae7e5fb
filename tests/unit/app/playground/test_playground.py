"""The playground: every column told, booked and held for by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from dependency_injector import providers

from llama_marketing.adapters.memory.usage import MemoryUsageBooks
from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatReply,
    FinishReason,
    HostTarget,
    ReportedUsage,
)
from llama_marketing.domain.errors import (
    BadKey,
    DeadlineExceeded,
    HostUnreachable,
    HostWork,
    InvalidRequest,
    NotConfigured,
    Refused,
    StoreUnavailable,
)
from llama_marketing.domain.generation.models import StreamEvent
from llama_marketing.domain.playground.models import ColumnAnswer
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.testing.hosts import BreaksOff, FakeChatHosts, Said
from llama_marketing.testing.invariants import assert_books_agree
from llama_marketing.testing.telemetry import RecordingTelemetry
from tests.unit.app.samples import (
    MONTH,
    OTHER,
    TENANT,
    books_of,
    configure,
    container_over,
    counter_of,
    entries_of,
    holds_of,
)

KEYS = {"openai": "sk-canario-0123456789", "anthropic": "sk-ant-canario-0123456789"}
PATIENCE = 20.0
ASKED = {
    "prompt": "Buen Fin en Café Azul",
    "columns": [{"provider": "meta_ai"}, {"provider": "openai"}, {"provider": "anthropic"}],
}


def said(target: HostTarget, _: ChatCall) -> Said:
    """Each host says its own name."""
    usage = ReportedUsage(input_tokens=10, output_tokens=5)
    return ChatReply(f"Soy {target.row.id}", FinishReason.STOP, "stop", usage, "served-model")


@contextmanager
def opened(otherwise: Any = said, **config: Any) -> Iterator[Container]:
    """A client with Meta AI and two other providers; in the end nothing is left open."""
    with container_over(FakeChatHosts(otherwise=otherwise)) as container:
        configure(container, **config)
        for provider, key in KEYS.items():
            container.config_service().set_provider_key(TENANT, provider, {"apiKey": key})
        yield container
        assert holds_of(container) == []
        assert_books_agree(books_of(container), TENANT, MONTH)


def columns(container: Container, **changes: Any) -> tuple[ColumnAnswer, ...]:
    """The columns of the usual request, with some changes."""
    service = container.comparison_service()
    return service.playground(TENANT, ASKED | changes, "ana").columns


def test_playground_envia_a_multiples_providers_en_paralelo() -> None:
    """107.5: all are under way at once, and each is an entry of its own."""
    meeting = threading.Barrier(3)

    def together(target: HostTarget, call: ChatCall) -> Said:
        meeting.wait(PATIENCE)
        return said(target, call)

    with opened(together) as container:
        told = columns(container)
        entries = {entry.id: entry for entry in entries_of(container)}
        settled = counter_of(container).settled

    assert [each.provider for each in told] == ["meta_ai", "openai", "anthropic"]
    assert [each.content for each in told] == ["Soy deepinfra", "Soy openai", "Soy anthropic"]
    assert [each.host for each in told] == ["deepinfra", "openai", "anthropic"]
    assert {each.outcome for each in told} == {Outcome.OK}
    assert all(each.error is None and each.latency_ms >= 1 for each in told)
    assert len(entries) == 3
    for each in told:
        entry = entries[each.id or ""]
        assert (entry.provider, entry.model) == (each.host, each.model)
        assert entry.tokens_input + entry.tokens_output == each.tokens_used.total_tokens == 15
        assert entry.cost_usd == each.tokens_used.estimated_cost_usd
        assert (entry.user_id, entry.basis) == ("ana", Basis.REPORTED)
    assert settled.generations == 3
    assert settled.tokens == 45


@pytest.mark.parametrize(
    ("fault", "outcome", "code"),
    [
        (HostUnreachable("down"), Outcome.FAILED, "host_unreachable"),
        (BadKey("401"), Outcome.FAILED, "bad_key"),
        (DeadlineExceeded("slow"), Outcome.FAILED, "deadline"),
        (Refused("no"), Outcome.REFUSED, "refused"),
        (ChatReply("", FinishReason.STOP, refusal=True), Outcome.REFUSED, "refused"),
    ],
)
def test_a_column_that_fails_fails_alone(fault: Any, outcome: Outcome, code: str) -> None:
    """It is asked once, never elsewhere, told in Spanish, and booked."""
    asked: list[str] = []

    def one_fails(target: HostTarget, call: ChatCall) -> Said:
        asked.append(target.row.id)
        return fault if target.row.id == "openai" else said(target, call)

    fallback = [{"hostingProvider": "openrouter", "apiKey": "k" * 20}]
    with opened(one_fails, fallback_hosts=fallback) as container:
        told = columns(container)
        entries = {entry.id: entry for entry in entries_of(container)}

    assert sorted(asked) == ["anthropic", "deepinfra", "openai"]
    assert [each.outcome for each in told] == [Outcome.OK, outcome, Outcome.OK]
    assert told[1].error is not None
    assert (told[1].error.code, bool(told[1].error.message)) == (code, True)
    assert entries[told[1].id or ""].error_code == code
    assert len(entries) == 3


def test_a_column_that_cannot_be_asked_is_told_without_a_call() -> None:
    """Unknown, without a key, of an unknown model; nothing is booked for it."""
    wanted = [
        {"provider": "meta_ai"},
        {"provider": "meta_ai", "model": "llama-0"},
        {"provider": "gemini"},
        {"provider": "nadie"},
    ]
    with opened() as container:
        told = columns(container, columns=wanted)
        assert len(entries_of(container)) == 1

    codes = [None if each.error is None else each.error.code for each in told]
    assert codes == [None, "invalid_request", "not_found", "invalid_request"]
    assert all(each.id is None for each in told[1:])


def test_a_provider_may_repeat_with_another_model() -> None:
    wanted = [
        {"provider": "openai", "model": "gpt-6-luna"},
        {"provider": "openai", "model": "gpt-4.1-mini"},
    ]
    with opened() as container:
        told = columns(container, columns=wanted)

    assert [each.model for each in told] == ["gpt-6-luna", "gpt-4.1-mini"]


def test_a_quota_that_is_used_up_stops_the_columns_that_it_cannot_hold() -> None:
    """Nobody is called for them."""
    with opened(quota_monthly=2, quota_unit="generations") as container:
        told = columns(container)
        assert len(entries_of(container)) == 2

    codes = [None if each.error is None else each.error.code for each in told]
    assert codes == [None, None, "quota_exceeded"]


def test_a_disabled_meta_ai_is_one_column_that_failed() -> None:
    with opened(enabled=False) as container:
        told = columns(container)

    assert told[0].error is not None and told[0].error.code == "disabled"
    assert [each.outcome for each in told[1:]] == [Outcome.OK] * 2


def test_dropped_parameters_and_effort_are_shown() -> None:
    """Whatever the host adapter says about the call."""

    def dropping(target: HostTarget, call: ChatCall) -> Said:
        warnings = ("dropped_parameter:top_p",) if target.row.id == "openai" else ()
        return ChatReply("Hola", FinishReason.STOP, warnings=warnings)

    with opened(dropping) as container:
        told = columns(container)

    assert told[1].notices == ("El proveedor no acepta el parámetro «top_p»; se omitió.",)
    assert told[0].notices == ()
    assert told[0].effort == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": [{"provider": "openai"}]},
        {"columns": [{"provider": "openai", "model": f"m{n}"} for n in range(7)]},
        {"columns": [{"provider": "openai"}] * 2},
        {"columns": [{"provider": "Open AI"}, {"provider": "openai"}]},
        {"prompt": " \u200b"},
        {"prompt": ""},
        {"clientId": "cli9"},
        {"useCase": "nothing"},
        {"seed": 1},
    ],
)
def test_a_request_that_cannot_be_is_refused_whole(changes: dict[str, Any]) -> None:
    with opened() as container:
        with pytest.raises(InvalidRequest):
            columns(container, **changes)
        assert entries_of(container) == []


def test_a_client_without_a_configuration_has_no_playground() -> None:
    with opened() as container, pytest.raises(NotConfigured):
        container.comparison_service().playground(OTHER, ASKED)


def test_an_interruption_is_booked_before_it_goes_on() -> None:
    """Also the columns that had answered."""

    def interrupted(target: HostTarget, call: ChatCall) -> Said:
        if target.row.id == "deepinfra":
            raise KeyboardInterrupt
        return said(target, call)

    with opened(interrupted) as container:
        with pytest.raises(KeyboardInterrupt):
            columns(container)
        outcomes = {entry.provider: entry.outcome for entry in entries_of(container)}

    assert outcomes["deepinfra"] is Outcome.ABORTED
    assert len(outcomes) == 3


def test_a_store_that_fails_is_raised_when_all_were_tried(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The one it could not book is left to the sweep."""
    with opened() as container:
        settle, calls = MemoryUsageBooks.settle, [0]

        def failing(*arguments: Any, **named: Any) -> Any:
            calls[0] += 1
            if calls[0] == 1:
                raise StoreUnavailable("down")
            return settle(*arguments, **named)

        monkeypatch.setattr(MemoryUsageBooks, "settle", failing)
        with pytest.raises(StoreUnavailable):
            columns(container)
        assert calls[0] == 3
        monkeypatch.undo()
        (left,) = holds_of(container)
        first = [each.provider for each in entries_of(container)]
        assert sorted(first) == ["anthropic", "openai"]
        monkeypatch.undo()
        books_of(container).settle(TENANT, _swept(left))


def _swept(hold: Any) -> Any:
    from llama_marketing.domain.usage.steps import swept

    return swept(hold)


def test_who_watches_is_told_of_every_column() -> None:
    """One operation with one call and one end each, without a word of the prompt."""

    def one_fails(target: HostTarget, call: ChatCall) -> Said:
        return BadKey("401") if target.row.id == "openai" else said(target, call)

    watcher = RecordingTelemetry()
    with opened(one_fails) as container:
        container._wiring.telemetry.override(providers.Object(watcher))
        container._wiring.playground.reset()
        container._wiring.comparison_service.reset()
        told = columns(container)
        whole = events(container)

    seen = watcher.operations
    assert [each.facts.operation_id for each in seen[:3]] == [each.id for each in told]
    assert [len(each.calls) for each in seen] == [len(each.ends) for each in seen] == [1] * 6
    codes = [each.calls[0].attempt.error_code for each in seen]
    assert codes == ["", "bad_key", ""] * 2
    assert [each.calls[0].streamed for each in seen] == [False] * 3 + [True] * 3
    assert whole[-1].event == "done"
    assert "Café Azul" not in repr(seen)


def test_no_key_is_in_any_answer() -> None:
    """Whatever a host repeats in its refusal."""
    repeated: list[str] = []

    def leaking(target: HostTarget, _: ChatCall) -> Said:
        assert target.key is not None
        repeated.append(target.key.reveal())
        return BadKey(f"401 for {target.key.reveal()}")

    with opened(leaking) as container:
        told = repr(columns(container))
        booked = repr(entries_of(container))

    assert len(repeated) == 3
    assert [key for key in repeated if key in told or key in booked] == []


# streamed


def events(container: Container, **changes: Any) -> list[StreamEvent]:
    """Every event of the usual request."""
    return list(container.comparison_service().stream_playground(TENANT, ASKED | changes, "ana"))


def test_a_stream_is_the_deltas_of_all_columns_and_one_done() -> None:
    """Joined by column they are its content; the last event has the whole answer."""
    with opened() as container:
        told = events(container)
        assert len(entries_of(container)) == 3

    *deltas, done = told
    assert {event.event for event in deltas} == {"delta"}
    assert done.event == "done"
    whole = done.data["columns"]
    for number, column in enumerate(whole):
        mine = [event.data for event in deltas if event.data["column"] == number]
        assert "".join(each["text"] for each in mine) == column["content"]
        assert {(each["provider"], each["model"]) for each in mine} == {
            (column["provider"], column["model"])
        }
    assert [column["servedModel"] for column in whole] == ["served-model"] * 3


def test_a_failed_column_is_told_in_done() -> None:
    """What it said before stays."""

    def breaking(target: HostTarget, call: ChatCall) -> Said:
        return BreaksOff("Soy op") if target.row.id == "openai" else said(target, call)

    with opened(breaking) as container:
        *_, done = events(container)

    column = done.data["columns"][1]
    assert (column["outcome"], column["content"]) == ("failed", "Soy op")
    assert column["error"]["code"] == "truncated"


def test_a_column_that_was_never_called_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The store fails at the third hold: what the first two held is given back whole."""
    with opened() as container:
        reserve, calls = MemoryUsageBooks.reserve, [0]

        def failing(*arguments: Any, **named: Any) -> Any:
            calls[0] += 1
            if calls[0] == 3:
                raise StoreUnavailable("down")
            return reserve(*arguments, **named)

        monkeypatch.setattr(MemoryUsageBooks, "reserve", failing)
        with pytest.raises(StoreUnavailable):
            columns(container)
        entries, settled = entries_of(container), counter_of(container).settled

    assert len(entries) == 2
    assert {entry.outcome for entry in entries} == {Outcome.ABORTED}
    assert {(entry.tokens_input, entry.tokens_output, entry.billable) for entry in entries} == {
        (0, 0, False)
    }
    assert (settled.tokens, settled.cost, settled.generations) == (0, 0, 0)


def test_a_stream_that_cannot_start_gives_back_what_it_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def cannot(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with opened() as container:
        monkeypatch.setattr(threading.Thread, "start", cannot)
        with pytest.raises(RuntimeError, match="thread"):
            container.comparison_service().stream_playground(TENANT, ASKED)
        monkeypatch.undo()
        assert counter_of(container).settled.tokens == 0
        assert len(entries_of(container)) == 3


@pytest.mark.parametrize(("work", "billed"), [(HostWork.UNKNOWN, False), (HostWork.DONE, True)])
def test_a_host_that_may_have_worked_for_nothing_is_not_billed(
    work: HostWork, billed: bool
) -> None:
    """As in every other operation."""

    def dies(target: HostTarget, call: ChatCall) -> Said:
        if target.row.id != "openai":
            return said(target, call)
        return HostUnreachable("died", work=work)

    with opened(dies) as container:
        columns(container)
        (entry,) = [each for each in entries_of(container) if each.provider == "openai"]

    assert entry.billable is billed


@pytest.mark.parametrize("iterated", [0, 1])
def test_a_stream_that_is_closed_is_booked(iterated: int) -> None:
    """Also when nobody ever read it."""
    with opened() as container:
        stream = container.comparison_service().stream_playground(TENANT, ASKED)
        for _ in range(iterated):
            next(stream)
        stream.close()
        stream.close()
        assert list(stream) == []
        assert len(entries_of(container)) == 3


def test_a_reader_that_left_ends_the_columns() -> None:
    """Hosts that never end are broken off, and booked as aborted."""
    left = threading.Event()

    def waits(target: HostTarget, call: ChatCall) -> Said:
        left.wait(PATIENCE)
        return DeadlineExceeded("nobody waits")

    with opened(waits) as container:
        stream = container.comparison_service().stream_playground(
            TENANT, ASKED, reader_left=left.is_set
        )
        left.set()
        stream.close()
        outcomes = {entry.outcome for entry in entries_of(container)}

    assert outcomes == {Outcome.ABORTED}


def test_a_store_that_cannot_book_a_stream_is_its_last_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with container_over(FakeChatHosts(otherwise=said)) as container:
        configure(container)

        def down(*_: Any, **__: Any) -> Any:
            raise StoreUnavailable("down")

        monkeypatch.setattr(MemoryUsageBooks, "settle", down)
        told = events(container)

    assert told[-1].event == "error"
    assert [event.event for event in told].count("done") == 0


def test_a_defect_is_raised_to_who_reads() -> None:
    def defect(*_: Any) -> Said:
        raise ZeroDivisionError

    with opened(defect) as container:
        with pytest.raises(ZeroDivisionError):
            events(container)
        assert len(entries_of(container)) == 3
