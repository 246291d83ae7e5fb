"""The services over real sockets: what a host does wrong, and that the books know of all of it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings
from llama_marketing.domain.errors import HostWork, LlamaMarketingError
from llama_marketing.domain.generation.models import StreamEvent
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import UsageEntry
from tests.fake_host import (
    NO_USAGE,
    Answer,
    Close,
    FakeHost,
    Pause,
    Stall,
    as_json,
    chunk_object,
    completion,
    completion_object,
    event,
    html,
    models_list,
    raw,
    status,
    stream_steps,
    streamed,
    usage_of,
)
from tests.hosts.faults import FAULTS, Fault
from tests.hosts.openai_shaped import Vllm

D, GRACE = 2.0, 0.5
"""Seconds that one operation may take, and that its end may be late."""
FERNET = "k6e5Yk0bqQ0m2fM1oPfr0yY4mC1q7wq3mJm5m6n7o8Q="
TENANT = TenantRef("org1", "cli1")
ASKED = {"use_case": "social_post", "platform": "instagram", "prompt": "Buen Fin en Café Azul"}
TEXT = "Hola, Café Azul: ¡2x1! ☕"
COPY = json.dumps({"content": TEXT, "hashtags": ["cafe"], "emojis": []}, ensure_ascii=False)
FIRST_KEY = "key-of-the-first-host-0123456789"
SECOND_KEY = "key-of-the-second-host-9876543210"
OPENING = event(chunk_object('{"content": "Hola'))


@pytest.fixture
def host() -> Iterator[FakeHost]:
    """The client's main host."""
    with FakeHost() as fake:
        fake.otherwise = completion(COPY)
        yield fake


@pytest.fixture
def second() -> Iterator[FakeHost]:
    """The client's fallback host."""
    with FakeHost() as fake:
        fake.otherwise = completion(COPY)
        yield fake


@pytest.fixture
def container(tmp_path: Path, host: FakeHost, second: FakeHost) -> Iterator[Container]:
    """Real parts on a SQLite file; one operation may take two seconds."""
    settings = Settings.from_env(
        {
            "AI_ENCRYPTION_KEY": FERNET,
            "LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}",
            "LLAMA_MARKETING_ALLOWED_ENDPOINTS": f"{host.endpoint},{second.endpoint}",
            "LLAMA_MARKETING_DEADLINE": "2",
        }
    )
    with Container.from_settings(settings) as made:
        yield made


def configure(container: Container, host: FakeHost, second: FakeHost | None = None) -> None:
    """A self-hosted main host, and perhaps a fallback host of the same kind."""
    fallback = (
        []
        if second is None
        else [
            {"hostingProvider": "self_hosted", "apiEndpoint": second.base_url, "apiKey": SECOND_KEY}
        ]
    )
    fields = {
        "hostingProvider": "self_hosted",
        "apiEndpoint": host.base_url,
        "apiKey": FIRST_KEY,
        "enabled": True,
        "fallbackModelId": None,
        "fallbackHosts": fallback,
    }
    container.config_service().create(TENANT, fields)


def entries(container: Container) -> list[UsageEntry]:
    """Everything booked; nothing is open."""
    books = container._wiring.books()
    assert books.expired_holds("9999") == []
    return list(books.entries(TENANT, "2000-01-01", "2100-01-01"))


def joined(events: list[StreamEvent]) -> str:
    """The copy of the deltas."""
    return "".join(one.text for one in events)


# A good host ---------------------------------------------------------------------------------


def test_what_is_sent_is_the_schema_the_prompt_and_the_key(
    container: Container, host: FakeHost
) -> None:
    configure(container, host)
    answer = container.generation_service().generate(TENANT, ASKED)
    (request,) = host.requests
    body = request.json
    assert (answer.content, answer.metadata.served_by.model) == (TEXT, "served-model")
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {FIRST_KEY}"
    assert FIRST_KEY not in request.path
    assert body["stream"] is False
    schema = body["response_format"]["json_schema"]["schema"]
    assert next(iter(schema["properties"])) == "content"
    assert schema["properties"]["content"]["maxLength"] > 0
    assert schema["properties"]["hashtags"]["maxItems"] > 0
    assert "Buen Fin en Café Azul" in body["messages"][-1]["content"]
    assert body["messages"][-1]["role"] == "user"


def test_the_first_delta_is_there_before_the_host_has_ended(
    container: Container, host: FakeHost
) -> None:
    """The host says its rest only after the reader has seen a delta."""
    configure(container, host)
    seen = threading.Event()
    half = COPY[:24]

    def wait_for_reader(request: Any) -> Answer:
        return stream_steps(event(chunk_object(half)), _Until(seen), *_rest(COPY[24:]))

    host.otherwise = wait_for_reader
    events = []
    for one in container.generation_service().stream(TENANT, ASKED):
        events.append(one)
        if one.event == "delta":
            seen.set()
    assert [one.event for one in events if one.event != "delta"] == ["start", "usage", "done"]
    assert joined(events) == events[-1].data["content"] == TEXT
    (entry,) = entries(container)
    assert (entry.tokens_input, entry.tokens_output, entry.basis) == (12, 5, "reported")
    assert host.requests[0].json["stream"] is True


def _rest(text: str) -> list[bytes]:
    return [
        event(chunk_object(text)),
        event(chunk_object(finish="stop")),
        event(chunk_object(usage=usage_of(), choices=False)),
        event(b"[DONE]"),
    ]


class _Until(Pause):
    """A pause that ends once something was seen."""

    def __init__(self, seen: threading.Event) -> None:
        super().__init__(0.0)
        object.__setattr__(self, "_seen", seen)

    def __getattribute__(self, name: str) -> Any:
        if name == "seconds":
            assert object.__getattribute__(self, "_seen").wait(5)
            return 0.0
        return object.__getattribute__(self, name)


# The fault matrix at the service -------------------------------------------------------------


class Copywriter(Vllm):
    """A server whose model writes the post that is asked for."""

    def opening(self, text: str) -> bytes:
        """What it says before it breaks is the beginning of a copy."""
        return super().opening('{"content": "Hola' if text == "Ho" else text)


SPEAKER = Copywriter()
IN_THE_MATRIX = (
    "F03 closed", "F03 reset", "F04 silence", "F04 body dripped", "F05 cut with a length",
    "F05 reset in the body", "F06 cut without a length", "F07 html", "F07 no http",
    "F08 invalid utf-8", "F09 gzip", "F11 a giant header", "F20 429", "F21 503", "F21 html 502",
    "F22 400", "F22 401", "F22 402", "F22 403", "F22 404", "F22 413", "F22 422", "F23 302",
    "F24 stall",
)  # fmt: skip
"""One or two of each number; all of them are tried on the adapter (test_fault_matrix.py)."""
ENDS_AFTER_ONE_CALL = ("F22 400", "F22 401", "F22 402", "F22 403", "F22 413", "F22 422")
CASES = [
    pytest.param(
        fault,
        streamed,
        id=f"{fault}-{'streamed' if streamed else 'whole'}",
        marks=[pytest.mark.slow] if fault.to_the_deadline else [],
    )
    for fault in FAULTS
    for streamed in (False, True)
    if fault.name in IN_THE_MATRIX and fault.meaning(streamed) is not None
]
the_matrix = pytest.mark.parametrize(("fault", "streamed"), CASES)


def act(container: Container, streamed: bool) -> tuple[str, str]:
    """Generate; the copy, or the code of the one error that it ended in."""
    service = container.generation_service()
    try:
        if not streamed:
            return service.generate(TENANT, ASKED).content, ""
        events = list(service.stream(TENANT, ASKED))
    except LlamaMarketingError as error:
        return "", error.code
    *before, last = events
    assert {one.event for one in before} <= {"start", "delta", "usage"}
    if last.event == "error":
        assert "Hola".startswith(joined(events))
        return "", str(last.data["code"])
    assert joined(events) == last.data["content"]
    return joined(events), ""


def test_every_name_in_the_matrix_is_a_fault() -> None:
    """A fault that was renamed would silently be left out."""
    assert {fault.name for fault in FAULTS} >= set(IN_THE_MATRIX) >= set(ENDS_AFTER_ONE_CALL)


@the_matrix
def test_a_fault_of_the_only_host_has_its_code_and_one_entry(
    container: Container, host: FakeHost, fault: Fault, streamed: bool
) -> None:
    """In time; what may have been worked is estimated, and billed only where text arrived."""
    configure(container, host)
    host.otherwise = fault.play(SPEAKER, streamed)
    meaning = fault.meaning(streamed)
    assert meaning is not None
    error, work = meaning
    began = time.monotonic()

    said = act(container, streamed)

    assert time.monotonic() - began <= D + GRACE
    assert said == ("", error.code)
    (entry,) = entries(container)
    assert entry.error_code == error.code
    assert entry.basis == ("none" if work is HostWork.NONE else "estimated")
    assert entry.billable is (work in (HostWork.PARTIAL, HostWork.DONE))
    assert len(entry.attempts) == len(host.requests) <= 2
    if fault.name in ENDS_AFTER_ONE_CALL:
        assert len(host.requests) == 1


@the_matrix
def test_a_fault_of_the_first_host_is_an_error_or_the_second_ones_answer(
    container: Container, host: FakeHost, second: FakeHost, fault: Fault, streamed: bool
) -> None:
    """As the law of the fallback says; in time, with one entry, and each key at its own host."""
    configure(container, host, second)
    host.otherwise = fault.play(SPEAKER, streamed)
    second.otherwise = streamed_copy() if streamed else completion(COPY)
    meaning = fault.meaning(streamed)
    assert meaning is not None
    began = time.monotonic()

    said = act(container, streamed)

    assert time.monotonic() - began <= D + GRACE
    assert said == ((TEXT, "") if fault.moves_on else ("", meaning[0].code))
    assert len(second.requests) == (1 if fault.moves_on else 0)
    assert {request.headers["authorization"] for request in host.requests} == {
        f"Bearer {FIRST_KEY}"
    }
    assert all(r.headers["authorization"] == f"Bearer {SECOND_KEY}" for r in second.requests)
    (entry,) = entries(container)
    assert len(entry.attempts) == len(host.requests) + len(second.requests)
    assert [one.outcome.value for one in entry.attempts].count("ok") == int(fault.moves_on)
    assert entry.error_code == ("" if fault.moves_on else meaning[0].code)


def streamed_copy() -> Answer:
    """The copy as a stream."""
    return streamed(COPY[:9], COPY[9:])


@pytest.mark.parametrize(
    ("answer", "code", "requests"),
    [
        (as_json({"choices": []}), "bad_payload", 1),
        (completion("", finish="content_filter"), "refused", 1),
        (completion(""), "bad_output", 2),
    ],
    ids=["no choices", "filtered", "empty"],
)
def test_an_answer_without_a_copy_has_its_code_and_the_second_host_is_not_asked(
    container: Container,
    host: FakeHost,
    second: FakeHost,
    answer: Answer,
    code: str,
    requests: int,
) -> None:
    """An empty one is asked for once more, at the same host."""
    configure(container, host, second)
    host.otherwise = answer
    assert act(container, False) == ("", code)
    (entry,) = entries(container)
    assert (entry.error_code, entry.billable) == (code, True)
    assert (len(host.requests), second.requests) == (requests, [])
    host.otherwise = completion(COPY)
    assert act(container, False) == (TEXT, "")


STREAM_FAULTS: list[tuple[str, Answer, str]] = [
    ("no json", stream_steps(OPENING, event(b"nonsense")), "bad_payload"),
    (
        "error event",
        stream_steps(OPENING, event({"error": {"message": "x"}}, "error")),
        "host_unreachable",
    ),
    ("filter", streamed('{"content": "Hola', finish="content_filter"), "refused"),
    ("no finish", streamed('{"content": "Hola', finish=None, done=False), "truncated"),
]


@pytest.mark.parametrize(
    ("name", "answer", "code"), STREAM_FAULTS, ids=lambda value: str(value)[:9]
)
def test_each_fault_in_a_stream_is_the_one_terminal_event(
    container: Container, host: FakeHost, name: str, answer: Answer, code: str
) -> None:
    configure(container, host)
    host.otherwise = answer
    events = list(container.generation_service().stream(TENANT, ASKED))
    kinds = [one.event for one in events if one.event != "delta"]
    assert kinds == ["start", "error"]
    body = events[-1].data
    assert body["code"] == code
    assert body["detail"].endswith(".")
    assert "Hola".startswith(joined(events))
    (entry,) = entries(container)
    assert (entry.error_code, entry.tokens_output > 0) == (code, True)
    assert entry.outcome == ("refused" if name == "filter" else "failed")


@pytest.mark.parametrize("answer", [status(401), html(), status(500), raw(Close())])
def test_a_stream_that_has_no_200_is_an_error_at_once(
    container: Container, host: FakeHost, answer: Answer
) -> None:
    configure(container, host)
    host.otherwise = answer
    with pytest.raises(LlamaMarketingError):
        container.generation_service().stream(TENANT, ASKED)
    assert len(entries(container)) == 1


# Leaving -------------------------------------------------------------------------------------


@pytest.mark.parametrize("events_before", [0, 1, 2])
def test_a_reader_that_leaves_hangs_up_on_the_host(
    container: Container, host: FakeHost, events_before: int
) -> None:
    configure(container, host)
    host.otherwise = stream_steps(OPENING, Stall())
    with container.generation_service().stream(TENANT, ASKED) as stream:
        for _ in range(events_before):
            next(stream)
    assert host.wait_for_hang_ups(1)
    (entry,) = entries(container)
    assert (entry.outcome, entry.basis, entry.billable) == ("aborted", "estimated", True)


def test_a_reader_of_a_silent_host_is_woken_by_a_close_from_another_thread(
    container: Container, host: FakeHost
) -> None:
    configure(container, host)
    host.otherwise = stream_steps(OPENING, Stall())
    stream = container.generation_service().stream(TENANT, ASKED)
    events: list[StreamEvent] = []
    first = threading.Event()

    def read() -> None:
        for one in stream:
            events.append(one)
            if one.event == "delta":
                first.set()

    reader = threading.Thread(target=read)
    reader.start()
    assert first.wait(5)
    stream.close()
    (entry,) = entries(container)
    reader.join(5)
    assert not reader.is_alive()
    assert host.wait_for_hang_ups(1)
    assert (entry.outcome, entry.error_code) == ("aborted", "")
    assert {one.event for one in events} == {"start", "delta"}
    assert entries(container) == [entry]


# Usage ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("usage", "expected"),
    [
        (usage_of(1000, 200), (1000, 200, "reported")),
        (usage_of(0, 0), (0, 0, "reported")),
        (NO_USAGE, None),
        (usage_of(-1, 5), None),
        ({"prompt_tokens": "lots"}, None),
        ({"prompt_tokens": 1e99, "completion_tokens": 1}, None),
    ],
)
@pytest.mark.parametrize("streaming", [False, True])
def test_usage_is_what_was_reported_or_an_estimate(
    container: Container,
    host: FakeHost,
    usage: Any,
    expected: tuple[int, int, str] | None,
    streaming: bool,
) -> None:
    configure(container, host)
    service = container.generation_service()
    if streaming:
        host.otherwise = streamed(COPY, usage=usage)
        used = list(service.stream(TENANT, ASKED))[-1].data["tokensUsed"]
    else:
        host.otherwise = as_json(completion_object(COPY, usage))
        answer = service.generate(TENANT, ASKED)
        used = answer.tokens_used.model_dump(by_alias=True)
    (entry,) = entries(container)
    assert (used["inputTokens"], used["outputTokens"]) == (entry.tokens_input, entry.tokens_output)
    if expected is None:
        assert entry.basis == "estimated"
        assert entry.tokens_input > 100
        assert entry.tokens_output > 5
    else:
        assert (entry.tokens_input, entry.tokens_output, entry.basis) == expected


# Validation ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listed", "completed", "outcome", "requests"),
    [
        (models_list("m"), completion("Hi", finish="length"), "ok", 2),
        (models_list("m", bare=True), completion("Hi"), "ok", 2),
        (status(401), None, "bad_key", 1),
        (status(403), None, "bad_key", 1),
        (status(402), None, "no_credit", 1),
        (status(404), None, "model_not_served", 1),
        (status(429), None, "rate_limited", 1),
        (html(), None, "unreachable", 1),
        (raw(Close()), None, "unreachable", 1),
        (models_list("m"), status(401), "bad_key", 2),
        (models_list("m"), status(403), "unreachable", 2),
        (models_list("m"), status(404), "model_not_served", 2),
        (
            models_list("m"),
            status(400, data={"error": {"message": "x", "code": "model_not_found"}}),
            "model_not_served",
            2,
        ),
        (models_list("m"), status(400), "unreachable", 2),
        (models_list("m"), status(500), "unreachable", 2),
        (models_list("m"), raw(Stall()), "unreachable", 2),
    ],
)
def test_validation_lists_then_asks_exactly_once(
    container: Container,
    host: FakeHost,
    listed: Answer,
    completed: Answer | None,
    outcome: str,
    requests: int,
) -> None:
    configure(container, host)
    host.script(listed, *([] if completed is None else [completed]))
    result = container.config_service().validate(TENANT)
    assert result.outcome == outcome
    assert [request.method for request in host.requests] == ["GET", "POST"][:requests]
    (entry,) = entries(container)
    assert (entry.purpose, entry.booked) == ("validation", None)
    if outcome == "ok":
        assert (result.model, host.requests[1].json["max_tokens"]) == ("served-model", 5)
        assert result.latency_ms > 0


def test_a_literal_address_that_is_blocked_is_never_called(
    container: Container, host: FakeHost
) -> None:
    configure(container, host)
    service = container.config_service()
    blocked = {"apiEndpoint": "http://169.254.169.254/v1", "apiKey": "k"}
    result = service.validate(TENANT, blocked)
    refused = service.validate(TENANT, {"apiEndpoint": "https://nothing.invalid/v1"})
    assert (result.outcome, result.latency_ms, result.model) == ("blocked_endpoint", 0, "")
    assert refused.outcome == "unreachable"
    assert result.message == refused.message
    assert host.requests == []
    service.update(TENANT, blocked)
    with pytest.raises(LlamaMarketingError) as raised:
        container.generation_service().generate(TENANT, ASKED)
    assert raised.value.code == "blocked_endpoint"
    assert raised.value.user_message.startswith("No fue posible comunicarse")
