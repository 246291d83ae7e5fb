"""The dialects against a server that others wrote: llm-katan, which echoes in several shapes.

Its Gemini shape is Vertex': the same paths and bodies, with the key in another header. Its
Bedrock stream is JSON lines and no event stream, so that one is asked whole only.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import attrs
import httpx
import pytest

from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.chat.models import ChatReply, FinishReason, HostTarget
from llama_marketing.domain.errors import BadKey, HostWork
from llama_marketing.domain.secret import Secret
from tests.e2e.serving import free_port, wait_until
from tests.fake_host import POST_SCHEMA, chat_call, within
from tests.hosts.speakers import bundled_rows

MODEL = "llama-3.3-70b-instruct"
PROMPT = "Escribe un post para el Café Azul ☕"
KEY = "CANARY-0123456789abcdef"
PROVIDERS = ("openai", "anthropic", "vertexai", "bedrock")
STARTS_WITHIN = 60.0

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("llm_katan") is None, reason="llm-katan is not installed"),
]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The server on loopback, with keys that it checks; the network is out of its reach."""
    folder = tmp_path_factory.mktemp("katan")
    free = free_port()
    keys = ",".join(f"{provider}={KEY}" for provider in PROVIDERS)
    command = [
        str(Path(sys.executable).parent / "llm-katan"),
        *("--model", MODEL, "--backend", "echo", "--host", "127.0.0.1", "--port", str(free)),
        *("--providers", ",".join(PROVIDERS), "--validate-keys", "--api-keys", keys),
        *("--stats-file", str(folder / "stats.json"), "--disable-dashboard"),
    ]
    environ = dict(os.environ) | {
        "HOME": str(folder),
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=log)
    try:
        wait_until(lambda: _answers(process, free, folder / "log"), STARTS_WITHIN)
        yield free
    finally:
        process.terminate()
        process.wait(10)


def _answers(process: subprocess.Popen[bytes], port: int, log: Path) -> bool:
    assert process.poll() is None, log.read_text()[-2000:]
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health", timeout=2.0).is_success
    except httpx.HTTPError:
        return False


@pytest.fixture
def hosts(port: int) -> Iterator[HttpChatHosts]:
    """The adapter, allowed to call the server."""
    adapter = HttpChatHosts.over(EndpointGuard.parse(f"127.0.0.1:{port}"))
    yield adapter
    adapter.close()


@attrs.frozen
class Part:
    """One of the server's providers, as the row that speaks to it."""

    row_id: str
    path: str
    streams: bool = True
    echoes_model: bool = True

    def target(self, port: int, key: str) -> HostTarget:
        """The row's target, moved to the server."""
        row = next(row for row in bundled_rows() if row.id == self.row_id)
        if self.row_id == "gemini":
            row = HostRow(**{**dict(row), "key_header": "authorization"})
        if self.row_id == "bedrock":
            row = HostRow(**{**dict(row), "signing": ""})
        secret = Secret(key) if key else None
        return HostTarget(row, f"http://127.0.0.1:{port}{self.path}", secret)


PARTS = [
    Part("self_hosted", "/v1"),
    Part("together", "/v1"),
    Part("groq", "/v1"),
    Part("openai", "/v1"),
    Part("anthropic", "/v1"),
    Part("gemini", "/v1beta"),
    Part("bedrock", "", streams=False, echoes_model=False),
]
every_part = pytest.mark.parametrize("part", PARTS, ids=lambda part: part.row_id)
streaming_parts = pytest.mark.parametrize(
    "part", [part for part in PARTS if part.streams], ids=lambda part: part.row_id
)


def whole(hosts: HttpChatHosts, target: HostTarget) -> ChatReply:
    """One whole answer."""
    return hosts.complete(target, chat_call(PROMPT, model=MODEL), within(20.0))


@every_part
def test_a_whole_answer_echoes_the_prompt_with_its_usage(
    hosts: HttpChatHosts, port: int, part: Part
) -> None:
    """What was sent arrived as a user turn under a system turn, within the row's own fields."""
    reply = whole(hosts, part.target(port, KEY))

    assert PROMPT in reply.text
    assert "messages=2" in reply.text
    assert reply.finish_reason is FinishReason.STOP
    assert reply.model == (MODEL if part.echoes_model else "")
    assert reply.usage is not None
    assert reply.usage.input_tokens == len(f"Eres redactor. {PROMPT}".split())
    assert reply.usage.output_tokens == len(reply.text.split())


@streaming_parts
def test_a_stream_says_the_same_in_many_pieces(hosts: HttpChatHosts, port: int, part: Part) -> None:
    """With one finish, and the same kind of usage."""
    call = chat_call(PROMPT, model=MODEL)
    deltas = list(hosts.stream(part.target(port, KEY), call, within(20.0)))

    text = "".join(delta.text for delta in deltas)
    usages = [delta.usage for delta in deltas if delta.usage]
    assert PROMPT in text
    assert len(deltas) > 10
    assert [d.finish_reason for d in deltas if d.finish_reason] == [FinishReason.STOP]
    assert usages[-1].input_tokens == len(f"Eres redactor. {PROMPT}".split())
    assert usages[-1].output_tokens == len(text.split())


@every_part
def test_a_request_with_a_schema_is_taken(hosts: HttpChatHosts, port: int, part: Part) -> None:
    """It checks the types of the fields that it knows."""
    call = chat_call(PROMPT, model=MODEL, schema=POST_SCHEMA)

    reply = hosts.complete(part.target(port, KEY), call, within(20.0))

    # Where it is asked for a JSON object, the text comes escaped inside of one.
    assert "Escribe un post" in reply.text


@every_part
@pytest.mark.parametrize("key", ["", "wrong-0123456789abcdef"], ids=["no key", "wrong key"])
def test_a_key_that_is_none_is_a_bad_key(
    hosts: HttpChatHosts, port: int, part: Part, key: str
) -> None:
    """Its 401 quotes the right key and the wrong one; neither is passed on."""
    target = part.target(port, key)
    for ask in (hosts.complete, hosts.stream):
        with pytest.raises(BadKey) as caught:
            ask(target, chat_call(PROMPT, model=MODEL), within(20.0))
        assert (caught.value.status, caught.value.work) == (401, HostWork.NONE)
        shown = f"{caught.value} {caught.value!r} {caught.value.user_message}"
        assert KEY not in shown
        assert not key or key not in shown


def test_the_models_are_listed(hosts: HttpChatHosts, port: int) -> None:
    """One list, in OpenAI's shape."""
    target = Part("self_hosted", "/v1").target(port, KEY)

    assert [model.id for model in hosts.models(target, within(20.0))] == [MODEL]
