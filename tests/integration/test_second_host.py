"""One client with two hosts: whatever kills the first, the second answers, with its own key."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.app.container import Container
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import DeadlineExceeded, HostWork
from tests.fake_host import (
    Answer,
    FakeHost,
    Pause,
    Reset,
    Stall,
    Step,
    chat_call,
    chunk_object,
    completion,
    event,
    joined,
    raw,
    status,
    stream_steps,
    streamed,
    target_of,
)
from tests.unit.app.samples import ASKED, TENANT, configure, post, settings

FIRST_KEY = "first-CANARY-0123456789abcdef"
SECOND_KEY = "second-CANARY-0123456789abcdef"
FAULTS: dict[str, Answer | None] = {
    "gone": None,
    "reset": raw(Reset()),
    "silent": raw(Stall()),
    "503": status(503),
    "429": status(429, {"retry-after": "9"}),
    "404": status(404),
}


def act(container: Container, is_streamed: bool) -> dict[str, Any]:
    """Generate or stream; the answer's JSON."""
    service = container.generation_service()
    if is_streamed:
        return dict(list(service.stream(TENANT, ASKED))[-1].data)
    return service.generate(TENANT, ASKED).model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("fallback_model", [None, "llama-3.1-8b-instruct"], ids=["alone", "small"])
def test_the_second_host_answers_and_each_key_stays_with_its_own(
    fallback_model: str | None, fault: str, is_streamed: bool
) -> None:
    with FakeHost() as first, FakeHost() as second:
        second.otherwise = streamed(post()) if is_streamed else completion(post())
        answer = FAULTS[fault]
        if answer is None:
            first.leave()
        else:
            first.otherwise = answer
        allowed = {"LLAMA_MARKETING_ALLOWED_ENDPOINTS": f"{first.endpoint},{second.endpoint}"}
        with Container.from_settings(settings(**allowed)) as container:
            configure(
                container,
                hosting_provider="self_hosted",
                api_endpoint=first.base_url,
                api_key=FIRST_KEY,
                deadline_seconds=4,
                fallback_model_id=fallback_model,
                fallback_hosts=[
                    {
                        "hostingProvider": "openai_compatible",
                        "apiEndpoint": second.base_url,
                        "apiKey": SECOND_KEY,
                    }
                ],
            )
            said = act(container, is_streamed)
    assert said["provider"] == said["metadata"]["servedBy"]["host"] == "openai_compatible"
    assert {seen.headers["authorization"] for seen in second.requests} == {f"Bearer {SECOND_KEY}"}
    assert {seen.headers["authorization"] for seen in first.requests} <= {f"Bearer {FIRST_KEY}"}
    assert not any(SECOND_KEY.encode() in s.raw_head + s.body for s in first.requests)
    assert not any(FIRST_KEY.encode() in s.raw_head + s.body for s in second.requests)


def hosts(host: FakeHost) -> HttpChatHosts:
    """The real adapter, allowed to call one fake host."""
    return HttpChatHosts.over(EndpointGuard.parse(host.endpoint))


def share(seconds: float, of: float) -> Deadline:
    """A deadline of ``of`` seconds whose answer must begin within ``seconds``."""
    now = time.monotonic()
    return Deadline(now + of, time.monotonic, answer_by=now + seconds)


@pytest.mark.parametrize("is_streamed", [False, True], ids=["whole", "streamed"])
def test_a_silent_host_is_left_when_its_answer_should_have_begun(is_streamed: bool) -> None:
    with FakeHost() as host:
        host.otherwise = raw(Stall())
        chat = hosts(host)
        ask = chat.stream if is_streamed else chat.complete
        deadline = share(0.5, of=30.0)
        with pytest.raises(DeadlineExceeded) as raised:
            ask(target_of(host), chat_call(), deadline)
        assert deadline.remaining() > 25.0
        assert raised.value.work is HostWork.UNKNOWN
        chat.close()


def test_an_answer_that_has_begun_has_all_the_time_that_is_left() -> None:
    end = event(chunk_object("la", finish="stop"))
    pieces: list[Step] = [event(chunk_object("Ho")), Pause(0.8), end]
    with FakeHost() as host:
        host.script(stream_steps(*pieces))
        chat = hosts(host)
        stream = chat.stream(target_of(host), chat_call(), share(0.4, of=30.0))
        assert joined(stream) == "Hola"
        chat.close()


def test_a_stream_that_is_waited_for_in_another_thread_can_be_left() -> None:
    """The reader leaves while the first host is silent: the second one is not asked."""
    left = threading.Event()
    with FakeHost() as first, FakeHost() as second:
        first.otherwise = raw(Stall())
        allowed = {"LLAMA_MARKETING_ALLOWED_ENDPOINTS": f"{first.endpoint},{second.endpoint}"}
        with Container.from_settings(settings(**allowed)) as container:
            configure(
                container,
                hosting_provider="self_hosted",
                api_endpoint=first.base_url,
                api_key="",
                fallback_hosts=[{"hostingProvider": "self_hosted", "apiEndpoint": second.base_url}],
            )
            service = container.generation_service()
            failure: list[BaseException] = []

            def read() -> None:
                try:
                    service.stream(TENANT, ASKED, reader_left=left.is_set)
                except DeadlineExceeded as error:
                    failure.append(error)

            reader = threading.Thread(target=read)
            reader.start()
            assert first.wait_for_requests(1)
            left.set()
            reader.join(10.0)
        assert not reader.is_alive()
        assert len(failure) == 1
        assert second.requests == []
