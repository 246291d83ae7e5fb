"""Keys of other providers: an open set of names, a mask that is never a key, nothing shown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.config.changes import conceal
from llama_marketing.domain.config.masking import mask
from llama_marketing.domain.credentials import (
    RESERVED,
    ProviderKeyChanges,
    ProviderSecret,
    StoredProviderKey,
    check_provider,
)
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.secret import Secret
from llama_marketing.testing.provider_keys import sample_provider_key

KEY = "sk-proj-0123456789abcdefghijKLMN"


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini", "mistral_2", "a", "x" * 64])
def test_any_name_of_the_form_is_a_provider(provider: str) -> None:
    assert check_provider(provider) == provider


@pytest.mark.parametrize(
    "provider",
    [*sorted(RESERVED), "", "OpenAI", "2x", "_x", "open-ai", "openai\n", "x" * 65, "é", 5, None],
)
def test_reserved_words_and_other_forms_are_refused(provider: object) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_provider(provider)
    assert refused.value.issues[0][0] == "provider"


def read(**fields: Any) -> ProviderKeyChanges:
    return ProviderKeyChanges.read(conceal(fields))


def test_a_typed_key_and_model_are_read_in_either_case() -> None:
    for changes in (
        read(apiKey=KEY, model="gpt-6-luna"),
        read(api_key=KEY, model="gpt-6-luna"),
        ProviderKeyChanges.read(conceal(conceal({"apiKey": KEY, "model": "gpt-6-luna"}))),
    ):
        assert changes.api_key is not None
        assert changes.api_key.reveal() == KEY
        assert (changes.model, changes.sent("model"), changes.sent("revision")) == (
            "gpt-6-luna",
            True,
            False,
        )


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_a_mask_is_never_a_key(key: str) -> None:
    shown = mask(key, ("sk-", "sk-ant-", "AIza"))
    assert read(apiKey=shown).api_key is None


@pytest.mark.parametrize("nothing", [None, "", "********", "sk-********KLMN"])
def test_an_empty_key_counts_as_not_sent(nothing: str | None) -> None:
    assert read(apiKey=nothing).api_key is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"apiKey": "con espacio"},
        {"apiKey": "x" * 4097},
        {"apiKey": "eñe"},
        {"apiKey": 5},
        {"apiKey": [KEY]},
        {"apiEndpoint": "https://evil.example/v1"},
        {"model": ""},
        {"model": "x" * 129},
        {"model": "gpt 6"},
        {"model": "gpt-6\n"},
        {"model": "gpt-ñ"},
        {"model": 5},
        {"revision": "1"},
        {"unknown": 1},
    ],
    ids=str,
)
def test_wrong_fields_are_refused_without_the_key(wrong: dict[str, Any]) -> None:
    """An endpoint is not the client's to choose: the key goes to the catalog's origin alone."""
    with pytest.raises(InvalidRequest) as refused:
        read(**({"apiKey": KEY} | wrong))
    assert KEY not in str(refused.value) + repr(refused.value.issues)


def test_a_stored_key_shows_its_mask_and_never_the_sealed_key() -> None:
    stored = sample_provider_key()
    shown = stored.shown()
    assert (shown.provider, shown.api_key, shown.api_key_masked, shown.model, shown.revision) == (
        "openai",
        "sk-********KLMN",
        "sk-********KLMN",
        "gpt-6-luna",
        1,
    )
    assert set(shown.model_dump(by_alias=True)) == {
        "provider", "apiKey", "apiKeyMasked", "model", "updatedAt", "revision",
    }  # fmt: skip
    assert "sealed-openai" not in repr(stored) + shown.model_dump_json()
    with pytest.raises(InvalidRequest):
        StoredProviderKey.read(dict(stored) | {"sealed_key": ""})


def test_a_secret_shows_in_no_repr() -> None:
    assert KEY not in repr(ProviderSecret("openai", Secret(KEY)))
