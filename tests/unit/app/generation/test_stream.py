"""Streaming: what is raised at once, what arrives as events, and that each end is booked once."""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.app.generation import stream as stream_module
from llama_marketing.app.generation import streamed_copy
from llama_marketing.app.generation.stream import GenerationStream
from llama_marketing.domain.chat.models import ChatCall, ChatDelta, ChatReply, FinishReason
from llama_marketing.domain.chat.models import HostTarget as Target
from llama_marketing.domain.chat.models import ReportedUsage as Usage
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    BadKey,
    DeadlineExceeded,
    Disabled,
    HostError,
    HostUnreachable,
    HostWork,
    NotConfigured,
    QuotaExceeded,
    StoreUnavailable,
    Truncated,
)
from llama_marketing.domain.generation.drafts import take_reply
from llama_marketing.domain.generation.models import StreamEvent
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.ports.chat import ChatStream
from llama_marketing.testing.hosts import BreaksOff, FakeChatHosts
from tests.unit.app.generation.test_generate import TEXTS, break_books, by_variation
from tests.unit.app.samples import (
    ASKED,
    COPY,
    OTHER,
    TENANT,
    StandingClock,
    configure,
    container_over,
    entries_of,
    holds_of,
    post,
    settled_entry,
)


def opened(container: Container, **fields: Any) -> GenerationStream:
    """A stream of the usual request."""
    return container.generation_service().stream(TENANT, ASKED | fields, user_id="ana")


def names(events: list[StreamEvent]) -> list[str]:
    """The events' names, runs of deltas as one."""
    found: list[str] = []
    for event in events:
        if event.event != "delta" or found[-1:] != ["delta"]:
            found.append(event.event)
    return found


def joined(events: list[StreamEvent], variation: int = 0) -> str:
    """The copy that the deltas of a variation bring."""
    return "".join(
        e.text for e in events if e.event == "delta" and e.data["variation"] == variation
    )


# What is raised before anything streams ------------------------------------------------------


def test_what_admission_refuses_is_raised_at_once() -> None:
    with container_over() as container:
        with pytest.raises(NotConfigured):
            container.generation_service().stream(OTHER, ASKED)
        configure(container, enabled=False)
        with pytest.raises(Disabled):
            opened(container)
        container.config_service().update(TENANT, {"enabled": True, "quota_monthly": 0})
        with pytest.raises(QuotaExceeded):
            opened(container)
        assert entries_of(container) == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [(BadKey("401", status=401), "failed"), (HostUnreachable("no line"), "failed")],
)
def test_what_a_host_refuses_before_its_200_is_raised_at_once_and_booked(
    error: HostError, outcome: str
) -> None:
    with container_over(FakeChatHosts(otherwise=error)) as container:
        configure(container)
        with pytest.raises(type(error)):
            opened(container)
        entry = settled_entry(container)
    assert (entry.outcome, entry.basis, entry.user_id) == (outcome, Basis.NONE, "ana")


def test_an_interrupt_before_the_200_is_booked_and_goes_on() -> None:
    def interrupt(target: Target, call: ChatCall) -> str:
        raise KeyboardInterrupt

    with container_over(FakeChatHosts(interrupt)) as container:
        configure(container)
        with pytest.raises(KeyboardInterrupt):
            opened(container)
        assert settled_entry(container).outcome is Outcome.ABORTED


def test_the_second_host_answers_where_the_first_is_down_and_start_names_it() -> None:
    down = HostUnreachable("no line")
    with container_over(FakeChatHosts(down, down, post())) as container:
        configure(container, fallback_hosts=[{"hostingProvider": "openrouter", "apiKey": "k" * 9}])
        events = list(opened(container))
        entry = settled_entry(container)
    assert events[0].data["host"] == events[-1].data["provider"] == entry.provider == "openrouter"


# The events ----------------------------------------------------------------------------------


def test_the_deltas_joined_are_the_content_and_the_end_comes_once_after_the_usage() -> None:
    chat = FakeChatHosts(post(f"¡Ahorra!\\n {COPY} 👩‍👩‍👧"), piece=1)
    with container_over(chat) as container:
        configure(container)
        stream = opened(container)
        events = list(stream)
        entry = settled_entry(container)
        record = container.generation_service().generation(TENANT, stream.id)
    assert names(events) == ["start", "delta", "usage", "done"]
    assert all(event.data["type"] == event.event for event in events)
    done = events[-1].data
    assert joined(events) == done["content"] == done["result"]["content"]
    assert events[0].data == {
        "type": "start",
        "id": stream.id,
        "model": "llama-3.3-70b-instruct",
        "host": "deepinfra",
    }
    usage = {name: value for name, value in events[-2].data.items() if name != "type"}
    assert usage == done["tokensUsed"]
    assert (entry.tokens_input, entry.tokens_output) == (
        usage["inputTokens"],
        usage["outputTokens"],
    )
    assert (entry.id, entry.outcome, entry.latency_ms) == (done["id"], "ok", done["latencyMs"])
    assert record.response is not None
    assert record.response["content"] == done["content"]
    assert all("{" not in event.text for event in events)
    assert chat.calls[0].streamed
    json.dumps([event.data for event in events])


def test_the_books_are_closed_before_the_last_event_is_out() -> None:
    """A reader that leaves at the usage event does not turn a whole answer into an aborted one."""
    with container_over() as container:
        configure(container)
        stream = opened(container)
        for event in stream:
            if event.event == "usage":
                break
        stream.close()
        assert settled_entry(container).outcome is Outcome.OK


def test_a_copy_over_the_limit_is_streamed_whole_and_shortened_in_the_answer() -> None:
    text = "Ven hoy por tu café de olla. " * 5
    with container_over(FakeChatHosts(post(text))) as container:
        configure(container)
        events = list(opened(container, max_length=60))
    assert joined(events) == text.strip()
    assert len(events[-1].data["content"]) <= 60
    assert any("60" in said for said in events[-1].data["metadata"]["contentWarnings"])


def test_a_copy_that_was_shown_is_answered_though_the_json_broke() -> None:
    broken = ChatReply('{"content": "Buen Fin en Café Azul", "hash', FinishReason.LENGTH)
    with container_over(FakeChatHosts(broken)) as container:
        configure(container)
        events = list(opened(container))
        entry = settled_entry(container)
    done = events[-1].data
    assert joined(events) == done["content"] == "Buen Fin en Café Azul"
    assert (done["partial"], done["metadata"]["finishReason"]) == (True, "length")
    assert entry.basis is Basis.ESTIMATED


def test_a_copy_whose_rest_cannot_be_read_is_the_copy_that_was_shown() -> None:
    with container_over(FakeChatHosts('{"content": "Hola, Azul" "hashtags" }}')) as container:
        configure(container)
        events = list(opened(container))
    assert events[-1].event == "done"
    assert joined(events) == events[-1].data["content"] == "Hola, Azul"


def test_a_copy_that_the_reader_could_not_find_is_one_delta_at_the_end() -> None:
    """JSON may write the key with escapes; then the whole copy comes once the reply is read."""
    with container_over(FakeChatHosts('{"\\u0063ontent": "Hola, Azul"}')) as container:
        configure(container)
        events = list(opened(container))
    assert joined(events) == events[-1].data["content"] == "Hola, Azul"


def test_a_use_case_without_a_copy_that_grows_brings_its_text_in_one_delta() -> None:
    """No property of its reply is shown, not even one without a name."""
    reply = json.dumps({"": "nada", "hashtags": ["#Cafe", "#Chiapas"]})
    with container_over(FakeChatHosts(reply)) as container:
        configure(container)
        asked = ASKED | {"use_case": "hashtag_generation"}
        events = list(container.generation_service().stream(TENANT, asked))
    assert [event.text for event in events if event.event == "delta"] == ["#Cafe #Chiapas"]
    assert events[-1].data["content"] == "#Cafe #Chiapas"
    assert events[-1].data["metadata"]["publishable"]["verdict"] == "yes"


def test_what_the_reader_showed_wins_over_another_reading_of_the_reply(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever repair the whole reply got: the deltas joined are the content."""

    def other_reading(draft: Any, plan: Any, reply: str, finish: FinishReason) -> None:
        take_reply(draft, plan, post("otra cosa"), finish)

    monkeypatch.setattr(streamed_copy, "take_reply", other_reading)
    with container_over() as container:
        configure(container)
        events = list(opened(container))
    assert joined(events) == events[-1].data["content"] == COPY


@pytest.mark.parametrize("reply", ["no JSON at all", "", post(""), '{"content": "\\u200b"}'])
def test_a_stream_without_copy_ends_with_one_error_event(reply: str) -> None:
    with container_over(FakeChatHosts(reply)) as container:
        configure(container)
        events = list(opened(container))
        entry = settled_entry(container)
    assert [event.event for event in events if event.event != "delta"] == ["start", "error"]
    assert events[-1].data["code"] == entry.error_code == "bad_output"


def test_a_fault_in_the_middle_is_a_problem_body_in_spanish() -> None:
    with container_over(FakeChatHosts(BreaksOff('{"content": "Buen Fin'))) as container:
        configure(container)
        stream = opened(container)
        events = list(stream)
        entry = settled_entry(container)
        record = container.generation_service().generation(TENANT, stream.id)
    assert names(events) == ["start", "delta", "error"]
    body = events[-1].data
    assert (body["type"], body["code"], body["requestId"]) == ("error", "truncated", stream.id)
    assert body["detail"] == body["message"] == Truncated().user_message
    assert (entry.outcome, entry.error_code) == (Outcome.FAILED, "truncated")
    assert entry.tokens_output > 0
    assert (record.outcome, record.response) == ("failed", None)


def test_a_copy_that_the_token_limit_cut_is_shown_to_its_last_character() -> None:
    """What was held back comes when the reply ends."""
    cut = ChatReply('{"content": "Buen Fin', FinishReason.LENGTH)
    with container_over(FakeChatHosts(cut)) as container:
        configure(container)
        events = list(opened(container))

    assert joined(events) == "Buen Fin"
    assert events[-1].data["partial"]


def test_a_whole_copy_is_shown_before_the_rest_of_the_reply() -> None:
    """Its last character does not wait for the hashtags."""
    reply = BreaksOff('{"content": "Buen Fin.", "hash')
    with container_over(FakeChatHosts(reply, piece=1)) as container:
        configure(container)
        assert joined(list(opened(container))) == "Buen Fin."


def test_a_refusal_in_the_stream_is_booked_as_refused() -> None:
    chat = FakeChatHosts(ChatReply("", FinishReason.STOP, refusal=True))
    with container_over(chat) as container:
        configure(container)
        events = list(opened(container))
        entry = settled_entry(container)
    assert (events[-1].event, events[-1].data["code"]) == ("error", "refused")
    assert (entry.outcome, entry.attempts[0].outcome) == (Outcome.REFUSED, Outcome.REFUSED)


# Lines of our own, for what a script cannot say ----------------------------------------------


class Line(ChatStream):
    """A line that gives deltas, may raise, and may be silent until it is closed."""

    def __init__(self, *steps: ChatDelta | BaseException, silent: bool = False) -> None:
        self._steps = steps
        self._silent = silent
        self.asleep = threading.Event()
        self.closed = threading.Event()

    def __iter__(self) -> Iterator[ChatDelta]:
        """The steps, then silence."""
        for step in self._steps:
            if isinstance(step, BaseException):
                raise step
            yield step
        if self._silent:
            self.asleep.set()
            assert self.closed.wait(10)
            raise Truncated("the line was closed on our side", status=200)

    def close(self) -> None:
        """Close it."""
        self.closed.set()


class Lines(FakeChatHosts):
    """Opens the given lines, one a call."""

    def __init__(self, *lines: Line | threading.Event) -> None:
        super().__init__()
        self._lines = list(lines)
        self.waiting = threading.Event()

    def stream(self, target: Target, call: ChatCall, deadline: Deadline) -> ChatStream:
        """The next line; an event before it makes the host take its time with its 200."""
        line = self._lines.pop(0)
        if isinstance(line, threading.Event):
            self.waiting.set()
            assert line.wait(10)
            line = self._lines.pop(0)
            assert isinstance(line, Line)
        return line


def part(text: str, **fields: Any) -> ChatDelta:
    """A piece of the reply."""
    return ChatDelta(text, **fields)


OPENING = part('{"content": "Buen Fin')


def test_usage_that_came_before_a_fault_is_what_is_booked() -> None:
    line = Line(OPENING, part("", usage=Usage(70, 9)), DeadlineExceeded("stalled"))
    with container_over(Lines(line)) as container:
        configure(container)
        events = list(opened(container))
        entry = settled_entry(container)
    assert events[-1].data["code"] == "deadline"
    assert (entry.tokens_input, entry.tokens_output, entry.basis) == (70, 9, Basis.REPORTED)
    assert entry.outcome is Outcome.FAILED


def test_a_stream_that_stalled_before_any_text_is_billed_to_nobody() -> None:
    with container_over(Lines(Line(DeadlineExceeded("stalled")))) as container:
        configure(container)
        list(opened(container))
        entry = settled_entry(container)
    assert (entry.billable, entry.tokens_output) == (False, 0)
    assert entry.tokens_input > 0


def test_the_model_id_of_the_host_and_its_missing_finish_are_taken_as_they_come() -> None:
    line = Line(part(post(), model="served-by-host"))
    with container_over(Lines(line)) as container:
        configure(container)
        done = list(opened(container))[-1].data
    assert done["metadata"]["servedBy"]["model"] == "served-by-host"
    assert done["metadata"]["finishReason"] == "stop"


def test_an_interrupt_in_the_middle_is_booked_as_aborted_and_goes_on() -> None:
    line = Line(OPENING, KeyboardInterrupt())
    with container_over(Lines(line)) as container:
        configure(container)
        stream = opened(container)
        with pytest.raises(KeyboardInterrupt):
            list(stream)
        stream.close()
        entry = settled_entry(container)
    assert (entry.outcome, entry.basis) == (Outcome.ABORTED, Basis.ESTIMATED)
    assert line.closed.is_set()


# Leaving -------------------------------------------------------------------------------------


@pytest.mark.parametrize("events_before", [0, 1, 2, 5])
def test_a_reader_that_leaves_is_booked_once_by_what_arrived(events_before: int) -> None:
    chat = FakeChatHosts(otherwise=post())
    with container_over(chat) as container:
        configure(container)
        with opened(container) as stream:
            for _ in range(events_before):
                next(stream)
        stream.close()
        stream.close()
        assert list(stream) == []
        entry = settled_entry(container)
        record = container.generation_service().generation(TENANT, stream.id)
    assert (entry.outcome, entry.basis, entry.billable) == (Outcome.ABORTED, Basis.ESTIMATED, True)
    assert (entry.tokens_output > 0) is (events_before > 1)
    assert entry.tokens_input > 0
    assert chat.closed_streams == 1
    assert (record.outcome, record.response) == ("aborted", None)


def test_closing_after_the_end_changes_nothing() -> None:
    chat = FakeChatHosts(otherwise=post())
    with container_over(chat) as container:
        configure(container)
        with opened(container) as stream:
            list(stream)
            assert next(stream, None) is None
        break_books(container)
        stream.close()
        assert settled_entry(container).outcome is Outcome.OK
    assert chat.closed_streams == 1


def test_a_lost_stream_drops_its_line_and_is_left_to_the_sweep() -> None:
    """Nothing is booked where the garbage collector runs, which may be inside of a store."""
    clock = StandingClock()
    line = Line(OPENING, OPENING)
    with container_over(Lines(line), clock) as container:
        configure(container)
        stream = opened(container)
        next(stream), next(stream)
        del stream
        gc.collect()
        assert line.closed.is_set()
        assert entries_of(container) == []
        clock.go_on(181)
        assert container.usage_service().sweep().swept == 1
        assert settled_entry(container).basis is Basis.UPPER_BOUND


def read_in_a_thread(stream: GenerationStream) -> tuple[threading.Thread, list[StreamEvent]]:
    """Read a stream to its end in another thread."""
    events: list[StreamEvent] = []
    thread = threading.Thread(target=lambda: events.extend(stream))
    thread.start()
    return thread, events


def test_closing_from_another_thread_wakes_a_reader_of_a_silent_host() -> None:
    """The closed line is no fault of the host: aborted, no error event, booked by close."""
    line = Line(OPENING, silent=True)
    with container_over(Lines(line)) as container:
        configure(container)
        stream = opened(container)
        thread, events = read_in_a_thread(stream)
        assert line.asleep.wait(5)
        stream.close()
        entry = settled_entry(container)
        thread.join(5)
        assert not thread.is_alive()
        assert settled_entry(container) == entry
    assert names(events) == ["start", "delta"]
    assert (entry.outcome, entry.error_code) == (Outcome.ABORTED, "")
    assert [attempt.error_code for attempt in entry.attempts] == [""]
    assert entry.tokens_output > 0


def test_closing_while_the_next_variation_is_asked_for_books_that_call_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Close cannot wait for that host: the reader books once it is back."""
    monkeypatch.setattr(stream_module, "_READER_WAKES_SECONDS", 0.01)
    first, gate, second = (
        Line(part(post(), usage=Usage(10, 4))),
        threading.Event(),
        Line(silent=True),
    )
    chat = Lines(first, gate, second)
    with container_over(chat) as container:
        configure(container)
        stream = opened(container, variations=2)
        thread, events = read_in_a_thread(stream)
        assert chat.waiting.wait(5)
        stream.close()
        assert len(holds_of(container)) == 1
        gate.set()
        thread.join(5)
        entry = settled_entry(container)
    assert second.closed.is_set()
    assert entry.outcome is Outcome.ABORTED
    assert len(entry.attempts) == 2
    assert "error" not in names(events)


def test_closing_between_two_variations_opens_no_further_one() -> None:
    """The flag alone counts, here set by a reader's own callback in the middle of an event."""
    lines = [Line(part(post())), Line(part(post()))]
    with container_over(Lines(*lines)) as container:
        configure(container)
        stream = opened(container, variations=2)
        stream._closed.clear()
        events = iter(stream._events)
        for event in events:
            if event.event == "delta":
                stream._closed.set()
        stream.close()
        assert len(settled_entry(container).attempts) == 1
    assert not lines[1].closed.is_set()


# The store -----------------------------------------------------------------------------------


def test_an_answer_that_cannot_be_booked_is_an_error_event_and_close_books_it_after_all() -> None:
    with container_over() as container:
        configure(container)
        break_books(container)
        stream = opened(container)
        events = list(stream)
        assert names(events) == ["start", "delta", "error"]
        assert events[-1].data["code"] == "store_unavailable"
        assert len(holds_of(container)) == 1
        stream.close()
        assert settled_entry(container).outcome is Outcome.OK
        assert container.generation_service().generation(TENANT, stream.id).response is not None


def test_a_store_that_fails_does_not_hide_the_fault_and_close_books_it_after_all() -> None:
    with container_over(FakeChatHosts(BreaksOff("{"))) as container:
        configure(container)
        break_books(container)
        stream = opened(container)
        assert list(stream)[-1].data["code"] == "truncated"
        stream.close()
        assert settled_entry(container).error_code == "truncated"


def test_a_close_that_cannot_book_says_so_and_may_be_repeated() -> None:
    with container_over() as container:
        configure(container)
        break_books(container)
        stream = opened(container)
        with pytest.raises(StoreUnavailable):
            stream.close()
        stream.close()
        assert settled_entry(container).outcome is Outcome.ABORTED


# Variations ----------------------------------------------------------------------------------


def test_variations_are_streamed_one_after_the_other() -> None:
    chat = FakeChatHosts(otherwise=by_variation)
    with container_over(chat) as container:
        configure(container)
        events = list(opened(container, variations=3))
        entry = settled_entry(container)
    order = [event.data["variation"] for event in events if event.event == "delta"]
    assert order == sorted(order)
    assert [joined(events, number) for number in range(3)] == list(TEXTS[:3])
    assert events[-1].data["variations"] == list(TEXTS[:3])
    assert (len(entry.attempts), chat.closed_streams) == (3, 3)
    assert [event.event for event in events].count("done") == 1


@pytest.mark.parametrize(
    "fault",
    [HostUnreachable("no line", work=HostWork.UNKNOWN), BreaksOff('{"content": "a medias')],
    ids=["line", "cut"],
)
def test_a_later_variation_that_fails_leaves_a_partial_answer(fault: Any) -> None:
    with container_over(FakeChatHosts(post(TEXTS[0]), fault, post(TEXTS[2]))) as container:
        configure(container)
        done = list(opened(container, variations=3))[-1].data
        entry = settled_entry(container)
    assert (done["type"], done["partial"]) == ("done", True)
    assert done["variations"] == [TEXTS[0], TEXTS[2]]
    assert [attempt.outcome.value for attempt in entry.attempts] == ["ok", "failed", "ok"]


def test_a_near_duplicate_is_said_in_the_answer() -> None:
    with container_over() as container:
        configure(container)
        done = list(opened(container, variations=2))[-1].data
    assert done["partial"]
    assert any("casi igual" in said for said in done["metadata"]["contentWarnings"])


def test_what_the_host_does_not_take_is_told_in_a_streamed_answer_too() -> None:
    reply = ChatReply(post(), FinishReason.STOP, warnings=("dropped_parameter:presence_penalty",))
    with container_over(FakeChatHosts(reply)) as container:
        configure(container)
        done = list(opened(container))[-1].data
    assert any("presence_penalty" in said for said in done["metadata"]["contentWarnings"])
    assert done["metadata"]["publishable"]["verdict"] == "yes"
