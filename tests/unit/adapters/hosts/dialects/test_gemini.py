"""The requests of the Gemini dialect, beyond the golden cases."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_marketing.adapters.hosts.dialects.gemini import GeminiDialect
from llama_marketing.adapters.sse.decoder import ServerSentEvent
from llama_marketing.domain.catalog.hosts import JsonMode
from llama_marketing.domain.chat.models import Message, ModelTraits, Role
from tests.fake_host import POST_SCHEMA, chat_call
from tests.unit.adapters.hosts.dialects.golden_case import PICTURED, target

DIALECT = GeminiDialect()
SCHEMA = dict(POST_SCHEMA.schema)


def body(row: dict[str, Any] | None = None, **call: Any) -> dict[str, Any]:
    """The body that a call makes on a row."""
    to = target("https://host.test/v1beta", dialect="gemini", **(row or {}))
    sent: dict[str, Any] = json.loads(DIALECT.request(to, chat_call(**call), stream=False).body)
    return sent


@pytest.mark.parametrize(
    ("mode", "sent"),
    [
        (
            JsonMode.JSON_SCHEMA,
            {"responseMimeType": "application/json", "responseJsonSchema": SCHEMA},
        ),
        (
            JsonMode.JSON_OBJECT_SCHEMA,
            {"responseMimeType": "application/json", "responseJsonSchema": SCHEMA},
        ),
        (JsonMode.JSON_OBJECT, {"responseMimeType": "application/json"}),
        (JsonMode.NONE, {}),
    ],
)
def test_a_schema_goes_out_as_the_host_takes_it(mode: JsonMode, sent: dict[str, Any]) -> None:
    """By the row's ``json_mode``."""
    row: dict[str, Any] = {"json_mode": mode, "parameters": ()}
    with_schema = body(row, schema=POST_SCHEMA)["generationConfig"]

    assert with_schema == {"maxOutputTokens": 64, **sent}
    assert body(row)["generationConfig"] == {"maxOutputTokens": 64}


def test_without_a_system_turn_there_is_no_instruction() -> None:
    """Nor where it went into the user's turn."""
    folded = body(messages=PICTURED, traits=ModelTraits(system_with_image=False))

    assert "systemInstruction" not in body(messages=(Message(Role.USER, "Hola"),))
    assert "systemInstruction" not in folded
    assert folded["contents"][0]["parts"][-1] == {"text": "Eres redactor.\n\nDescribe el anuncio"}


def test_a_model_that_takes_no_sampling_gets_none() -> None:
    """Newer models ignore it, future ones may refuse it."""
    sent = body(seed=1, frequency_penalty=1.0, traits=ModelTraits(accepts_sampling=False))

    assert sent["generationConfig"] == {"maxOutputTokens": 64}


def test_neither_the_model_nor_the_stream_stands_in_the_body() -> None:
    """Both stand in the path; a body with them is a 400."""
    assert body().keys() == {"contents", "generationConfig", "systemInstruction"}


@pytest.mark.parametrize("data", ["[DONE]", "", "{}", '{"candidates": []}'])
def test_no_event_ends_a_stream(data: str) -> None:
    """It ends with the body."""
    assert not DIALECT.ends(ServerSentEvent("message", data))
