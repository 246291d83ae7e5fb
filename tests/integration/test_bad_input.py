"""Bad input of every kind: a clear error with a stable code, and nothing half-written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings
from llama_marketing.domain.errors import (
    InvalidRequest,
    LlamaMarketingError,
    SecretUnreadable,
    SettingsError,
    StoreError,
)
from llama_marketing.domain.tenant import TenantRef
from tests.fake_host import FakeHost, completion, html, streamed

FERNET = "k6e5Yk0bqQ0m2fM1oPfr0yY4mC1q7wq3mJm5m6n7o8Q="
OTHER_FERNET = "zzzzYk0bqQ0m2fM1oPfr0yY4mC1q7wq3mJm5m6n7o8Q="
TENANT = TenantRef("org1", "cli1")
ASKED = {"use_case": "social_post", "platform": "instagram", "prompt": "Buen Fin"}
COPY = '{"content": "Hola, Café Azul", "hashtags": [], "emojis": []}'


@pytest.fixture
def host() -> Iterator[FakeHost]:
    """A host that would answer well."""
    with FakeHost() as fake:
        fake.otherwise = completion(COPY)
        yield fake


@pytest.fixture
def store(tmp_path: Path) -> str:
    """The address of a SQLite file."""
    return f"sqlite:///{tmp_path / 'store.db'}"


def made(store: str, host: FakeHost, key: str = FERNET) -> Container:
    """A container of real parts."""
    return Container.from_settings(
        Settings.from_env(
            {
                "AI_ENCRYPTION_KEY": key,
                "LLAMA_MARKETING_STORE": store,
                "LLAMA_MARKETING_ALLOWED_ENDPOINTS": host.endpoint,
                "LLAMA_MARKETING_DEADLINE": "5",
            }
        )
    )


@pytest.fixture
def container(store: str, host: FakeHost) -> Iterator[Container]:
    """A container with a configured client."""
    with made(store, host) as container:
        configure(container, host)
        yield container


def configure(container: Container, host: FakeHost) -> None:
    """Give the tenant a self-hosted server with a key."""
    container.config_service().create(
        TENANT,
        {
            "hostingProvider": "self_hosted",
            "apiEndpoint": host.base_url,
            "apiKey": "a-key-0123456789-0123456789",
            "enabled": True,
            "fallbackModelId": None,
        },
    )


def everything(path: Path) -> list[str]:
    """Every row of the store."""
    connection = sqlite3.connect(path)
    rows = list(connection.iterdump())
    connection.close()
    return rows


def assert_clear(error: LlamaMarketingError, code: str) -> None:
    """A stable code, a whole Spanish sentence, nothing secret."""
    assert error.code == code
    assert error.user_message[:1].isupper() or error.user_message[:1] in "¿¡"
    assert len(error.user_message.split()) >= 3
    for text in (str(error), repr(error), error.user_message, repr(vars(error))):
        assert "a-key-" not in text
        assert FERNET not in text
        assert OTHER_FERNET not in text


REQUESTS: dict[str, Any] = {
    "empty prompt": {"prompt": ""},
    "blank prompt": {"prompt": " \n\t\u200b"},
    "no prompt": {"prompt": None},
    "prompt over 200,000": {"prompt": "x" * 200_001},
    "surrogate in the prompt": {"prompt": "caf\ud83d"},
    "surrogate in the context": {"context": {"product": "\udc00"}},
    "unknown field": {"foo": 1},
    "unknown field in the context": {"context": {"foo": 1}},
    "unknown field in the brand kit": {"brandKit": {"foo": 1}},
    "unknown use case": {"useCase": "poem", "use_case": "poem"},
    "use case that is not offered": {"use_case": "image_analysis"},
    "ads for a platform without": {"use_case": "ad_copy", "platform": "whatsapp"},
    "landing page of another kind": {"ad": {"landingUrl": "javascript:alert(1)"}},
    "unknown field in the ad": {"ad": {"budget": 5}},
    "unknown platform": {"platform": "myspace"},
    "unknown tone": {"tone": "angry"},
    "no variations": {"variations": 0},
    "six variations": {"variations": 6},
    "variations as text": {"variations": "2"},
    "length of nothing": {"max_length": 0},
    "length that is no number": {"max_length": float("nan")},
    "another client": {"client_id": "cli2"},
    "another client, nearly": {"client_id": "cli1\n"},
    "language": {"language": "español"},
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_wrong_request_calls_nothing_and_writes_nothing(
    container: Container, host: FakeHost, tmp_path: Path, name: str
) -> None:
    before = everything(tmp_path / "store.db")
    service = container.generation_service()
    for act in (service.generate, service.stream):
        with pytest.raises(InvalidRequest) as raised:
            act(TENANT, ASKED | REQUESTS[name])
        assert_clear(raised.value, "invalid_request")
        assert raised.value.issues
    assert host.requests == []
    assert everything(tmp_path / "store.db") == before


@pytest.mark.parametrize("body", [None, 5, "text", [], [ASKED], b"{}"], ids=repr)
def test_a_request_that_is_no_object_is_refused(container: Container, body: Any) -> None:
    for act in (container.generation_service().generate, container.generation_service().stream):
        with pytest.raises(InvalidRequest) as raised:
            act(TENANT, body)
        assert_clear(raised.value, "invalid_request")


def test_a_prompt_larger_than_the_window_is_refused(
    container: Container, host: FakeHost, tmp_path: Path
) -> None:
    container.config_service().update(TENANT, {"advanced": {"contextWindow": 2048}})
    before = everything(tmp_path / "store.db")
    with pytest.raises(InvalidRequest) as raised:
        container.generation_service().generate(TENANT, ASKED | {"prompt": "café " * 5000})
    assert_clear(raised.value, "invalid_request")
    assert raised.value.issues[0][0] == "prompt"
    assert host.requests == []
    assert everything(tmp_path / "store.db") == before


@pytest.mark.parametrize(
    "bad", ["a#b", "cli1\n", "", "x" * 65, "é", "a b", "../x", "\ud800", None, 5]
)
def test_ids_are_letters_digits_dash_and_underscore(bad: Any) -> None:
    for ids in ((bad, "cli1"), ("org1", bad)):
        with pytest.raises(InvalidRequest) as raised:
            TenantRef(*ids)
        assert_clear(raised.value, "invalid_request")


@pytest.mark.parametrize(
    "fields",
    [
        {"selectedModelId": "gpt-4"},
        {"quotaMonthly": -1},
        {"quotaMonthly": float("nan")},
        {"quotaMonthly": float("-inf")},
        {"foo": 1},
        {"parameters": {"foo": {"bar": 1}}},
        {"useCases": [{"useCase": "social_post", "foo": 1}]},
        {"fallbackHosts": [{"hostingProvider": "groq", "foo": 1}]},
        {"moderation": {"foo": 1}},
        {"advanced": {"fineTuneId": "\ud800"}},
        {"apiKey": "ll\ud800ave"},
        {"apiEndpoint": "http://a/\ud800"},
        {"apiEndpoint": "http://a\n/v1"},
        {"clientId": "cli1\n"},
        {"revision": "one"},
    ],
    ids=repr,
)
def test_a_wrong_configuration_is_refused_whole(
    container: Container, tmp_path: Path, fields: dict[str, Any]
) -> None:
    before = everything(tmp_path / "store.db")
    changed = {"parameters": {"temperature": 0.1}, "apiKey": "a-key-of-another-kind"} | fields
    with pytest.raises(InvalidRequest) as raised:
        container.config_service().update(TENANT, changed)
    assert_clear(raised.value, "invalid_request")
    assert everything(tmp_path / "store.db") == before


# The operator's side -------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "short", "x" * 44, f"{FERNET},short"])
def test_a_missing_or_wrong_encryption_key_makes_no_store(
    host: FakeHost, store: str, tmp_path: Path, key: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        made(store, host, key)
    assert_clear(raised.value, "invalid_settings")
    assert "AI_ENCRYPTION_KEY" in str(raised.value)
    assert not (tmp_path / "store.db").exists()


def test_a_store_of_another_encryption_key_is_read_but_its_keys_are_not(
    host: FakeHost, store: str
) -> None:
    """Everything but the key can be used; typing the key again mends it."""
    with made(store, host) as container:
        configure(container, host)
    with made(store, host, OTHER_FERNET) as container:
        config = container.config_service().get(TENANT)
        assert config.api_key == "********6789"
        for act in (container.generation_service().generate, container.generation_service().stream):
            with pytest.raises(SecretUnreadable) as raised:
                act(TENANT, ASKED)
            assert_clear(raised.value, "secret_unreadable")
        assert host.requests == []
        assert container.config_service().validate(TENANT).outcome == "bad_key"
        assert container.config_service().set_enabled(TENANT, True).enabled
        container.config_service().update(TENANT, {"apiKey": "a-key-typed-again"})
        assert container.generation_service().generate(TENANT, ASKED).content == "Hola, Café Azul"
    assert host.requests[0].headers["authorization"] == "Bearer a-key-typed-again"


def test_a_database_file_that_is_not_ours_is_refused_and_left_alone(
    host: FakeHost, tmp_path: Path
) -> None:
    theirs, text = tmp_path / "theirs.db", tmp_path / "text.db"
    connection = sqlite3.connect(theirs)
    connection.execute("CREATE TABLE shopping (item)")
    connection.commit()
    connection.close()
    text.write_text("café, pan, leche\n" * 400)
    for path in (theirs, text, tmp_path):
        before = path.read_bytes() if path.is_file() else b""
        with pytest.raises(StoreError) as raised:
            made(f"sqlite:///{path}", host)
        code = "store_incompatible" if path.is_file() else "store_unavailable"
        assert_clear(raised.value, code)
        assert not path.is_file() or path.read_bytes() == before


# The host's side -----------------------------------------------------------------------------


def test_a_host_that_is_down_answers_html_or_leaves_is_told_and_booked(
    container: Container, host: FakeHost
) -> None:
    service = container.generation_service()
    host.otherwise = html()
    with pytest.raises(LlamaMarketingError) as raised:
        service.generate(TENANT, ASKED)
    assert_clear(raised.value, "bad_payload")
    host.otherwise = streamed('{"content": "Hola', finish=None, done=False)
    *_, last = service.stream(TENANT, ASKED)
    assert (last.event, last.data["code"]) == ("error", "truncated")
    assert last.data["detail"].startswith("La respuesta")
    port = "http://127.0.0.1:9/v1"
    container.config_service().update(TENANT, {"apiEndpoint": port, "apiKey": "k"})
    with pytest.raises(LlamaMarketingError) as refused:
        service.generate(TENANT, ASKED)
    assert refused.value.code in ("host_unreachable", "blocked_endpoint")
    outcomes = [record.error_code for record in service.history(TENANT).items]
    assert outcomes == [refused.value.code, "truncated", "bad_payload"]
    month = container._wiring.books().entries(TENANT, "2000-01-01", "2100-01-01")
    assert [entry.error_code for entry in month] == outcomes[::-1]
    assert container._wiring.books().expired_holds("9999") == []
