"""The routes of batches."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from llama_marketing.testing.hosts import FakeChatHosts
from tests.integration.flask.app import USER, assert_problem, config_path, door, meta_path
from tests.unit.app.samples import OTHER, entries_of, post

BATCHES = f"{meta_path()}/batches"
ITEM = {"useCase": "social_post", "platform": "instagram", "prompt": "Buen Fin"}


def test_a_batch_is_answered_202_and_read_until_it_is_done() -> None:
    """Nobody is called before a worker takes it up."""
    body = {"items": [ITEM, {**ITEM, "prompt": "Navidad"}]}
    with door(FakeChatHosts(otherwise=post())) as opened:
        answer = opened.http.post(BATCHES, json=body)
        assert answer.status_code == 202 and answer.json is not None
        batch_id = answer.json["jobId"]
        waits = opened.http.get(f"{BATCHES}/{batch_id}").get_json()
        assert opened.host_calls == 0
        opened.container.job_worker().work(threading.Event(), until_empty=True)
        done = opened.http.get(f"{BATCHES}/{batch_id}").get_json()
        users = {entry.user_id for entry in entries_of(opened.container)}

    assert answer.json == {"jobId": batch_id, "status": "queued", "total": 2, "processed": 0}
    assert [each["status"] for each in waits["results"]] == ["waiting", "waiting"]
    assert (done["status"], done["processed"]) == ("completed", 2)
    first = done["results"][0]
    assert set(first) == {
        *("index", "status", "generationId", "generation", "similarTo", "error"),
    }
    assert first["generation"]["id"] == first["generationId"]
    assert first["generation"]["useCase"] == "social_post"
    assert users == {USER}


@pytest.mark.parametrize(
    "body",
    [{}, {"items": []}, {"items": [ITEM] * 31}, {"items": "x"}, {"items": [ITEM], "extra": 1}],
)
def test_a_batch_that_cannot_be_is_refused(body: dict[str, Any]) -> None:
    with door(FakeChatHosts(otherwise=post())) as opened:
        assert_problem(opened.http.post(BATCHES, json=body), 422, "invalid_request")
        assert opened.host_calls == opened.entries() == 0


@pytest.mark.parametrize(
    ("path", "status"), [("unknown", 404), ("a%201", 400), ("a1?cursor=x", 422)]
)
def test_a_batch_that_is_not_there_is_refused(path: str, status: int) -> None:
    code = "not_found" if status == 404 else "invalid_request"
    with door(FakeChatHosts(otherwise=post())) as opened:
        assert_problem(opened.http.get(f"{BATCHES}/{path}"), status, code)


def test_a_batch_of_another_client_is_not_found() -> None:
    with door(FakeChatHosts(otherwise=post())) as opened:
        batch_id = opened.http.post(BATCHES, json={"items": [ITEM]}).get_json()["jobId"]
        assert config_path(OTHER) != config_path()
        answer = opened.http.get(f"{meta_path(OTHER)}/batches/{batch_id}")
        assert_problem(answer, 404, "not_found")
