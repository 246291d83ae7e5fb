"""The routes of the brand voice: kept in versions, and used unsent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from llama_marketing.testing.hosts import FakeChatHosts, Scripted
from tests.integration.flask.app import (
    SSE,
    USER,
    Door,
    assert_problem,
    config_path,
    door,
    meta_path,
)
from tests.unit.app.samples import NOW, OTHER, post

VOICE = f"{meta_path()}/brand-voice"
AT = NOW.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
WARM: dict[str, Any] = {
    "summary": "Cálida y cercana.",
    "tone": "amigable",
    "traits": ["alegre"],
    "vocabulary": ["cafecito"],
    "avoid": ["barato"],
    "address": "tu",
    "examples": ["¡Pásale!"],
}
DRY = {
    "summary": "Seca.",
    "tone": "",
    "traits": [],
    "vocabulary": [],
    "avoid": [],
    "address": "neutral",
    "examples": [],
}
WARM_IN_WORDS = (
    "Cálida y cercana.\nTono: amigable\nRasgos: alegre\nPalabras propias: cafecito\n"
    "Palabras que evita: barato\nEjemplos: ¡Pásale!\nLe habla de tú a quien lee."
)
NOTHING: dict[str, Any] = {"voice": None, "version": None, "versions": [], "nextCursor": None}


@pytest.fixture
def opened() -> Iterator[Door]:
    """An app with one configured client."""
    with door() as made:
        yield made


def version(number: int, voice: dict[str, Any]) -> dict[str, Any]:
    """A version as it is shown."""
    return {"version": number, "voice": voice, "createdAt": AT, "userId": USER}


def told(opened: Door, **fields: Any) -> Any:
    """The voice that the host is told with a new post."""
    assert opened.generate(**fields).status_code == 200
    user = json.loads(opened.hosts.calls[-1].call.messages[1].content)
    return user.get("datos", {}).get("voz_de_marca")


def analysing(*answers: Scripted) -> FakeChatHosts:
    """Hosts whose model first hears a warm voice, and writes a post afterwards."""
    return FakeChatHosts(*(answers or (json.dumps(WARM),)), otherwise=post())


@pytest.mark.story("103.18")
def test_put_keeps_a_voice_that_the_next_generation_uses_unsent(opened: Door) -> None:
    """Until another one is used, or none; a request's own voice wins."""
    assert opened.http.get(VOICE).json == NOTHING
    assert told(opened) is None

    warm = opened.http.put(VOICE, json={"voice": WARM, "clientId": "cli1"})
    first = told(opened)
    own = told(opened, context={"brandVoice": "Formal"})
    beside = told(opened, context={"product": "Grano"})
    dry = opened.http.put(VOICE, json={"voice": {"summary": "Seca."}})
    second = told(opened)

    assert warm.json == {**NOTHING, "voice": WARM, "version": 1, "versions": [version(1, WARM)]}
    assert (first, own, beside, second) == (WARM_IN_WORDS, "Formal", WARM_IN_WORDS, "Seca.")
    assert dry.json == opened.http.get(VOICE).json
    assert dry.json == {
        "voice": DRY,
        "version": 2,
        "versions": [version(2, DRY), version(1, WARM)],
        "nextCursor": None,
    }


def test_put_uses_a_kept_version_again_or_none(opened: Door) -> None:
    """No new version comes of it, and none is lost."""
    for voice in (WARM, DRY):
        opened.http.put(VOICE, json={"voice": voice})
    older = opened.http.put(VOICE, json={"version": 1}).get_json()
    said = told(opened)
    none = opened.http.put(VOICE, json={"voice": None}).get_json()

    assert (older["voice"], older["version"], len(older["versions"])) == (WARM, 1, 2)
    assert said == WARM_IN_WORDS
    assert (none["voice"], none["version"], len(none["versions"])) == (None, None, 2)
    assert told(opened) is None
    assert_problem(opened.http.put(VOICE, json={"version": 3}), 404, "not_found")


def test_versions_come_page_by_page(opened: Door) -> None:
    """The newest first."""
    for number in range(3):
        opened.http.put(VOICE, json={"voice": {"summary": f"Voz {number}"}})
    first = opened.http.get(f"{VOICE}?limit=2").get_json()
    rest = opened.http.get(f"{VOICE}?limit=2&cursor={first['nextCursor']}").get_json()

    assert [each["version"] for each in (*first["versions"], *rest["versions"])] == [3, 2, 1]
    assert (first["nextCursor"], rest["nextCursor"], rest["version"]) == ("2", None, 3)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"version": None},
        {"version": 0},
        {"version": 10**30},
        {"version": "1"},
        {"version": 1, "voice": None},
        {"voice": "Cálida"},
        {"voice": {}},
        {"voice": {"summary": " \u200b"}},
        {"voice": {"summary": "x" * 2001}},
        {"voice": WARM | {"traits": ["x"] * 9}},
        {"voice": WARM | {"avoid": [""]}},
        {"voice": WARM | {"address": "ella"}},
        {"voice": WARM | {"color": "rojo"}},
        {"voice": WARM, "clientId": "cli2"},
    ],
)
def test_put_refuses_what_is_no_voice(opened: Door, body: dict[str, Any]) -> None:
    """Nothing is kept of it."""
    assert_problem(opened.http.put(VOICE, json=body), 422, "invalid_request")
    assert opened.http.get(VOICE).json == NOTHING


@pytest.mark.story("103.18")
@pytest.mark.parametrize("headers", [{}, SSE])
def test_an_analysed_voice_is_kept_and_used_by_the_next_generation(
    headers: dict[str, str],
) -> None:
    """Answered whole or streamed; the analysis itself does not hear the voice so far."""
    with door(analysing()) as opened:
        opened.http.put(VOICE, json={"voice": DRY})
        asked = {"useCase": "brand_voice", "samples": ["¡Pásale por tu cafecito!"]}
        heard = told(opened, headers=headers, **asked)
        kept = opened.http.get(VOICE).get_json()
        used = told(opened)

    assert heard is None
    assert (kept["voice"], kept["version"]) == (WARM, 2)
    assert kept["versions"][0]["userId"] == USER
    assert used == WARM_IN_WORDS


def test_an_answer_in_an_older_voice_is_not_given_again() -> None:
    """Though the request is equal."""
    with door() as opened:
        opened.http.put(config_path(), json={"cacheHours": 24})
        answers = [opened.generate().get_json()["metadata"]["cached"] for _ in range(2)]
        opened.http.put(VOICE, json={"voice": WARM})
        answers += [opened.generate().get_json()["metadata"]["cached"] for _ in range(2)]

    assert answers == [False, True, False, True]


def test_an_equal_analysis_is_given_again_once_its_voice_is_in_use() -> None:
    """The first one changed the voice in use, so that the second was another question."""
    with door(FakeChatHosts(otherwise=json.dumps(WARM))) as opened:
        opened.http.put(config_path(), json={"cacheHours": 1})
        asked = [opened.generate(useCase="brand_voice").get_json() for _ in range(3)]
        kept = opened.http.get(VOICE).get_json()
        again = opened.http.get(f"{meta_path()}/generations/{asked[2]['id']}").get_json()

    assert [answer["metadata"]["cached"] for answer in asked] == [False, False, True]
    assert [answer["result"] for answer in asked] == [WARM] * 3
    assert again["response"]["result"] == WARM
    assert (kept["version"], len(kept["versions"])) == (1, 1)


def test_the_voice_outlives_changes_of_the_configuration(opened: Door) -> None:
    """And ends with it; the versions stay."""
    opened.http.put(VOICE, json={"voice": WARM})
    seen = opened.http.get(config_path()).get_json()["revision"]
    changed = opened.http.put(config_path(), json={"enabled": True, "revision": seen})
    assert changed.status_code == 200
    assert opened.http.get(VOICE).get_json()["version"] == 1

    assert opened.http.delete(config_path()).status_code == 204
    for method, body in (("GET", None), ("PUT", {"voice": WARM}), ("PUT", {"version": 1})):
        answer = opened.http.open(VOICE, method=method, json=body)
        assert_problem(answer, 404, "config_not_found")
    opened.configure()
    made_anew = opened.http.get(VOICE).get_json()
    assert (made_anew["version"], len(made_anew["versions"])) == (None, 1)


def test_clients_do_not_hear_each_other_s_voices(opened: Door) -> None:
    """Nor can they use a version of another."""
    opened.http.put(VOICE, json={"voice": WARM})
    opened.configure(OTHER)
    theirs = f"{meta_path(OTHER)}/brand-voice"

    assert opened.http.get(theirs).json == NOTHING
    assert told(opened, tenant=OTHER) is None
    assert_problem(opened.http.put(theirs, json={"version": 1}), 404, "not_found")
