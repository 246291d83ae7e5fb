"""The requests of the OpenAI dialect, as the host's row bends them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_marketing.adapters.hosts.dialects.openai import OpenAiDialect
from llama_marketing.adapters.hosts.dialects.request_body import dropped_parameters
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.catalog.hosts import JsonMode
from llama_marketing.domain.chat.models import HostTarget
from llama_marketing.domain.secret import Secret
from tests.fake_host import POST_SCHEMA, chat_call, host_row

DIALECT = OpenAiDialect()
MESSAGES = [
    {"role": "system", "content": "Eres redactor."},
    {"role": "user", "content": "Escribe un post"},
]
SCHEMA = {"type": "object", "properties": {"content": {"type": "string"}}}


def target(base_url: str = "https://host.test/v1", **row: Any) -> HostTarget:
    """A target on a row with these fields changed."""
    return HostTarget(host_row(**row), base_url, Secret("sk-CANARY"))


def body(stream: bool = False, row: dict[str, Any] | None = None, **call: Any) -> dict[str, Any]:
    """The body that a call makes on a row."""
    request = DIALECT.request(target(**(row or {})), chat_call(**call), stream)
    sent: dict[str, Any] = json.loads(request.body)
    return sent


def test_a_plain_call_is_this_request() -> None:
    """Every byte that matters."""
    request = DIALECT.request(target(), chat_call(), stream=False)

    assert (request.method, request.url) == ("POST", "https://host.test/v1/chat/completions")
    assert request.headers == {"content-type": "application/json", "accept": "application/json"}
    assert json.loads(request.body) == {
        "model": "m",
        "messages": MESSAGES,
        "max_tokens": 64,
        "temperature": 0.7,
        "top_p": 0.9,
        "stream": False,
    }
    assert request.key is not None
    assert request.key.reveal() == "sk-CANARY"


def test_a_streamed_call_asks_for_events_and_usage() -> None:
    """And says so in the head."""
    request = DIALECT.request(target(), chat_call(), stream=True)
    sent = json.loads(request.body)

    assert request.headers["accept"] == "text/event-stream"
    assert sent["stream"] is True
    assert sent["stream_options"] == {"include_usage": True}


def test_a_host_that_rejects_stream_options_gets_none() -> None:
    """``stream_usage`` of the row."""
    assert "stream_options" not in body(stream=True, row={"stream_usage": False})


def test_neither_the_key_nor_the_prompt_shows_in_a_request() -> None:
    """What a traceback with locals would print."""
    request = DIALECT.request(target(), chat_call("canario-del-prompt"), stream=False)

    assert "CANARY" not in repr(request)
    assert "canario-del-prompt" not in repr(request)
    assert "CANARY" not in str(dict(request.headers)) + request.body.decode()


@pytest.mark.parametrize("field", ["max_tokens", "max_completion_tokens"])
def test_the_tokens_go_under_the_one_name_that_the_host_reads(field: str) -> None:
    """Both together is an error on Fireworks."""
    sent = body(row={"token_field": field}, max_tokens=100)
    both = {"max_tokens", "max_completion_tokens"}

    assert {name: sent[name] for name in both & sent.keys()} == {field: 100}


@pytest.mark.parametrize(
    ("asked", "highest", "sent"), [(0.7, 2.0, 0.7), (1.8, 1.0, 1.0), (2.0, 2.0, 2.0), (0.0, 1, 0.0)]
)
def test_the_temperature_is_cut_to_the_highest_of_the_host(
    asked: float, highest: float, sent: float
) -> None:
    """0 is sent as it is."""
    assert body(row={"max_temperature": highest}, temperature=asked)["temperature"] == sent


def test_penalties_go_out_only_when_they_are_not_zero() -> None:
    """A host may refuse the very name."""
    sent = body(frequency_penalty=0.5, presence_penalty=0.0)

    assert sent["frequency_penalty"] == 0.5
    assert "presence_penalty" not in sent


def test_a_parameter_that_the_host_does_not_take_is_dropped_and_told() -> None:
    """Groq takes no penalties."""
    row: dict[str, Any] = {"parameters": ("temperature", "top_p")}
    call: dict[str, Any] = {"frequency_penalty": 0.5, "presence_penalty": 1.0, "seed": 7}
    sent = body(row=row, **call)

    assert not {"frequency_penalty", "presence_penalty", "seed"} & sent.keys()
    assert dropped_parameters(host_row(**row), chat_call(**call)) == (
        "frequency_penalty",
        "presence_penalty",
        "seed",
    )
    assert dropped_parameters(host_row(**row), chat_call()) == ()


def test_a_seed_goes_out_where_it_is_taken() -> None:
    """0 is a seed."""
    assert body(seed=0)["seed"] == 0
    assert "seed" not in body()


def test_n_is_never_sent() -> None:
    """Groq answers it with 400, Ollama with one choice."""
    assert "n" not in body(stream=True, seed=1, frequency_penalty=1.0, schema=POST_SCHEMA)


@pytest.mark.parametrize(
    ("mode", "sent"),
    [
        (
            JsonMode.JSON_SCHEMA,
            {
                "type": "json_schema",
                "json_schema": {"name": "post", "schema": SCHEMA, "strict": True},
            },
        ),
        (JsonMode.JSON_OBJECT_SCHEMA, {"type": "json_object", "schema": SCHEMA}),
        (JsonMode.JSON_OBJECT, {"type": "json_object"}),
        (JsonMode.NONE, None),
    ],
)
def test_a_schema_goes_out_as_the_host_takes_it(mode: JsonMode, sent: object) -> None:
    """By the row's ``json_mode``."""
    assert body(row={"json_mode": mode}, schema=POST_SCHEMA).get("response_format") == sent
    assert "response_format" not in body(row={"json_mode": mode})


@pytest.mark.parametrize(
    ("base", "row", "url"),
    [
        ("https://h.test/v1/", {}, "https://h.test/v1/chat/completions"),
        ("http://h.test:8000/v1", {}, "http://h.test:8000/v1/chat/completions"),
        ("", {"base_url": "https://cloud.test/openai/v1"}, "https://cloud.test/openai/v1/chat/completions"),
        ("https://h.test", {"chat_path": "/v2/chat"}, "https://h.test/v2/chat"),
    ],
)  # fmt: skip
def test_the_url_is_the_base_and_the_path_of_the_row(
    base: str, row: dict[str, Any], url: str
) -> None:
    """The target's base wins over the row's."""
    to = HostTarget(host_row(**row), base)

    assert DIALECT.request(to, chat_call(), stream=False).url == url


def test_a_lone_surrogate_does_not_break_the_request() -> None:
    """JSON escapes it."""
    assert body(prompt="a\ud83db")["messages"][1]["content"] == "a\ud83db"


def test_the_models_are_asked_for_with_the_key() -> None:
    """A GET on the row's path."""
    request = DIALECT.models_request(target(models_path="/models"))

    assert (request.method, request.url) == ("GET", "https://host.test/v1/models")
    assert request.body == b""
    assert request.key is not None


@pytest.mark.parametrize(
    ("data", "over"), [("[DONE]", True), ("[DONE] ", True), ('{"a": 1}', False), ("", False)]
)
def test_done_ends_a_stream(data: str, over: bool) -> None:
    """The word of the host."""
    assert DIALECT.ends(ServerSentEvent("message", data)) is over
