"""The services over real sockets: what a host does wrong, and that the books know of all of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings
from llama_marketing.domain.errors import LlamaMarketingError
from llama_marketing.domain.generation.models import StreamEvent
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import UsageEntry
from tests.fake_host import (
    NO_USAGE,
    Answer,
    Close,
    FakeHost,
    Pause,
    Reset,
    Stall,
    as_json,
    chunk_object,
    completion,
    completion_object,
    event,
    gzipped,
    head,
    html,
    models_list,
    raw,
    status,
    stream_steps,
    streamed,
    usage_of,
)

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


# Faults --------------------------------------------------------------------------------------

FAULTS: list[tuple[str, Answer, str, str]] = [
    ("closed", raw(Close()), "host_unreachable", "estimated"),
    ("reset", raw(Reset()), "host_unreachable", "estimated"),
    ("silent", raw(Stall()), "deadline", "estimated"),
    ("cut", raw(head(headers={}, length=900) + b'{"choices"', Close()), "truncated", "estimated"),
    ("html", html(), "bad_payload", "estimated"),
    ("html 502", html(code=502), "host_unreachable", "none"),
    ("no utf-8", raw(head(length=2) + b"\xff\xfe"), "bad_payload", "estimated"),
    ("no http", raw(b"nonsense\r\n\r\n"), "bad_payload", "estimated"),
    ("gzip", gzipped(b"x" * 10_000), "bad_payload", "estimated"),
    ("redirect", status(302, {"Location": "http://x.test/"}), "bad_payload", "none"),
    ("no choices", as_json({"choices": []}), "bad_payload", "estimated"),
    ("400", status(400), "bad_payload", "none"),
    ("401", status(401), "bad_key", "none"),
    ("402", status(402), "no_credit", "none"),
    ("403", status(403), "bad_key", "none"),
    ("404", status(404), "model_not_served", "none"),
    ("413", status(413), "bad_payload", "none"),
    ("422", status(422), "bad_payload", "none"),
    ("429", status(429, {"Retry-After": "1e9"}), "host_rate_limited", "none"),
    ("529", status(529), "host_unreachable", "none"),
    ("filter", completion("", finish="content_filter"), "refused", "estimated"),
    ("empty", completion(""), "bad_output", "reported"),
]


@pytest.mark.parametrize(
    ("name", "answer", "code", "basis"), FAULTS, ids=lambda value: str(value)[:9]
)
def test_each_fault_has_its_code_and_one_entry(
    container: Container, host: FakeHost, name: str, answer: Answer, code: str, basis: str
) -> None:
    """On a host without alternatives; nothing but our own errors comes out."""
    configure(container, host)
    host.otherwise = answer
    with pytest.raises(LlamaMarketingError) as raised:
        container.generation_service().generate(TENANT, ASKED)
    assert raised.value.code == code
    (entry,) = entries(container)
    assert (entry.error_code, entry.basis) == (code, basis)
    assert len(host.requests) == (2 if name == "empty" else 1)
    assert entry.billable is (
        basis != "none" and name not in ("closed", "reset", "silent", "no http")
    )
    host.otherwise = completion(COPY)
    assert container.generation_service().generate(TENANT, ASKED).content == TEXT


STREAM_FAULTS: list[tuple[str, Answer, str]] = [
    ("cut", stream_steps(OPENING, Close()), "truncated"),
    ("reset", stream_steps(OPENING, Reset()), "truncated"),
    ("stalled", stream_steps(OPENING, Stall()), "deadline"),
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
    assert joined(events) == "Hola" or "Hola".startswith(joined(events))
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


# Fallback ------------------------------------------------------------------------------------


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("answer", [status(503), status(404), status(429), raw(Close())])
def test_the_second_host_answers_with_its_own_key_where_the_first_is_down(
    container: Container, host: FakeHost, second: FakeHost, answer: Answer, streaming: bool
) -> None:
    configure(container, host, second)
    host.otherwise = answer
    service = container.generation_service()
    if streaming:
        second.otherwise = streamed(COPY[:9], COPY[9:])
        assert list(service.stream(TENANT, ASKED))[-1].data["content"] == TEXT
    else:
        assert service.generate(TENANT, ASKED).content == TEXT
    assert [request.headers["authorization"] for request in host.requests] == [
        f"Bearer {FIRST_KEY}"
    ]
    assert [request.headers["authorization"] for request in second.requests] == [
        f"Bearer {SECOND_KEY}"
    ]
    (entry,) = entries(container)
    assert [attempt.outcome.value for attempt in entry.attempts] == ["failed", "ok"]


@pytest.mark.parametrize(
    "answer", [status(401), status(422), html(), completion("", finish="content_filter")]
)
def test_the_second_host_is_not_asked_after_an_answer_that_ends_the_operation(
    container: Container, host: FakeHost, second: FakeHost, answer: Answer
) -> None:
    configure(container, host, second)
    host.otherwise = answer
    with pytest.raises(LlamaMarketingError):
        container.generation_service().generate(TENANT, ASKED)
    assert (len(host.requests), second.requests) == (1, [])


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


def test_a_changed_origin_is_tried_without_the_stored_key(
    container: Container, host: FakeHost, second: FakeHost
) -> None:
    """C2, on the raw socket: no Authorization header reaches the other origin."""
    configure(container, host)
    second.script(models_list("m"), completion("Hi"))
    form = {"apiEndpoint": second.base_url, "apiKey": "********6789"}
    assert container.config_service().validate(TENANT, form).outcome == "ok"
    assert len(second.requests) == 2
    assert all("authorization" not in request.headers for request in second.requests)
    container.config_service().update(TENANT, form)
    second.otherwise = completion(COPY)
    container.generation_service().generate(TENANT, ASKED)
    assert all("authorization" not in request.headers for request in second.requests)
    assert all(FIRST_KEY.encode() not in r.raw_head + r.body for r in second.requests)


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
