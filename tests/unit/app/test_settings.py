"""Settings: every variable, its default and its bounds; a secret is in no error and no repr."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from llama_marketing.app.settings import VARIABLES, Settings, shown_settings
from llama_marketing.domain.errors import SettingsError
from tests.unit.app.samples import FERNET_KEY, OTHER_FERNET_KEY

KEY = {"AI_ENCRYPTION_KEY": FERNET_KEY}


def test_the_defaults_are_those_of_the_interface() -> None:
    settings = Settings.from_env(KEY)
    assert settings.store == "sqlite:///llama_marketing.db"
    assert settings.timezone == "America/Mexico_City"
    assert settings.json_case == "camel"
    assert (settings.deadline_seconds, settings.stream_deadline_seconds) == (60, 120)
    assert (settings.hold_grace_seconds, settings.retention_days) == (60, 90)
    assert (settings.allowed_endpoints, settings.catalog_folder, settings.token) == ("", None, None)


def test_every_variable_is_read(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "AI_ENCRYPTION_KEY": f" {FERNET_KEY} , {OTHER_FERNET_KEY},",
            "LLAMA_MARKETING_STORE": "memory://",
            "LLAMA_MARKETING_ALLOWED_ENDPOINTS": "10.0.0.0/8",
            "LLAMA_MARKETING_MEDIA_BUCKETS": "creatives/shown/",
            "LLAMA_MARKETING_DEADLINE": "7.5",
            "LLAMA_MARKETING_HOLD_GRACE": "0",
            "LLAMA_MARKETING_CATALOG": str(tmp_path),
            "LLAMA_MARKETING_TIMEZONE": "America/Tijuana",
            "LLAMA_MARKETING_RETENTION_DAYS": "30",
            "LLAMA_MARKETING_JSON_CASE": "snake",
            "LLAMA_MARKETING_BILLING_QUEUE": "https://sqs.us-east-1.amazonaws.com/1/billing",
            "LLAMA_MARKETING_QUEUE": "sqs://https://sqs.us-east-1.amazonaws.com/1/moderation",
            "LLAMA_MARKETING_TOKEN": " token ",
        }
    )
    keys = [key.reveal() for key in settings.encryption_keys]
    assert keys == [FERNET_KEY, OTHER_FERNET_KEY]
    assert (settings.deadline_seconds, settings.stream_deadline_seconds) == (7.5, 7.5)
    assert (settings.hold_grace_seconds, settings.retention_days) == (0, 30)
    assert (settings.store, settings.allowed_endpoints) == ("memory://", "10.0.0.0/8")
    assert settings.media_buckets == "creatives/shown/"
    assert (settings.catalog_folder, settings.timezone) == (tmp_path, "America/Tijuana")
    assert settings.json_case == "snake"
    assert settings.billing_queue == "https://sqs.us-east-1.amazonaws.com/1/billing"
    assert settings.job_queue == "https://sqs.us-east-1.amazonaws.com/1/moderation"
    assert settings.token is not None
    assert settings.token.reveal() == "token"


@pytest.mark.parametrize("value", ["", " ", ",", " , "])
def test_a_missing_encryption_key_refuses_to_start_and_says_how_to_make_one(value: str) -> None:
    with pytest.raises(SettingsError, match=r"AI_ENCRYPTION_KEY.*generate_key") as raised:
        Settings.from_env({"AI_ENCRYPTION_KEY": value})
    assert "AI_ENCRYPTION_KEY" in raised.value.user_message
    assert Settings.from_env({"AI_ENCRYPTION_KEY": value}, require_key=False).encryption_keys == ()


@pytest.mark.parametrize(
    "name",
    ["LLAMA_MARKETING_DEADLINE", "LLAMA_MARKETING_HOLD_GRACE", "LLAMA_MARKETING_RETENTION_DAYS"],
)
@pytest.mark.parametrize("value", ["-1", "nan", "inf", "soon", "86401", "1e9"])
def test_a_number_is_finite_and_in_its_bounds(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**KEY, name: value})


def test_a_generation_is_kept_for_at_least_one_day() -> None:
    with pytest.raises(SettingsError, match="RETENTION"):
        Settings.from_env({**KEY, "LLAMA_MARKETING_RETENTION_DAYS": "0.5"})
    with pytest.raises(SettingsError, match="DEADLINE"):
        Settings.from_env({**KEY, "LLAMA_MARKETING_DEADLINE": "0"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LLAMA_MARKETING_JSON_CASE", "kebab"),
        ("LLAMA_MARKETING_CATALOG", "/no/such/folder"),
        ("LLAMA_MARKETING_BILLING_QUEUE", "billing"),
        ("LLAMA_MARKETING_QUEUE", "moderation"),
        ("LLAMA_MARKETING_QUEUE", "inline://x"),
        ("LLAMA_MARKETING_QUEUE", "sqs://"),
        ("LLAMA_MARKETING_QUEUE", "sqs://user:pass@sqs.test/1/moderation"),
        ("LLAMA_MARKETING_QUEUE", "https://sqs.us-east-1.amazonaws.com/1/moderation"),
        ("LLAMA_MARKETING_BILLING_QUEUE", "https://sqs.us-east-1.amazonaws.com/"),
        ("LLAMA_MARKETING_BILLING_QUEUE", "https://user:pass@sqs.test/1/billing"),
    ],
)
def test_a_wrong_choice_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({**KEY, name: value})


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("", ""),
        ("inline://", ""),
        ("sqs://sqs.eu-west-1.amazonaws.com/1/m", "https://sqs.eu-west-1.amazonaws.com/1/m"),
        ("sqs://http://127.0.0.1:4566/1/m", "http://127.0.0.1:4566/1/m"),
    ],
)
def test_jobs_wait_in_the_store_unless_a_queue_is_named(text: str, url: str) -> None:
    assert Settings.from_env({**KEY, "LLAMA_MARKETING_QUEUE": text}).job_queue == url


def test_the_process_environment_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AI_ENCRYPTION_KEY", FERNET_KEY)
    monkeypatch.setenv("LLAMA_MARKETING_STORE", "memory://")
    assert Settings.from_env().store == "memory://"
    shown = {variable.name: value for variable, value in shown_settings()}
    assert shown["LLAMA_MARKETING_STORE"] == "memory://"


def test_secrets_are_shown_as_stars_and_what_is_unset_by_its_default() -> None:
    environ = {**KEY, "LLAMA_MARKETING_TOKEN": "very-secret", "LLAMA_MARKETING_TIMEZONE": "UTC"}
    shown = {variable.name: value for variable, value in shown_settings(environ)}
    assert list(shown) == [variable.name for variable in VARIABLES]
    assert shown["AI_ENCRYPTION_KEY"] == shown["LLAMA_MARKETING_TOKEN"] == "********"
    assert shown["LLAMA_MARKETING_TIMEZONE"] == "UTC"
    assert shown["LLAMA_MARKETING_STORE"] == "sqlite:///llama_marketing.db"
    assert {v.name: value for v, value in shown_settings({})}["AI_ENCRYPTION_KEY"] == ""


def test_neither_repr_nor_pickle_gives_a_secret_away() -> None:
    settings = Settings.from_env({**KEY, "LLAMA_MARKETING_TOKEN": "very-secret"})
    for text in (repr(settings), str(settings)):
        assert FERNET_KEY not in text
        assert "very-secret" not in text
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(settings)
