"""The library against the real llama.cpp server with a real Llama-architecture model."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llama_marketing import Container, GenerationResponse, Settings, SocialPost
from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.hosts.dialects.failures import PROMPT_TOO_LONG
from llama_marketing.adapters.llama_cpp.server import EmbeddedServer
from llama_marketing.adapters.llama_cpp.weights import MODEL_ID
from llama_marketing.adapters.package_data.catalog import PackagedCatalog
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.domain.chat.models import (
    ChatCall,
    FinishReason,
    HostTarget,
    Message,
    ReplySchema,
    Role,
)
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import BadKey, BadPayload, HostWork
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.usage.entries import Basis, Outcome
from tests.e2e.embedded import POST, TENANT, configured, environment, needs_the_model

RUNS = 20
MAX_TOKENS = 160
TERMINAL = ("done", "error")

pytestmark = [pytest.mark.slow, needs_the_model]


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """One server with two slots for all tests of this file."""
    with EmbeddedServer(context=2048, slots=2) as running:
        yield running


@pytest.fixture
def container(server: EmbeddedServer, tmp_path: Path) -> Iterator[Container]:
    """A container whose client is configured on the server."""
    environ = environment(server, tmp_path)
    configured(server, environ, MAX_TOKENS)
    with Container.from_settings(Settings.from_env(environ)) as opened:
        yield opened


@pytest.mark.story("103.1")
def test_generate_answers_a_typed_result_in_every_run(container: Container) -> None:
    """20 of 20: a copy, a finish reason, the server's own usage, and each booked once."""
    service = container.generation_service()

    def run(number: int) -> GenerationResponse:
        asked = {**POST, "max_length": 140, "prompt": f"{POST['prompt']} ({number})"}
        return service.generate(TENANT, asked)

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(run, range(RUNS)))

    for answer in answers:
        assert isinstance(answer.result, SocialPost)
        assert answer.content.strip() == answer.content != ""
        assert answer.finish_reason in (FinishReason.STOP, FinishReason.LENGTH)
        assert answer.tokens_used.input_tokens > 100
        assert answer.tokens_used.output_tokens > 0
        assert answer.tokens_used.estimated_cost_usd is None
        assert answer.metadata.served_by.model == MODEL_ID
        assert answer.platform_compliance is not None
        entry = container.usage_service().entry(TENANT, answer.id)
        assert (entry.basis, entry.outcome) == (Basis.REPORTED, Outcome.OK)
        assert entry.tokens_output == answer.tokens_used.output_tokens
    assert container.usage_service().summary(TENANT).total_requests == RUNS
    assert container.usage_service().quota_status(TENANT).reserved == 0


def test_a_stream_brings_copy_and_then_exactly_one_end(container: Container) -> None:
    """The deltas joined are the copy and no JSON; usage comes before `done`."""
    with container.generation_service().stream(TENANT, POST) as stream:
        events = list(stream)
    names = [event.event for event in events]
    text = "".join(event.text for event in events)

    assert names[0] == "start"
    assert names[-2:] == ["usage", "done"]
    assert sum(name in TERMINAL for name in names) == 1
    assert names.count("delta") >= 1
    assert not text.lstrip().startswith("{")
    assert '"content"' not in text
    assert '"hashtags"' not in text
    done, usage = events[-1].data, events[-2].data
    assert text.strip() == done["result"]["content"]
    assert usage["outputTokens"] == done["tokensUsed"]["outputTokens"] > 0
    assert next(iter(container.generation_service().history(TENANT).items)).id == stream.id


def test_a_server_that_dies_in_the_middle_ends_the_stream_with_an_error(tmp_path: Path) -> None:
    """One terminal event with a code, and the operation is booked as failed."""
    with EmbeddedServer(context=2048, slots=1) as dying:
        environ = environment(dying, tmp_path)
        configured(dying, environ, MAX_TOKENS)
        with Container.from_settings(Settings.from_env(environ)) as opened:
            events = []
            with opened.generation_service().stream(TENANT, {**POST, "max_length": 2000}) as stream:
                for event in stream:
                    events.append(event)
                    if event.event == "delta":
                        dying.stop()
            entry = opened.usage_service().entry(TENANT, stream.id)
            status = opened.usage_service().quota_status(TENANT)

    assert [event.event for event in events if event.event in TERMINAL] == ["error"]
    assert events[-1].data["code"] in ("truncated", "host_unreachable")
    assert entry.outcome is Outcome.FAILED
    assert entry.error_code == events[-1].data["code"]
    assert entry.tokens_input > 0
    assert status.reserved == 0


# The adapter on the server, without the service ------------------------------------------------


@pytest.fixture
def hosts(server: EmbeddedServer) -> Iterator[HttpChatHosts]:
    """The adapter, allowed to call the server."""
    adapter = HttpChatHosts.over(EndpointGuard.parse(server.address))
    yield adapter
    adapter.close()


def target(server: EmbeddedServer, key: Secret | None) -> HostTarget:
    """The bundled row of one's own server, at this server."""
    (row,) = [one for one in PackagedCatalog().catalog().hosts if one.id == "self_hosted"]
    return HostTarget(row, server.endpoint, key)


def minute() -> Deadline:
    """A deadline for a few tokens on a slow machine."""
    return Deadline(time.monotonic() + 60.0, time.monotonic)


def say(prompt: str, schema: ReplySchema | None = None) -> ChatCall:
    """A short call."""
    return ChatCall(MODEL_ID, (Message(Role.USER, prompt),), 40, 0.2, seed=1, schema=schema)


def test_plain_text_is_said_whole_and_in_pieces(
    hosts: HttpChatHosts, server: EmbeddedServer
) -> None:
    """With the server's own counts, which a stream brings on a chunk without choices."""
    reply = hosts.complete(target(server, server.key), say("Di hola."), minute())
    deltas = list(hosts.stream(target(server, server.key), say("Di hola."), minute()))
    (usage,) = [delta.usage for delta in deltas if delta.usage]

    assert reply.text
    assert reply.model == MODEL_ID
    assert reply.usage is not None
    assert 0 < reply.usage.output_tokens <= 40
    assert "".join(delta.text for delta in deltas)
    assert len([delta for delta in deltas if delta.text]) > 1
    (finish,) = [delta.finish_reason for delta in deltas if delta.finish_reason]
    assert finish in (FinishReason.STOP, FinishReason.LENGTH)
    assert (usage.input_tokens, usage.output_tokens > 0) == (reply.usage.input_tokens, True)


def test_a_schema_binds_the_model(hosts: HttpChatHosts, server: EmbeddedServer) -> None:
    """Whatever the model would rather say; the bounds make it end."""
    schema = ReplySchema(
        "verdict",
        {
            "type": "object",
            "properties": {"label": {"enum": ["spam", "neutral"]}, "sure": {"type": "boolean"}},
            "required": ["label", "sure"],
            "additionalProperties": False,
        },
    )
    reply = hosts.complete(target(server, server.key), say("¿Es spam?", schema), minute())
    said = json.loads(reply.text)

    assert reply.finish_reason is FinishReason.STOP
    assert set(said) == {"label", "sure"}
    assert said["label"] in ("spam", "neutral")
    assert isinstance(said["sure"], bool)


@pytest.mark.parametrize("key", [None, Secret("wrong-0123456789abcdef")], ids=["none", "wrong"])
def test_a_key_that_is_none_is_a_bad_key(
    hosts: HttpChatHosts, server: EmbeddedServer, key: Secret | None
) -> None:
    """The server was started with a key of its own."""
    for ask in (hosts.complete, hosts.stream):
        with pytest.raises(BadKey) as caught:
            ask(target(server, key), say("Di hola."), minute())
        assert (caught.value.status, caught.value.work) == (401, HostWork.NONE)


def test_a_prompt_over_the_context_is_told_as_too_long(
    hosts: HttpChatHosts, server: EmbeddedServer
) -> None:
    """The server knows its own window, and says so with a 400."""
    for ask in (hosts.complete, hosts.stream):
        with pytest.raises(BadPayload) as caught:
            ask(target(server, server.key), say("hola mundo " * server.context), minute())
        assert caught.value.user_message == PROMPT_TOO_LONG
        assert (caught.value.status, caught.value.work) == (400, HostWork.NONE)


def test_the_models_list_has_the_one_model(hosts: HttpChatHosts, server: EmbeddedServer) -> None:
    """Under its alias, with the window that it was trained with."""
    (model,) = hosts.models(target(server, server.key), minute())

    assert model.id == MODEL_ID
    assert model.context_window is not None
    assert model.context_window >= server.context
