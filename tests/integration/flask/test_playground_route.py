"""The route of the playground."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_marketing.domain.chat.models import ChatCall, ChatReply, FinishReason, HostTarget
from llama_marketing.domain.errors import BadKey
from llama_marketing.testing.hosts import FakeChatHosts, Said
from tests.integration.flask.app import SSE, USER, Door, assert_problem, config_path, door
from tests.unit.app.samples import OTHER, entries_of

PLAYGROUND = config_path().replace("/meta", "/playground")
BODY = {
    "prompt": "Buen Fin",
    "columns": [{"provider": "meta_ai"}, {"provider": "openai", "model": "gpt-6-luna"}],
}


def said(target: HostTarget, _: ChatCall) -> Said:
    """Another provider refuses the key."""
    if target.row.id == "openai":
        return BadKey("401")
    return ChatReply("Hola, Café Azul", FinishReason.STOP)


def with_key(opened: Door) -> Door:
    """The client also has a key of OpenAI."""
    path = config_path().replace("/meta", "/openai")
    assert opened.http.put(path, json={"apiKey": "sk-0123456789abcdef"}).status_code == 200
    return opened


def test_columns_are_answered_side_by_side() -> None:
    """200 though one failed; in the order asked for, each booked for the principal's user."""
    with door(FakeChatHosts(otherwise=said)) as opened:
        answer = with_key(opened).http.post(PLAYGROUND, json=BODY)
        users = [entry.user_id for entry in entries_of(opened.container)]

    assert answer.status_code == 200 and answer.json is not None
    first, second = answer.json["columns"]
    assert (first["provider"], first["outcome"], first["content"]) == (
        "meta_ai",
        "ok",
        "Hola, Café Azul",
    )
    assert first["error"] is None
    assert (second["provider"], second["model"], second["outcome"]) == (
        "openai",
        "gpt-6-luna",
        "failed",
    )
    assert second["error"]["code"] == "bad_key"
    assert {"tokensUsed", "latencyMs", "notices", "effort"} <= set(first)
    assert users == [USER] * 2


@pytest.mark.parametrize("wanted", ["header", "field"])
def test_columns_are_streamed_in_one_answer(wanted: str) -> None:
    """Deltas with their column, then exactly one done."""
    body: dict[str, Any] = BODY if wanted == "header" else {**BODY, "stream": True}
    with door(FakeChatHosts(otherwise=said)) as opened:
        headers = SSE if wanted == "header" else {}
        answer = with_key(opened).http.post(PLAYGROUND, json=body, headers=headers)
        frames = [frame for frame in answer.text.split("\n\n") if frame.startswith("event:")]

    assert answer.mimetype == "text/event-stream"
    names = [frame.split("\n")[0].removeprefix("event: ") for frame in frames]
    assert names[-1] == "done" and set(names[:-1]) == {"delta"}
    data = [json.loads(frame.split("data: ", 1)[1]) for frame in frames]
    assert "".join(each["text"] for each in data[:-1]) == "Hola, Café Azul"
    assert {(each["type"], each["column"], each["provider"]) for each in data[:-1]} == {
        ("delta", 0, "meta_ai")
    }
    assert data[-1]["columns"][1]["error"]["code"] == "bad_key"


@pytest.mark.parametrize(
    "changes", [{"columns": []}, {"prompt": ""}, {"columns": "x"}, {"more": 1}, {"stream": "x"}]
)
def test_a_playground_that_cannot_be_is_refused(changes: dict[str, Any]) -> None:
    """Before anybody is called, streamed or not."""
    with door(FakeChatHosts(otherwise=said)) as opened:
        answer = opened.http.post(PLAYGROUND, json=BODY | changes, headers=SSE)
        assert_problem(answer, 422, "invalid_request")
        assert opened.host_calls == 0


def test_a_client_without_a_configuration_is_refused() -> None:
    with door(FakeChatHosts(otherwise=said)) as opened:
        path = config_path(OTHER).replace("/meta", "/playground")
        answer = opened.http.post(path, json=BODY)
        assert answer.status_code in (404, 409)
        assert answer.mimetype == "application/problem+json"
