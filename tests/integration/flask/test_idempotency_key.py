"""Writes with ``X-Idempotency-Key``: once, whatever a client repeats."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.adapters.flask import Principal
from llama_marketing.domain.chat.models import ChatCall, HostTarget
from llama_marketing.domain.errors import HostUnreachable, StoreUnavailable
from llama_marketing.testing.hosts import BreaksOff, FakeChatHosts
from tests.integration.flask.app import (
    ASKED,
    CONFIGURED,
    SSE,
    Door,
    assert_problem,
    config_path,
    door,
    frames,
    made_app,
    meta_path,
    wait_until,
)
from tests.unit.app.samples import (
    API_KEY,
    OTHER,
    TENANT,
    StandingClock,
    container_over,
    entries_of,
    holds_of,
    post,
)

GENERATE = f"{meta_path()}/generate"
KEY = {"X-Idempotency-Key": "4b1f0c3e-7d1c-4a5e-9c55-8f0d5a3c2b11"}


class Blocked:
    """A host that answers only when it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.go_on = threading.Event()

    def __call__(self, target: HostTarget, call: ChatCall) -> str:
        self.asked.set()
        assert self.go_on.wait(30)
        return post()


def test_the_same_write_again_gets_the_first_answer() -> None:
    """Status and body; no host is asked and nothing is booked."""
    with door() as opened:
        first, second = opened.generate(KEY), opened.generate(KEY)

        assert (second.status_code, second.data) == (first.status_code, first.data)
        assert second.mimetype == "application/json"
        assert second.headers["X-Request-Id"] != first.headers["X-Request-Id"]
        assert (opened.host_calls, opened.entries()) == (1, 1)
        assert opened.generate().data != first.data, "without a key it is another one"


def test_every_write_may_carry_a_key() -> None:
    """POST, PUT, PATCH and DELETE: what the second one would meet is not what it gets."""
    with door(configured=False) as opened:
        config = config_path()
        for number, (method, path, body, status) in enumerate(
            [
                ("POST", config, CONFIGURED, 201),
                ("PUT", config, {"quotaMonthly": 7, "revision": 1}, 200),
                ("PATCH", f"{config}/enabled", {"enabled": True}, 200),
                ("POST", f"{config}/model", {"modelId": "llama-3.1-8b-instruct"}, 200),
                ("POST", f"{config}/validate", {}, 200),
                ("POST", f"{meta_path()}/check", {"text": "Hola", "platform": "facebook"}, 200),
                ("DELETE", config, None, 204),
            ]
        ):
            key = {"X-Idempotency-Key": f"k{number}"}
            first, second = (
                opened.http.open(path, method=method, json=body, headers=key) for _ in range(2)
            )
            assert (first.status_code, second.status_code) == (status, status), second.text
            assert second.data == first.data
        assert opened.host_calls == 2, "one validation: the list and one completion"


def test_reading_takes_no_notice_of_a_key() -> None:
    """A GET is not a write."""
    with door() as opened:
        before = opened.http.get(config_path(), headers=KEY).json
        opened.http.put(config_path(), json={"quotaMonthly": 9})

        assert opened.http.get(config_path(), headers=KEY).json != before


@pytest.mark.parametrize("change", ["body", "path", "method", "query", "form", "If-Match"])
def test_another_request_with_the_key_is_refused(change: str) -> None:
    """Whatever makes it another one; nothing happens."""
    with door() as opened:
        path, body, method, headers = config_path(), {"quotaMonthly": 7}, "PUT", dict(KEY)
        assert opened.http.put(path, json=body, headers=headers).status_code == 200
        before = opened.everything()
        match change:
            case "body":
                body = {"quotaMonthly": 8}
            case "path":
                path = f"{path}/validate"
                method = "POST"
            case "method":
                method = "POST"
            case "query":
                path = f"{path}?x=1"
            case "form":
                headers |= SSE
            case "If-Match":
                headers["If-Match"] = "2"

        answer = opened.http.open(path, method=method, json=body, headers=headers)

        assert_problem(answer, 422, "idempotency_mismatch")
        assert opened.everything() == before
        assert opened.host_calls == 0


def test_the_accept_header_counts_only_where_it_asks_for_a_stream() -> None:
    """A proxy or another client library may write it otherwise."""
    with door() as opened:
        first = opened.generate(KEY | {"Accept": "*/*"})
        second = opened.generate(KEY | {"Accept": "application/json"})

        assert second.data == first.data


def test_a_write_that_still_runs_is_told_so() -> None:
    """The second one gets 409 while a host thinks about the first; then the answer."""
    host = Blocked()
    with door(FakeChatHosts(host)) as opened, ThreadPoolExecutor(1) as thread:
        first = thread.submit(opened.app.test_client().post, GENERATE, json=ASKED, headers=KEY)
        assert host.asked.wait(30)
        try:
            assert_problem(opened.generate(KEY), 409, "idempotency_running")
            assert_problem(opened.generate(KEY, prompt="Otro"), 422, "idempotency_mismatch")
        finally:
            host.go_on.set()

        assert first.result().status_code == 200
        assert opened.generate(KEY).data == first.result().data
        assert (opened.host_calls, opened.entries()) == (1, 1)


def test_many_at_once_generate_once() -> None:
    """A double click, eight times over."""
    with door() as opened, ThreadPoolExecutor(8) as threads:
        answers = list(
            threads.map(
                lambda _: opened.app.test_client().post(GENERATE, json=ASKED, headers=KEY), range(8)
            )
        )

        assert {answer.status_code for answer in answers} <= {200, 409}
        assert len({answer.data for answer in answers if answer.status_code == 200}) == 1
        assert (opened.host_calls, opened.entries()) == (1, 1)


def test_a_dead_process_s_key_is_free_after_its_lease() -> None:
    """The longest operation and the grace of its hold: 660 s by default."""
    clock = StandingClock()
    with door(clock=clock) as opened:
        service = opened.container.services().idempotency
        dead = {"X-Idempotency-Key": "dead"}
        head = f"POST {GENERATE}?\njson\n\n".encode()
        raw = b'{"useCase":"social_post"}'
        service.claim(TENANT, "dead", head + raw)
        options: dict[str, Any] = {"content_type": "application/json", "headers": dead}
        assert_problem(opened.http.post(GENERATE, data=raw, **options), 409, "idempotency_running")
        clock.go_on(660)

        assert_problem(opened.http.post(GENERATE, data=raw, **options), 422, "invalid_request")


def test_after_48_hours_the_key_is_free() -> None:
    """By the clock, and not a moment earlier."""
    clock = StandingClock()
    with door(clock=clock) as opened:
        first = opened.generate(KEY)
        clock.go_on(48 * 3600 - 1)
        assert opened.generate(KEY).data == first.data
        clock.go_on(1)

        assert opened.generate(KEY, prompt="Otro").status_code == 200
        assert opened.host_calls == 2


def test_answers_survive_a_restart_and_hold_no_secret(tmp_path: Path) -> None:
    """A new container over the same file repeats them; no key stands in it, typed or sent."""
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    typed = CONFIGURED | {"apiKey": API_KEY}
    answers: list[list[tuple[int, bytes]]] = []
    for _ in range(2):
        hosts = FakeChatHosts(otherwise=post())
        with container_over(hosts, None, **store) as container:
            _, http = made_app(container)
            created = http.post(config_path(), json=typed, headers={"X-Idempotency-Key": "c1"})
            generated = http.post(GENERATE, json=ASKED, headers=KEY)
            answers.append([(a.status_code, a.data) for a in (created, generated)])
            assert len(entries_of(container)) == 1
            assert len(hosts.calls) == (1 if len(answers) == 1 else 0)

    assert answers[0] == answers[1]
    assert [status for status, _ in answers[0]] == [201, 200]
    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"idempotency_keys" in on_disk
    assert API_KEY.encode() not in on_disk
    assert KEY["X-Idempotency-Key"].encode() not in on_disk


def test_each_client_has_its_own_keys() -> None:
    """The same key and body for another client is a first one."""
    with door() as opened:
        opened.configure(OTHER)
        first, other = opened.generate(KEY), opened.generate(KEY, OTHER)

        assert first.json is not None and other.json is not None
        assert first.json["id"] != other.json["id"]
        assert (opened.entries(), opened.entries(OTHER)) == (1, 1)


def test_a_whole_stream_is_repeated_frame_by_frame() -> None:
    """As a stream, without asking a host."""
    with door() as opened:
        first = opened.generate(KEY | SSE)
        second = opened.generate(KEY | SSE)

        assert frames(second.text) == frames(first.text)
        assert second.content_type == first.content_type
        assert second.headers["Cache-Control"] == "no-store"
        assert (opened.host_calls, opened.entries()) == (1, 1)


def test_a_stream_that_ended_with_an_error_is_repeated() -> None:
    """It was whole, though not good."""
    with door(FakeChatHosts(BreaksOff(post()[:30]), otherwise=post())) as opened:
        first, second = opened.generate(KEY | SSE), opened.generate(KEY | SSE)

        assert frames(first.text)[-1][0] == "error"
        assert frames(second.text) == frames(first.text)
        assert opened.host_calls == 1


def test_a_stream_whose_reader_left_is_not_repeated() -> None:
    """Nobody has seen its end: the next one is tried for real."""
    with door() as opened:
        left = opened.http.post(GENERATE, json=ASKED, headers=KEY | SSE, buffered=False)
        left.close()
        wait_until(lambda: not holds_of(opened.container) and opened.entries() == 1)

        assert frames(opened.generate(KEY | SSE).text)[-1][0] == "done"


def test_a_host_s_failure_is_repeated() -> None:
    """It was booked; a new try needs a new key."""
    down = HostUnreachable("down")
    hosts = FakeChatHosts(down, down, otherwise=post())
    with door(hosts) as opened:
        first, second = opened.generate(KEY), opened.generate(KEY)

        assert_problem(first, 502, "host_unreachable")
        assert second.status_code == 502
        assert second.mimetype == "application/problem+json"
        assert second.data == first.data
        assert opened.entries() == 1
        assert opened.generate({"X-Idempotency-Key": "new"}).status_code == 200


@pytest.mark.parametrize(
    ("data", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b'"' + b"x" * 300_000 + b'"', "application/json", 413),
    ],
)
def test_what_could_not_be_read_is_not_kept(data: bytes, content_type: str, status: int) -> None:
    """The key stays free for the request as it was meant."""
    with door() as opened:
        for _ in range(2):
            bad = opened.http.post(GENERATE, data=data, content_type=content_type, headers=KEY)
            assert bad.status_code == status
        assert opened.generate(KEY).status_code == 200


def test_who_was_not_let_in_does_not_use_the_key_up() -> None:
    """401 first, then the real one; and an answer is not repeated to whom nobody knows."""
    allowed = [False]

    def authorize(*_: Any) -> Any:
        return Principal("ana") if allowed[0] else None

    with door(authorize=authorize) as opened:
        assert_problem(opened.generate(KEY), 401, "unauthorized")
        allowed[0] = True
        assert opened.generate(KEY).status_code == 200
        allowed[0] = False
        assert_problem(opened.generate(KEY), 401, "unauthorized")


def test_an_overloaded_server_is_tried_again() -> None:
    """503 is not kept."""
    with door(max_streams=1) as opened:
        first = opened.http.post(GENERATE, json=ASKED, headers=SSE, buffered=False)
        assert_problem(opened.generate(KEY | SSE), 503, "overloaded")
        first.close()

        assert opened.generate(KEY | SSE).status_code == 200


def test_a_bug_of_ours_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """500, and the key is free again."""
    with door() as opened:
        _break(opened, monkeypatch, RuntimeError("a bug"))
        assert_problem(opened.generate(KEY), 500, "internal_error")
        monkeypatch.undo()

        assert opened.generate(KEY).status_code == 200


def _break(opened: Door, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(type(opened.container.generation_service()), "generate", fails)


def test_an_answer_goes_out_though_the_store_cannot_keep_it(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The work is done and booked; the next one is told that it runs, and never does it again."""
    with door() as opened:
        service = type(opened.container.services().idempotency)

        def fails(*_: Any) -> None:
            raise StoreUnavailable("the disk is away")

        monkeypatch.setattr(service, "keep", fails)
        assert opened.generate(KEY).status_code == 200
        monkeypatch.undo()

        assert_problem(opened.generate(KEY), 409, "idempotency_running")
        assert (opened.host_calls, opened.entries()) == (1, 1)
    assert "store_unavailable" in caplog.text
