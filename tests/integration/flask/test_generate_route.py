"""The route that generates: JSON and SSE, both cases, and every fault as its status."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.domain.errors import (
    BadKey,
    BadOutput,
    BadPayload,
    DeadlineExceeded,
    HostError,
    HostRateLimited,
    HostUnreachable,
    ModelNotServed,
    NoCredit,
    Refused,
    Truncated,
)
from llama_marketing.testing.hosts import BreaksOff, FakeChatHosts
from tests.integration.flask.app import (
    ASKED,
    SSE,
    USER,
    Door,
    assert_problem,
    config_path,
    door,
    frames,
    meta_path,
    wait_until,
)
from tests.unit.app.samples import COPY, OTHER, entries_of, holds_of, post, settled_entry

GENERATE = f"{meta_path()}/generate"
FAULTS: list[tuple[HostError, int]] = [
    (BadKey("401"), 409),
    (NoCredit("402"), 409),
    (ModelNotServed("404"), 409),
    (HostRateLimited("429", retry_after=30.0), 429),
    (HostUnreachable("500"), 502),
    (BadPayload("html"), 502),
    (Truncated("cut"), 502),
    (BadOutput("nothing"), 502),
    (Refused("no"), 422),
    (DeadlineExceeded("late"), 504),
]


def test_post_answers_the_generation_in_camel_case() -> None:
    """The spec's response, booked once for the principal's user."""
    with door() as opened:
        answer = opened.generate()

        assert answer.status_code == 200 and answer.json is not None
        assert answer.mimetype == "application/json"
        assert answer.json["content"] == COPY
        assert answer.json["tokensUsed"]["totalTokens"] == 17
        assert answer.json["metadata"]["platformCompliance"]["isCompliant"] is True
        entry = settled_entry(opened.container)
        assert (entry.id, entry.user_id) == (answer.json["id"], USER)


@pytest.mark.parametrize("headers", [{}, SSE], ids=["whole", "streamed"])
def test_the_callers_request_id_joins_the_log_of_the_door_with_the_operations(
    headers: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="llama_marketing"), door() as opened:
        answer = opened.generate({**headers, "X-Request-Id": "req-abc"})
        assert answer.text

        entry = settled_entry(opened.container)
    told = {
        record.name: record.__dict__.get("request_id")
        for record in caplog.records
        if "request_id" in record.__dict__
    }
    assert told == dict.fromkeys(
        ("llama_marketing.http", "llama_marketing.hosts", "llama_marketing.generation"), "req-abc"
    )
    operations = {record.__dict__.get("operation_id") for record in caplog.records}
    assert entry.id in operations


def test_an_equal_request_is_answered_again_whole_or_as_a_stream() -> None:
    """Without the host, for nothing, under an id of its own; unless it asks for a new answer."""
    with door(configured=False) as opened:
        opened.configure(cacheHours=1)
        first, again = opened.generate(), opened.generate()
        told = frames(opened.generate(SSE).text)
        assert opened.host_calls == 1
        fresh = opened.generate(bypassCache=True)

    assert first.json is not None and again.json is not None and fresh.json is not None
    assert again.json["id"] != first.json["id"]
    assert again.json["content"] == first.json["content"]
    assert again.json["metadata"]["cached"] is True
    assert again.json["tokensUsed"]["estimatedCostUsd"] == 0
    assert [name for name, _ in told] == ["start", "delta", "usage", "done"]
    assert told[1][1] == {"type": "delta", "variation": 0, "text": COPY}
    assert told[-1][1]["metadata"]["cached"] is True
    assert fresh.json["metadata"]["cached"] is False


def test_snake_case_in_and_out() -> None:
    """The same request and answer under the other names."""
    with door(json_case="snake") as opened:
        asked = {"use_case": "social_post", "platform": "instagram", "prompt": "Hola"}
        body = opened.http.post(GENERATE, json=asked | {"client_id": "cli1"}).json

        assert body is not None
        assert body["use_case"] == "social_post"
        assert body["tokens_used"]["total_tokens"] == 17
        assert body["metadata"]["platform_compliance"]["character_limit"] == 2200


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("name", ["clientId", "client_id"])
def test_the_client_of_the_body_must_be_the_path_s(name: str, streamed: bool) -> None:
    """Another one's is refused before anything is reserved."""
    with door() as opened:
        own: dict[str, Any] = {name: "cli1", "stream": streamed}
        good, bad = opened.generate(**own), opened.generate(**own | {name: "cli2"})

        assert good.status_code == 200
        assert_problem(bad, 422, "invalid_request")
        assert opened.entries() == 1
        assert opened.entries(OTHER) == 0


@pytest.mark.parametrize(
    ("headers", "fields", "streamed"),
    [
        ({}, {}, False),
        ({"Accept": "*/*"}, {}, False),
        ({"Accept": "application/json"}, {}, False),
        ({"Accept": "application/json, text/event-stream"}, {}, False),
        (SSE, {}, True),
        ({"Accept": "text/event-stream, application/json;q=0.5"}, {}, True),
        ({}, {"stream": True}, True),
        (SSE, {"stream": False}, False),
        (SSE, {"stream": None}, True),
    ],
)
def test_it_streams_when_asked_to(
    headers: dict[str, str], fields: dict[str, Any], streamed: bool
) -> None:
    """By the header or by the body, which goes before."""
    with door() as opened:
        answer = opened.generate(headers, **fields)

        assert answer.status_code == 200
        wanted = "text/event-stream" if streamed else "application/json"
        assert answer.mimetype == wanted
        assert opened.hosts.calls[0].streamed is streamed


@pytest.mark.parametrize(("case", "total"), [("camel", "totalTokens"), ("snake", "total_tokens")])
def test_a_stream_has_its_events_in_the_operator_s_case(case: str, total: str) -> None:
    """start, deltas, usage and one done, and the headers that proxies need."""
    with door(json_case=case) as opened:
        answer = opened.generate(SSE)
        events = frames(answer.text)

        assert [name for name, _ in events if name != "delta"] == ["start", "usage", "done"]
        assert all(data["type"] == name for name, data in events)
        assert "".join(data["text"] for name, data in events if name == "delta") == COPY
        assert events[-2][1][total] == 17
        tokens = "tokensUsed" if case == "camel" else "tokens_used"
        assert events[-1][1][tokens][total] == 17
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert answer.text.isascii()
        assert settled_entry(opened.container).user_id == USER


@pytest.mark.parametrize("headers", [{}, SSE], ids=["json", "sse"])
@pytest.mark.parametrize(("fault", "status"), FAULTS, ids=lambda value: repr(value)[:20])
def test_a_host_s_fault_has_its_status(
    fault: HostError, status: int, headers: dict[str, str]
) -> None:
    """Before the first frame also where a stream was asked for."""
    with door(FakeChatHosts(otherwise=fault)) as opened:
        answer = opened.generate(headers)

        assert_problem(answer, status, fault.code)
        if isinstance(fault, HostRateLimited):
            assert answer.headers["Retry-After"] == "30"
        assert holds_of(opened.container) == []


def test_a_fault_in_the_middle_of_a_stream_is_its_last_frame() -> None:
    """The problem's fields, with the event's name as type."""
    with door(FakeChatHosts(BreaksOff(post()[:30]))) as opened:
        answer = opened.generate(SSE | {"X-Request-Id": "r-1"})
        name, data = frames(answer.text)[-1]

        assert (answer.status_code, name, data["type"]) == (200, "error", "error")
        assert (data["code"], data["status"], data["requestId"]) == ("truncated", 502, "r-1")
        assert data["detail"] == data["message"]
        assert len(entries_of(opened.container)) == 1


@pytest.mark.parametrize("headers", [{}, SSE], ids=["json", "sse"])
def test_what_admission_refuses_is_a_status(headers: dict[str, str]) -> None:
    """Quota, configuration and use case: before any call, as JSON and as a stream."""
    with door() as opened:
        assert_problem(opened.generate(headers, OTHER), 409, "not_configured")
        use_cases = [{"useCase": "social_post", "enabled": False}]
        opened.http.put(config_path(), json={"useCases": use_cases})
        assert_problem(opened.generate(headers), 409, "use_case_disabled")
        opened.http.put(config_path(), json={"useCases": [], "quotaMonthly": 0})
        refused = opened.generate(headers)

        assert_problem(refused, 429, "quota_exceeded")
        # From 24 November, noon in Mexico, to the end of the month there.
        assert refused.headers["Retry-After"] == str(6 * 86_400 + 12 * 3600)
        assert opened.host_calls == 0
        assert opened.entries() == 0


def test_streams_beyond_the_gate_are_told_to_come_back() -> None:
    """503 with Retry-After, before anything is reserved; a stream that ended frees its place."""
    with door(max_streams=1) as opened:
        first = opened.http.post(GENERATE, json=ASKED, headers=SSE, buffered=False)
        second = opened.generate(SSE)

        assert_problem(second, 503, "overloaded")
        assert int(second.headers["Retry-After"]) > 0
        assert opened.generate().status_code == 200, "what is no stream passes"
        first.close()
        assert opened.generate(SSE).status_code == 200
        # The first stream's own thread books its end.
        wait_until(lambda: len(entries_of(opened.container)) == 3)
        assert holds_of(opened.container) == []


def test_a_refused_stream_frees_its_place() -> None:
    """Otherwise refusals would shut the gate."""
    with door(FakeChatHosts(BadKey("401"), BadKey("401"), otherwise=post()), max_streams=1) as made:
        _drained(made)


def _drained(opened: Door) -> None:
    for _ in range(2):
        assert_problem(opened.generate(SSE), 409, "bad_key")
    assert opened.generate(SSE).status_code == 200
