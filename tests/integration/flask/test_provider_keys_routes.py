"""The routes of other providers' keys: sealed, masked, tried, in the way of no other path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from llama_marketing.domain.errors import BadKey
from llama_marketing.testing.hosts import FakeChatHosts
from tests.integration.flask.app import (
    Door,
    assert_problem,
    client_path,
    config_path,
    door,
    made_app,
    sent_key,
)
from tests.unit.app.samples import OTHER, container_over, entries_of

PROVIDERS = f"{client_path()}/ai-providers"
OPENAI = f"{PROVIDERS}/openai"
KEY = "sk-proj-0123456789abcdefghijKLMN"
MASK = "sk-proj-********KLMN"


@pytest.fixture
def opened() -> Iterator[Door]:
    """An app with one configured client."""
    with door() as made:
        yield made


def put(opened: Door, path: str = OPENAI, **fields: object) -> None:
    """Keep a key over HTTP."""
    answer = opened.http.put(path, json={"apiKey": KEY, **fields})
    assert answer.status_code == 200, answer.text


def test_put_keeps_a_key_and_answers_its_mask(opened: Door) -> None:
    """In the case that was chosen; the key stands in no answer."""
    answer = opened.http.put(OPENAI, json={"apiKey": KEY, "model": "gpt-6-luna"})

    assert answer.status_code == 200
    assert answer.json == {
        "provider": "openai",
        "apiKey": MASK,
        "apiKeyMasked": MASK,
        "model": "gpt-6-luna",
        "updatedAt": "2026-11-24T18:00:00.000000Z",
        "revision": 1,
    }
    assert answer.headers["Cache-Control"] == "no-store"
    with door(json_case="snake") as other:
        snake = other.http.put(OPENAI, json={"api_key": KEY}).json
        assert snake is not None
        assert (snake["api_key_masked"], snake["updated_at"], snake["model"]) == (
            MASK,
            "2026-11-24T18:00:00.000000Z",
            None,
        )


def test_get_answers_what_is_kept_and_404_where_nothing_is(opened: Door) -> None:
    """Of this client alone."""
    assert_problem(opened.http.get(OPENAI), 404, "not_found")
    put(opened)

    answer = opened.http.get(OPENAI)

    assert answer.json is not None
    assert (answer.status_code, answer.json["apiKey"]) == (200, MASK)
    assert KEY not in answer.text + str(answer.headers)
    assert_problem(opened.http.get(f"{client_path(OTHER)}/ai-providers/openai"), 404, "not_found")


def test_the_list_has_every_kept_key_of_the_client(opened: Door) -> None:
    """Empty at first; what belongs to Meta AI stands elsewhere."""
    assert opened.http.get(PROVIDERS).json == {"providers": []}
    for provider in ("openai", "anthropic"):
        put(opened, f"{PROVIDERS}/{provider}")

    listed = opened.http.get(PROVIDERS)

    assert listed.json is not None
    assert [key["provider"] for key in listed.json["providers"]] == ["anthropic", "openai"]
    assert KEY not in listed.text
    other = opened.http.get(f"{client_path(OTHER)}/ai-providers").json
    assert other == {"providers": []}


def test_put_changes_only_what_is_sent(opened: Door) -> None:
    """The key stays where its mask comes back."""
    put(opened, model="gpt-6-luna")

    answer = opened.http.put(OPENAI, json={"apiKey": MASK, "model": "gpt-6.2-sol"})

    assert answer.json is not None
    assert (answer.json["model"], answer.json["revision"]) == ("gpt-6.2-sol", 2)
    opened.http.post(f"{OPENAI}/validate")
    assert sent_key(opened.hosts) == KEY


def test_a_revision_that_was_seen_may_come_in_either_place(opened: Door) -> None:
    """The first save passes, the second one is told."""
    put(opened)

    passes = opened.http.put(OPENAI, json={"model": "a"}, headers={"If-Match": '"1"'})
    late = opened.http.put(OPENAI, json={"model": "b"}, headers={"If-Match": '"1"'})
    later = opened.http.put(OPENAI, json={"model": "b", "revision": 1})

    assert passes.status_code == 200
    assert_problem(late, 409, "revision_conflict")
    assert_problem(later, 409, "revision_conflict")


def test_delete_forgets_the_key(opened: Door) -> None:
    """204, then 404."""
    put(opened)

    answer = opened.http.delete(OPENAI)

    assert (answer.status_code, answer.data) == (204, b"")
    assert_problem(opened.http.delete(OPENAI), 404, "not_found")
    assert_problem(opened.http.get(OPENAI), 404, "not_found")


def test_validate_tries_the_stored_key_or_a_typed_one(opened: Door) -> None:
    """200 whatever comes of it; without any key there is nothing to try."""
    assert_problem(opened.http.post(f"{OPENAI}/validate"), 404, "not_found")
    put(opened)

    good = opened.http.post(f"{OPENAI}/validate", json={})
    assert good.status_code == 200 and good.json is not None
    assert good.json.keys() == {"outcome", "latencyMs", "model", "message"}
    assert (good.json["outcome"], good.json["model"]) == ("ok", "gpt-6-luna")
    assert sent_key(opened.hosts) == KEY

    opened.hosts.script(BadKey("401", status=401))
    bad = opened.http.post(f"{OPENAI}/validate", json={"apiKey": "sk-typed"})
    assert bad.status_code == 200 and bad.json is not None
    assert bad.json["outcome"] == "bad_key"
    assert sent_key(opened.hosts) == "sk-typed"
    kept = opened.http.get(OPENAI).json
    assert kept is not None and kept["apiKey"] == MASK
    assert [entry.provider for entry in entries_of(opened.container)] == ["openai", "openai"]


def test_a_write_may_carry_an_idempotency_key(opened: Door) -> None:
    """What the second one would meet is not what it gets."""
    for number, (method, path, body, status) in enumerate(
        [
            ("PUT", OPENAI, {"apiKey": KEY}, 200),
            ("POST", f"{OPENAI}/validate", {}, 200),
            ("DELETE", OPENAI, None, 204),
        ]
    ):
        headers = {"X-Idempotency-Key": f"k{number}"}
        first, second = (
            opened.http.open(path, method=method, json=body, headers=headers) for _ in range(2)
        )
        assert (first.status_code, second.status_code) == (status, status), second.text
        assert second.data == first.data
    assert opened.host_calls == 2, "one validation: the list and one completion"


def test_the_file_holds_no_byte_of_a_key(tmp_path: Path) -> None:
    """Neither of what was kept nor of what was only tried, nor in a kept answer."""
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    with container_over(FakeChatHosts(), None, **store) as container:
        _, http = made_app(container)
        headers = {"X-Idempotency-Key": "k1"}
        assert http.put(OPENAI, json={"apiKey": KEY}, headers=headers).status_code == 200
        http.post(f"{OPENAI}/validate", json={"apiKey": KEY + "typed"}, headers=headers)
        http.post(f"{OPENAI}/validate", json={"apiKey": KEY + "typed"})
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert b"gAAAA" in written, "a Fernet token"
    assert b"0123456789abcdefghij" not in written


def test_other_paths_of_the_same_place_are_not_taken_for_providers(opened: Door) -> None:
    """Meta AI's configuration, and words that mean something else."""
    meta = opened.http.get(config_path()).json
    assert meta is not None and meta["hostingProvider"] == "deepinfra"
    for word in ("meta_ai", "compare", "playground", "usage"):
        assert_problem(
            opened.http.put(f"{PROVIDERS}/{word}", json={"apiKey": KEY}), 404, "not_found"
        )
    assert opened.http.get(PROVIDERS).json == {"providers": []}


@pytest.mark.parametrize("bad", ["OpenAI", "open-ai", "2x", "x" * 65, "a.b", "%C3%B1", "openai%0A"])
def test_a_provider_of_the_wrong_form_is_unreadable(opened: Door, bad: str) -> None:
    """As every id of a path."""
    for method in ("GET", "PUT", "DELETE"):
        answer = opened.http.open(f"{PROVIDERS}/{bad}", method=method, json={"apiKey": KEY})
        assert_problem(answer, 400, "invalid_request")
    assert_problem(opened.http.post(f"{PROVIDERS}/{bad}/validate"), 400, "invalid_request")


def test_a_provider_that_nobody_can_call_is_kept_but_not_tried(opened: Door) -> None:
    """The set is open; only the catalog says whom we can call."""
    mistral = f"{PROVIDERS}/mistral"
    put(opened, mistral)

    assert_problem(opened.http.post(f"{mistral}/validate"), 422, "invalid_request")
    assert opened.host_calls == 0
