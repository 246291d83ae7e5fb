"""The library against the real llama.cpp server with a real Llama-architecture model."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from llama_marketing import Container, GenerationResponse, Settings, SocialPost
from llama_marketing.adapters.llama_cpp.server import EmbeddedServer
from llama_marketing.adapters.llama_cpp.weights import MODEL_ID
from llama_marketing.domain.chat.models import FinishReason
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
        entry = container.usage_service().books.entry(TENANT, answer.id)
        assert entry is not None
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
            entry = opened.usage_service().books.entry(TENANT, stream.id)
            status = opened.usage_service().quota_status(TENANT)

    assert [event.event for event in events if event.event in TERMINAL] == ["error"]
    assert events[-1].data["code"] in ("truncated", "host_unreachable")
    assert entry is not None
    assert entry.outcome is Outcome.FAILED
    assert entry.error_code == events[-1].data["code"]
    assert entry.tokens_input > 0
    assert status.reserved == 0
