"""The configuration service: partial updates, keys that stay where they belong, two editors."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.errors import (
    ConfigExists,
    ConfigNotFound,
    InvalidRequest,
    LlamaMarketingError,
    NotFound,
    RevisionConflict,
    StateConflict,
)
from llama_marketing.domain.usage.quota import quota_terms
from llama_marketing.ports.secret_box import Binding
from llama_marketing.testing.races import run_together
from tests.unit.app.samples import (
    API_KEY,
    ASKED,
    OTHER,
    TENANT,
    StandingClock,
    configure,
    container_over,
    counter_of,
    settings,
)

A = "http://a.local:8080/v1"
B = "http://b.local:8080/v1"
KEYS = {"a": "key-of-host-a-0123456789aaaa", "b": "key-of-host-b-0123456789bbbb"}


def key_of(container: Container, place: int = -1) -> str:
    """The key that a stored slot opens to, empty where it has none."""
    stored = container._wiring.configs().get(TENANT)
    assert stored is not None
    tokens = (*stored.sealed_fallback_keys, stored.sealed_key)
    token, config = tokens[place], stored.config
    host = config if place == -1 else config.fallback_hosts[place]
    if not token:
        return ""
    row = container._wiring.access().row(host.hosting_provider)
    origin = container._wiring.access()._origin(row, host.api_endpoint)
    binding = Binding(TENANT, host.hosting_provider, origin)
    return str(container._wiring.secret_box().open(token, binding).reveal())


# Create, read, delete ------------------------------------------------------------------------


def test_a_second_create_is_refused_and_changes_nothing() -> None:
    with container_over() as container:
        made = configure(container)
        with pytest.raises(ConfigExists):
            configure(container, quota_monthly=1)
        assert container.config_service().get(TENANT) == made


def test_what_does_not_exist_is_not_found_and_other_clients_are_apart() -> None:
    with container_over() as container:
        service = container.config_service()
        configure(container, OTHER)
        acts: list[Any] = [
            lambda: service.get(TENANT),
            lambda: service.update(TENANT, {}),
            lambda: service.delete(TENANT),
            lambda: service.set_enabled(TENANT, True),
            lambda: service.select_model(TENANT, "llama-3.1-8b-instruct"),
            lambda: service.validate(TENANT),
        ]
        for act in acts:
            with pytest.raises(ConfigNotFound) as raised:
                act()
            assert isinstance(raised.value, NotFound)
        assert service.get(OTHER).client_id == "cli2"


def test_a_deleted_configuration_is_gone_and_may_be_made_again() -> None:
    with container_over() as container:
        configure(container)
        service = container.config_service()
        service.delete(TENANT)
        with pytest.raises(ConfigNotFound):
            service.get(TENANT)
        assert configure(container, api_key=None).api_key == ""


def test_racing_creates_leave_one_configuration() -> None:
    outcomes = []

    def one(container: Container) -> None:
        try:
            configure(container)
            outcomes.append("made")
        except ConfigExists:
            outcomes.append("exists")

    with container_over() as container:
        run_together([partial(one, container)] * 8)
    assert sorted(outcomes) == ["exists"] * 7 + ["made"]


def test_a_form_that_was_read_can_be_sent_back_as_it_is() -> None:
    """The JSON of GET, with its mask and its filled-in endpoint, changes only the revision."""
    with container_over() as container:
        made = configure(
            container,
            hosting_provider="together",
            fallback_hosts=[{"hostingProvider": "openrouter", "apiKey": KEYS["a"]}],
            quota_monthly=Decimal("12.5"),
            use_cases=[{"useCase": "social_post", "customPrompt": "Habla de tú."}],
        )
        assert made.warnings
        sent = made.model_dump(mode="json", by_alias=True)
        after = container.config_service().update(TENANT, sent)
        assert after == made.model_copy(update={"revision": 2, "updated_at": after.updated_at})
        assert key_of(container) == API_KEY
        assert key_of(container, 0) == KEYS["a"]
        stored = container._wiring.configs().get(TENANT)
    assert stored.config.api_endpoint == ""
    assert stored.config.warnings == ()


# Updates -------------------------------------------------------------------------------------


def test_only_what_is_sent_changes() -> None:
    with container_over() as container:
        made = configure(container, parameters={"topP": 0.5}, quota_monthly=5)
        service = container.config_service()
        after = service.update(TENANT, {"parameters": {"temperature": 0.2}})
        assert (after.parameters.temperature, after.parameters.top_p) == (0.2, 0.5)
        assert service.update(TENANT, {"quotaMonthly": None}).quota_monthly is None
        assert service.update(TENANT, {"fallbackModelId": None}).fallback_model_id is None
        last = service.set_enabled(TENANT, False)
        assert not last.enabled
        assert last.parameters == after.parameters
        assert (last.revision, last.id, last.created_at) == (5, made.id, made.created_at)
        assert service.select_model(TENANT, "llama-3.1-8b-instruct").selected_model_id == (
            "llama-3.1-8b-instruct"
        )
        assert key_of(container) == API_KEY


@pytest.mark.parametrize("value", [None, "yes", 1])
def test_a_switch_is_on_or_off(value: Any) -> None:
    with container_over() as container:
        made = configure(container)
        with pytest.raises(InvalidRequest):
            container.config_service().set_enabled(TENANT, value)
        with pytest.raises(InvalidRequest):
            container.config_service().select_model(TENANT, value)
        assert container.config_service().get(TENANT) == made


def test_two_editors_lose_nothing() -> None:
    """The second, who saw an older revision, is told and changes nothing; a stale create too."""
    with container_over() as container:
        configure(container)
        service = container.config_service()
        seen = service.get(TENANT).revision
        first = service.update(TENANT, {"quotaMonthly": 7, "revision": seen})
        with pytest.raises(RevisionConflict) as raised:
            service.update(TENANT, {"quotaMonthly": 9, "revision": seen})
        assert isinstance(raised.value, StateConflict)
        assert service.get(TENANT) == first
        assert service.update(TENANT, {"quotaMonthly": 9, "revision": 2}).revision == 3


def test_editors_at_the_same_time_are_applied_or_told(tmp_path: Path) -> None:
    """Each update that was answered is in the end's revision count; none is silently lost."""
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    done, told = [], []

    def one(container: Container, place: int) -> None:
        try:
            changed = {"useCases": [{"useCase": "social_post", "maxTokensOverride": place + 1}]}
            done.append(container.config_service().update(TENANT, changed).revision)
        except RevisionConflict as error:
            told.append(error)

    with container_over(**store) as container:
        configure(container)
        run_together([partial(one, container, place) for place in range(6)])
        assert sorted(done) == list(range(2, len(done) + 2))
        assert len(done) + len(told) == 6
        assert container.config_service().get(TENANT).revision == len(done) + 1


def test_a_change_is_later_than_the_one_before_whatever_the_clock_says() -> None:
    """The books take the terms of the latest change; a clock that is behind must not lose one."""
    clock = StandingClock()
    with container_over(None, clock) as container:
        configure(container, quota_monthly=5, quota_unit="generations")
        container.generation_service().generate(TENANT, ASKED)
        clock.go_on(-3600)
        after = container.config_service().update(TENANT, {"quotaMonthly": 0})
        assert after.updated_at > after.created_at
        assert quota_terms(after).as_of == after.updated_at
        with pytest.raises(LlamaMarketingError, match="quota"):
            container.generation_service().generate(TENANT, ASKED)
        assert counter_of(container).limit == 0


@pytest.mark.parametrize("name", ["client_id", "clientId", "organizationId"])
def test_a_body_that_names_another_client_is_refused(name: str) -> None:
    with container_over() as container:
        service = container.config_service()
        with pytest.raises(InvalidRequest) as raised:
            configure(container, **{name: "other"})
        assert raised.value.user_message == "La solicitud es de otro cliente."
        configure(container, client_id="cli1", organization_id="org1")
        with pytest.raises(InvalidRequest):
            service.update(TENANT, {name: "other"})
        assert service.get(TENANT).revision == 1


# Models --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"selectedModelId": "gpt-4"}, "selectedModelId"),
        ({"fallbackModelId": "gpt-4"}, "fallbackModelId"),
        (
            {"useCases": [{"useCase": "ad_copy", "modelOverride": "gpt-4"}]},
            "useCases.modelOverride",
        ),
        (
            {"fallbackHosts": [{"hostingProvider": "groq", "modelId": "gpt-4"}]},
            "fallbackHosts.modelId",
        ),
    ],
)
def test_a_model_has_to_be_in_the_catalog(fields: dict[str, Any], named: str) -> None:
    with container_over() as container:
        with pytest.raises(InvalidRequest):
            configure(container, **fields)
        with pytest.raises(ConfigNotFound):
            container.config_service().get(TENANT)
        made = configure(container)
        with pytest.raises(InvalidRequest) as raised:
            container.config_service().update(TENANT, fields)
        assert raised.value.issues == ((named, "is not in the catalog"),)
        assert container.config_service().get(TENANT) == made


def test_a_client_whose_model_left_the_catalog_can_still_be_switched_off(tmp_path: Path) -> None:
    folder, store = tmp_path / "catalog", f"sqlite:///{tmp_path / 'store.db'}"
    folder.mkdir()
    (folder / "models.toml").write_text(
        '[[models]]\nid = "own"\nname = "Own"\nfamily = "own"\nparameter_count = "1B"\n'
        'context_window = 4096\ncapabilities = ["text"]\nas_of = 2026-11-01\nsource = "test"\n'
    )
    with container_over(
        LLAMA_MARKETING_STORE=store, LLAMA_MARKETING_CATALOG=str(folder)
    ) as container:
        configure(container, selected_model_id="own")
    with container_over(LLAMA_MARKETING_STORE=store) as container:
        service = container.config_service()
        assert service.set_enabled(TENANT, False).selected_model_id == "own"
        with pytest.raises(InvalidRequest):
            service.update(TENANT, {"selectedModelId": "own"})


# Keys ----------------------------------------------------------------------------------------


def test_a_mask_is_never_taken_for_a_key() -> None:
    with container_over() as container:
        assert configure(container, api_key="********abcd").api_key == ""
        service = container.config_service()
        shown = service.update(TENANT, {"apiKey": API_KEY})
        for kept in (shown.api_key, "", None, "tgp_v1_********abcd"):
            after = service.update(TENANT, {"apiKey": kept, "apiKeyMasked": kept})
            assert after.api_key == after.api_key_masked == "********KLMN"
            assert key_of(container) == API_KEY


@pytest.mark.parametrize(
    ("endpoint", "kept"),
    [
        ("http://a.local:8080/other/v1", True),
        ("http://A.LOCAL:8080/v1", True),
        ("http://a.local:8081/v1", False),
        ("https://a.local:8080/v1", False),
        ("http://b.local:8080/v1", False),
    ],
)
def test_a_key_is_kept_for_its_origin_alone(endpoint: str, kept: bool) -> None:
    """C2; and a key that was voided does not come back with the old address."""
    with container_over() as container:
        configure(container, hosting_provider="self_hosted", api_endpoint=A)
        service = container.config_service()
        after = service.update(TENANT, {"apiEndpoint": endpoint, "apiKey": "********KLMN"})
        assert (after.api_key != "") is kept
        assert (key_of(container) == API_KEY) is kept
        assert (service.update(TENANT, {"apiEndpoint": A}).api_key != "") is kept


def test_a_key_is_not_kept_for_another_provider_at_the_same_origin() -> None:
    with container_over() as container:
        configure(container, hosting_provider="self_hosted", api_endpoint=A)
        changed = {"hostingProvider": "openai_compatible", "apiEndpoint": A}
        assert container.config_service().update(TENANT, changed).api_key == ""
        assert key_of(container) == ""


def test_an_endpoint_of_another_provider_is_not_carried_along() -> None:
    with container_over() as container:
        configure(container, hosting_provider="self_hosted", api_endpoint=A)
        after = container.config_service().update(TENANT, {"hostingProvider": "groq"})
        assert after.api_endpoint == "https://api.groq.com/openai/v1"
        with pytest.raises(InvalidRequest, match="apiEndpoint"):
            container.config_service().update(TENANT, {"hostingProvider": "self_hosted"})


def test_the_pasted_address_of_the_providers_own_api_is_the_providers_own() -> None:
    with container_over() as container:
        configure(container, api_endpoint="https://api.deepinfra.com/v1/openai/chat/completions")
        assert container._wiring.configs().get(TENANT).config.api_endpoint == ""
        assert key_of(container) == API_KEY


# Fallback hosts ------------------------------------------------------------------------------


def compatible(endpoint: str, key: str | None = None, **fields: Any) -> dict[str, Any]:
    """A fallback host of the generic kind, without a key unless one is typed."""
    typed = {} if key is None else {"apiKey": key}
    return {"hostingProvider": "openai_compatible", "apiEndpoint": endpoint, **typed, **fields}


def fallback_keys(container: Container) -> list[str]:
    """The keys of the fallback hosts in their order."""
    stored = container._wiring.configs().get(TENANT)
    return [key_of(container, place) for place in range(len(stored.config.fallback_hosts))]


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ([compatible(A), compatible(B)], [KEYS["a"], KEYS["b"]]),
        ([compatible(B), compatible(A)], [KEYS["b"], KEYS["a"]]),
        ([compatible(B)], [KEYS["b"]]),
        ([compatible(A, "new-key"), compatible(B)], ["new-key", KEYS["b"]]),
        (
            [compatible("http://c.local/v1"), compatible(B), compatible(A)],
            ["", KEYS["b"], KEYS["a"]],
        ),
        ([compatible(A), compatible(A)], [KEYS["a"], ""]),
        ([compatible(A, "new-key"), compatible(A)], ["new-key", KEYS["a"]]),
        ([compatible(A) | {"hostingProvider": "self_hosted"}], [""]),
        ([], []),
    ],
)
def test_a_fallback_hosts_key_follows_its_provider_and_origin(
    sent: list[dict[str, Any]], keys: list[str]
) -> None:
    """Wherever it stood before: never lost by another order, never another host's."""
    with container_over() as container:
        configure(container, fallback_hosts=[compatible(A, KEYS["a"]), compatible(B, KEYS["b"])])
        after = container.config_service().update(TENANT, {"fallbackHosts": sent})
        assert fallback_keys(container) == keys
        assert [bool(host.api_key) for host in after.fallback_hosts] == [bool(k) for k in keys]
        assert key_of(container) == API_KEY


def test_two_accounts_at_one_origin_are_told_apart_by_their_masks() -> None:
    with container_over() as container:
        both = [compatible(A, KEYS["a"]), compatible(A, KEYS["b"])]
        made = configure(container, fallback_hosts=both)
        masks = [host.api_key_masked for host in made.fallback_hosts]
        swapped = [compatible(A, apiKeyMasked=mask) for mask in masks[::-1]]
        container.config_service().update(TENANT, {"fallbackHosts": swapped})
        assert fallback_keys(container) == [KEYS["b"], KEYS["a"]]


def test_fallback_hosts_that_are_not_sent_stay() -> None:
    with container_over() as container:
        hosts = [compatible(A, KEYS["a"], modelId="llama-3.1-8b-instruct"), compatible(B)]
        configure(container, fallback_hosts=hosts)
        after = container.config_service().update(TENANT, {"quotaMonthly": 3})
        assert fallback_keys(container) == [KEYS["a"], ""]
        assert after.fallback_hosts[0].model_id == "llama-3.1-8b-instruct"
        assert after.fallback_hosts[1].api_endpoint == B


def test_a_fallback_host_shows_its_own_endpoint_where_none_is_typed() -> None:
    with container_over() as container:
        made = configure(container, fallback_hosts=[{"hostingProvider": "openrouter"}])
        assert made.fallback_hosts[0].api_endpoint == "https://openrouter.ai/api/v1"
        for wrong in ({"hostingProvider": "nobody"}, {"hostingProvider": "self_hosted"}):
            with pytest.raises(InvalidRequest):
                container.config_service().update(TENANT, {"fallbackHosts": [wrong]})


# Bad fields ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"foo": 1},
        {"parameters": {"foo": 1}},
        {"advanced": {"foo": 1}},
        {"moderation": {"foo": 1}},
        {"useCases": [{"useCase": "social_post", "foo": 1}]},
        {"fallbackHosts": [{"hostingProvider": "groq", "foo": 1}]},
        {"quotaMonthly": -1},
        {"quotaMonthly": float("nan")},
        {"quotaMonthly": float("inf")},
        {"quotaMonthly": 1_000_001},
        {"quotaMonthly": 1.5, "quotaUnit": "tokens"},
        {"quotaMonthly": "5"},
        {"quotaMonthly": True},
        {"parameters": {"temperature": float("nan")}},
        {"parameters": {"temperature": 2.1}},
        {"parameters": {"maxTokens": 0}},
        {"parameters": {"systemPrompt": "\ud800"}},
        {"apiKey": "with space"},
        {"apiKey": "ñ"},
        {"apiKey": "\ud800"},
        {"apiKey": "x" * 4097},
        {"apiKey": 5},
        {"apiEndpoint": "ftp://x"},
        {"apiEndpoint": "http://user:pass@x/v1"},
        {"apiEndpoint": "http://x:99999/v1"},
        {"apiEndpoint": "http://x/v1?key=1"},
        {"deadlineSeconds": 0},
        {"deadlineSeconds": float("nan")},
        {"hostingProvider": ""},
        {"hostingProvider": "\ud800"},
        {"enabled": "yes"},
        {"selectedModelId": "\ud800"},
        {"useCases": [{"useCase": "social_post"}, {"useCase": "social_post"}]},
    ],
    ids=str,
)
def test_a_wrong_field_is_refused_and_nothing_is_written(fields: dict[str, Any]) -> None:
    with container_over() as container:
        service = container.config_service()
        for act in (
            lambda: configure(container, **fields),
            lambda: service.validate(TENANT, {"hostingProvider": "groq"} | fields),
        ):
            with pytest.raises(InvalidRequest) as raised:
                act()
            assert raised.value.issues
            assert raised.value.user_message.endswith(".")
        with pytest.raises(ConfigNotFound):
            service.get(TENANT)
        made = configure(container)
        with pytest.raises(InvalidRequest):
            service.update(TENANT, fields)
        assert service.get(TENANT) == made


@pytest.mark.parametrize("body", [None, 5, "text", [], [1], ()])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    with container_over() as container:
        service = container.config_service()
        for act in (service.create, service.update, service.validate):
            if body is None and act == service.validate:
                continue
            with pytest.raises(InvalidRequest):
                act(TENANT, body)


def test_a_new_configuration_names_its_host() -> None:
    with container_over() as container:
        for fields in ({}, {"hostingProvider": None}):
            with pytest.raises(InvalidRequest) as raised:
                container.config_service().create(TENANT, fields)
            assert raised.value.issues == (("hostingProvider", "is required"),)


def test_the_hosts_are_cards_with_their_status() -> None:
    with container_over() as container:
        cards = {card.id: card for card in container.config_service().hosts()}
    assert cards["meta_ai"].status == "retired"
    assert cards["deepinfra"].status == "live"
    assert not cards.keys() & {"openai", "anthropic", "gemini"}


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini"])
def test_another_provider_is_no_host_of_llama(provider: str) -> None:
    with container_over() as container:
        service = container.config_service()
        for fields in (
            {"hostingProvider": provider, "apiKey": API_KEY},
            {"hostingProvider": "groq", "fallbackHosts": [{"hostingProvider": provider}]},
        ):
            with pytest.raises(InvalidRequest, match="not known"):
                service.create(TENANT, fields)
            with pytest.raises(InvalidRequest, match="not known"):
                service.validate(TENANT, fields)


def test_the_settings_of_these_tests_hold_a_real_key() -> None:
    assert len(settings().encryption_keys) == 1
