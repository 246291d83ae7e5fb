"""Keys of other providers: sealed for their origin, shown as masks, tried with a real call."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatReply, FinishReason, ReportedUsage, ServedModel
from llama_marketing.domain.credentials import ProviderSecret
from llama_marketing.domain.errors import (
    BadKey,
    HostError,
    HostRateLimited,
    HostUnreachable,
    InvalidRequest,
    ModelNotServed,
    NoCredit,
    NotFound,
    RevisionConflict,
    SecretBindingError,
)
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.usage.entries import Purpose
from llama_marketing.testing.credentials import FakeProviderCredentials
from llama_marketing.testing.hosts import FakeChatHosts
from llama_marketing.testing.invariants import assert_books_agree
from tests.unit.app.samples import (
    MONTH,
    OTHER,
    OTHER_FERNET_KEY,
    TENANT,
    StandingClock,
    books_of,
    container_over,
    counter_of,
    entries_of,
    holds_of,
    settings,
)

KEY = "sk-proj-0123456789abcdefghijKLMN"
MASK = "sk-proj-********KLMN"
NEW = "sk-0123456789abcdefgh"
READ_BACK = {"apiKey": MASK, "apiKeyMasked": MASK, "updatedAt": "x", "provider": "openai"}
LIST = ServedModel("gpt-6-luna")


def usable(container: Container, provider: str = "openai") -> ProviderSecret | None:
    """What who calls the provider would get."""
    found: ProviderSecret | None = container._wiring.credentials().key(TENANT, provider)
    return found


def revealed(container: Container, provider: str = "openai") -> str:
    """The usable key itself."""
    found = usable(container, provider)
    assert found is not None
    return found.key.reveal()


# Keeping and showing -------------------------------------------------------------------------


def test_a_key_is_kept_sealed_and_shown_as_a_mask(tmp_path: Path) -> None:
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    with container_over(**store) as container:
        service = container.config_service()
        made = service.set_provider_key(TENANT, "openai", {"apiKey": KEY, "model": "gpt-6.2-sol"})
        assert made == service.provider_key(TENANT, "openai")
        assert revealed(container) == KEY
    written = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"gAAAAA" in written
    assert b"0123456789abcdefghij" not in written
    assert (made.api_key, made.api_key_masked, made.model) == (MASK, MASK, "gpt-6.2-sol")
    assert (made.revision, made.updated_at) == (1, "2026-11-24T18:00:00.000000Z")


@pytest.mark.parametrize(
    ("fields", "mask", "key", "model"),
    [
        ({}, MASK, KEY, "m1"),
        ({"apiKey": MASK}, MASK, KEY, "m1"),
        ({"apiKey": ""}, MASK, KEY, "m1"),
        ({"apiKey": None, "model": "m2"}, MASK, KEY, "m2"),
        ({"model": None}, MASK, KEY, ""),
        ({"api_key": NEW}, "sk-********efgh", NEW, "m1"),
        (READ_BACK, MASK, KEY, "m1"),
    ],
)
def test_what_is_not_sent_is_kept(fields: dict[str, Any], mask: str, key: str, model: str) -> None:
    with container_over() as container:
        service = container.config_service()
        service.set_provider_key(TENANT, "openai", {"apiKey": KEY, "model": "m1"})
        changed = service.set_provider_key(TENANT, "openai", fields)
        found = usable(container)
    assert (changed.api_key, changed.model or "", changed.revision) == (mask, model, 2)
    assert found is not None
    assert (found.key.reveal(), found.model) == (key, model)


@pytest.mark.parametrize("fields", [{}, {"apiKey": ""}, {"apiKey": MASK}, {"model": "gpt-6-luna"}])
def test_the_first_time_a_key_is_needed_and_a_mask_is_none(fields: dict[str, Any]) -> None:
    with container_over() as container:
        service = container.config_service()
        with pytest.raises(InvalidRequest) as refused:
            service.set_provider_key(TENANT, "openai", fields)
        assert refused.value.issues == (("apiKey", "is required"),)
        assert service.provider_keys(TENANT) == ()


def test_the_set_of_providers_is_open() -> None:
    """Also what the catalog does not know yet; its key shows no prefix."""
    with container_over() as container:
        service = container.config_service()
        service.set_provider_key(TENANT, "openai", {"apiKey": KEY})
        service.set_provider_key(TENANT, "mistral_9", {"apiKey": KEY})
        listed = service.provider_keys(TENANT)
        assert revealed(container, "mistral_9") == KEY
    assert [(key.provider, key.api_key) for key in listed] == [
        ("mistral_9", "********KLMN"),
        ("openai", MASK),
    ]


@pytest.mark.parametrize("provider", ["meta", "meta_ai", "compare", "OpenAI", "", "x" * 65])
def test_a_reserved_or_ill_formed_provider_is_refused_everywhere(provider: str) -> None:
    with container_over() as container:
        service = container.config_service()
        for act in (
            lambda: service.set_provider_key(TENANT, provider, {"apiKey": KEY}),
            lambda: service.provider_key(TENANT, provider),
            lambda: service.delete_provider_key(TENANT, provider),
            lambda: service.validate_provider_key(TENANT, provider, {"apiKey": KEY}),
        ):
            with pytest.raises(InvalidRequest):
                act()


def test_ids_of_another_client_or_provider_are_refused() -> None:
    with container_over() as container:
        service = container.config_service()
        for other in ({"clientId": "cli2"}, {"organizationId": "x"}, {"provider": "gemini"}):
            with pytest.raises(InvalidRequest):
                service.set_provider_key(TENANT, "openai", {"apiKey": KEY, **other})
        own = {"clientId": "cli1", "organizationId": "org1", "provider": "openai"}
        service.set_provider_key(TENANT, "openai", {"apiKey": KEY, **own})


def test_of_two_editors_the_second_is_told() -> None:
    with container_over() as container:
        service = container.config_service()
        first = service.set_provider_key(TENANT, "openai", {"apiKey": KEY})
        seen = {"revision": first.revision}
        service.set_provider_key(TENANT, "openai", seen | {"model": "a"})
        with pytest.raises(RevisionConflict):
            service.set_provider_key(TENANT, "openai", seen | {"model": "b"})
        assert service.provider_key(TENANT, "openai").model == "a"


def test_a_deleted_key_is_gone_and_the_others_stay() -> None:
    with container_over() as container:
        service = container.config_service()
        for provider in ("openai", "gemini"):
            service.set_provider_key(TENANT, provider, {"apiKey": KEY})
        service.delete_provider_key(TENANT, "openai")
        for act in (service.delete_provider_key, service.provider_key):
            with pytest.raises(NotFound):
                act(TENANT, "openai")
        assert usable(container) is None
        assert [key.provider for key in service.provider_keys(TENANT)] == ["gemini"]


def test_clients_do_not_see_each_others_keys() -> None:
    with container_over() as container:
        service = container.config_service()
        service.set_provider_key(TENANT, "openai", {"apiKey": KEY})
        assert service.provider_keys(OTHER) == ()
        with pytest.raises(NotFound):
            service.provider_key(OTHER, "openai")


def test_a_sealed_key_opens_for_no_other_client_provider_or_origin(tmp_path: Path) -> None:
    """C2, C16: a row that was copied, or a host that the operator moved."""
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    with container_over(**store) as container:
        container.config_service().set_provider_key(TENANT, "openai", {"apiKey": KEY})
        stored = container._wiring.provider_keys().get(TENANT, "openai")
        container._wiring.provider_keys().put(OTHER, stored, 0)
        with pytest.raises(SecretBindingError):
            container._wiring.credentials().key(OTHER, "openai")
    folder = tmp_path / "catalog"
    folder.mkdir()
    (folder / "hosts.toml").write_text(
        '[[hosts]]\nid = "openai"\nbase_url = "https://elsewhere.example/v1"\n'
    )
    chat = FakeChatHosts()
    with container_over(chat, None, LLAMA_MARKETING_CATALOG=str(folder), **store) as container:
        result = container.config_service().validate_provider_key(TENANT, "openai")
        assert result.outcome == "bad_key"
        assert "Captúrala de nuevo" in result.message
    assert (chat.calls, chat.models_calls) == ([], [])


# Trying --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "model", "extra"),
    [
        ("openai", "gpt-6-luna", {"reasoning_effort": "none"}),
        ("anthropic", "claude-haiku-5-5", {"thinking": {"type": "disabled"}}),
        (
            "gemini",
            "gemini-3.5-flash-lite",
            {"generationConfig": {"thinkingConfig": {"thinkingLevel": "minimal"}}},
        ),
    ],
)
def test_the_stored_key_is_tried_with_the_default_model_and_little_thinking(
    provider: str, model: str, extra: dict[str, Any]
) -> None:
    clock = StandingClock()

    def slow(*_: object) -> ChatReply:
        clock.go_on(0.5)
        return ChatReply("", FinishReason.LENGTH, model=f"{model}-2026")

    chat = FakeChatHosts(slow, served=(LIST,))
    with container_over(chat, clock) as container:
        service = container.config_service()
        service.set_provider_key(TENANT, provider, {"apiKey": KEY})
        result = service.validate_provider_key(TENANT, provider)
    assert (result.outcome, result.model, result.latency_ms) == ("ok", f"{model}-2026", 500)
    (seen,), (listed,) = chat.calls, chat.models_calls
    assert seen.target == listed
    assert seen.target.row.id == provider
    assert seen.target.key is not None and seen.target.key.reveal() == KEY
    assert (seen.call.model, seen.call.max_tokens) == (model, 256)
    assert (seen.call.traits.accepts_sampling, seen.call.traits.extra_body) == (False, extra)
    assert [message.content for message in seen.call.messages] == ["Hello"]


@pytest.mark.parametrize(
    ("fields", "key", "model"),
    [
        (None, KEY, "gpt-6.2-sol"),
        ({"apiKey": MASK}, KEY, "gpt-6.2-sol"),
        ({"model": "brand-new"}, KEY, "brand-new"),
        ({"model": None}, KEY, "gpt-6-luna"),
        ({"apiKey": "sk-typed"}, "sk-typed", "gpt-6.2-sol"),
        ({"apiKey": "sk-typed", "model": "x"}, "sk-typed", "x"),
    ],
)
def test_a_form_is_laid_over_what_is_stored_and_saved_nowhere(
    fields: dict[str, Any] | None, key: str, model: str
) -> None:
    chat = FakeChatHosts(served=(LIST,))
    with container_over(chat) as container:
        service = container.config_service()
        kept = service.set_provider_key(TENANT, "openai", {"apiKey": KEY, "model": "gpt-6.2-sol"})
        assert service.validate_provider_key(TENANT, "openai", fields).outcome == "ok"
        assert service.provider_key(TENANT, "openai") == kept
    (seen,) = chat.calls
    assert seen.target.key is not None and seen.target.key.reveal() == key
    assert seen.call.model == model


def test_a_form_stands_alone_and_without_any_key_there_is_nothing_to_try() -> None:
    chat = FakeChatHosts(served=(LIST,))
    with container_over(chat) as container:
        service = container.config_service()
        assert service.validate_provider_key(TENANT, "gemini", {"apiKey": KEY}).outcome == "ok"
        assert service.provider_keys(TENANT) == ()
        for nothing in (None, {}, {"apiKey": MASK}, {"model": "x"}):
            with pytest.raises(NotFound):
                service.validate_provider_key(TENANT, "gemini", nothing)
        assert len(chat.calls) == 1


@pytest.mark.parametrize("provider", ["mistral", "deepinfra", "self_hosted"])
def test_a_provider_that_we_cannot_call_is_said(provider: str) -> None:
    """Unknown, or a host of Llama, which its own configuration tries."""
    with container_over() as container:
        service = container.config_service()
        service.set_provider_key(TENANT, provider, {"apiKey": KEY})
        with pytest.raises(InvalidRequest, match="no comparator host"):
            service.validate_provider_key(TENANT, provider)


@pytest.mark.parametrize(
    ("error", "in_list", "in_completion"),
    [
        (BadKey("401", status=401), "bad_key", "bad_key"),
        (BadKey("400 API_KEY_INVALID", status=400), "bad_key", "bad_key"),
        (BadKey("403", status=403), "bad_key", "unreachable"),
        (NoCredit("402", status=402), "no_credit", "no_credit"),
        (ModelNotServed("404", status=404), "model_not_served", "model_not_served"),
        (HostRateLimited("429", status=429), "rate_limited", "rate_limited"),
        (HostUnreachable("529", status=529), "unreachable", "unreachable"),
    ],
    ids=str,
)
def test_what_the_provider_does_is_an_outcome(
    error: HostError, in_list: str, in_completion: str
) -> None:
    for chat, expected, completions in (
        (FakeChatHosts(served=(error,)), in_list, 0),
        (FakeChatHosts(error, served=(LIST,)), in_completion, 1),
    ):
        with container_over(chat) as container:
            form = {"apiKey": KEY}
            result = container.config_service().validate_provider_key(TENANT, "openai", form)
        assert (result.outcome, len(chat.calls)) == (expected, completions)


def test_it_is_booked_at_the_providers_price_outside_the_quota() -> None:
    """Tokens written to the provider's cache cost their own price."""
    used = ReportedUsage(1000, 200, cached_tokens=400, cache_write_tokens=500)
    reply = ChatReply("Hola", FinishReason.STOP, usage=used, model="gpt-6-luna")
    with container_over(FakeChatHosts(reply, served=(LIST,))) as container:
        container.config_service().validate_provider_key(TENANT, "openai", {"apiKey": KEY})
        (entry,) = entries_of(container)
        assert (counter_of(container).settled.tokens, holds_of(container)) == (0, [])
        assert_books_agree(books_of(container), TENANT, MONTH)
        assert container.usage_service().summary(TENANT, "monthly").total_requests == 0
    assert (entry.purpose, entry.provider, entry.model) == (
        Purpose.VALIDATION,
        "openai",
        "gpt-6-luna",
    )
    assert entry.cost_usd == Decimal("0.0000765") + Decimal("0.0001")


def test_a_key_sealed_under_a_lost_encryption_key_is_never_sent(tmp_path: Path) -> None:
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    with container_over(**store) as container:
        container.config_service().set_provider_key(TENANT, "openai", {"apiKey": KEY})
    chat = FakeChatHosts(served=(LIST,))
    with container_over(chat, AI_ENCRYPTION_KEY=OTHER_FERNET_KEY, **store) as container:
        service = container.config_service()
        assert service.validate_provider_key(TENANT, "openai").outcome == "bad_key"
        assert (chat.calls, entries_of(container)) == ([], [])
        typed = service.validate_provider_key(TENANT, "openai", {"apiKey": KEY})
        assert typed.outcome == "ok"


def test_a_retired_comparator_host_is_said_without_a_call(tmp_path: Path) -> None:
    (tmp_path / "hosts.toml").write_text('[[hosts]]\nid = "openai"\nretired_on = 2026-01-01\n')
    chat = FakeChatHosts()
    with container_over(chat, LLAMA_MARKETING_CATALOG=str(tmp_path)) as container:
        form = {"apiKey": KEY}
        result = container.config_service().validate_provider_key(TENANT, "openai", form)
    assert (result.outcome, chat.models_calls) == ("host_retired", [])


def test_a_host_application_may_bring_its_own_keys() -> None:
    """Its client's, else its organization's; our own store is not asked for them."""
    shared = {("org1", "openai"): ProviderSecret("openai", Secret("shared-key"), "gpt-6.1-terra")}
    chat = FakeChatHosts(served=(LIST,))
    own = FakeProviderCredentials({}, shared)
    made = Container.from_settings(settings(), chat=chat, clock=StandingClock(), credentials=own)
    with made as container:
        service = container.config_service()
        assert service.validate_provider_key(TENANT, "openai").outcome == "ok"
        with pytest.raises(NotFound):
            service.validate_provider_key(TENANT, "gemini")
    (seen,) = chat.calls
    assert seen.target.key is not None and seen.target.key.reveal() == "shared-key"
    assert seen.call.model == "gpt-6.1-terra"
