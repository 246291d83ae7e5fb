"""Host slots: where a key may go, and what a target is made of."""

from __future__ import annotations

import pytest

from llama_marketing.app.host_access import MAIN, HostAccess, HostSlot, slot_of
from llama_marketing.domain.errors import BadKey, InvalidRequest, SecretBindingError
from llama_marketing.domain.secret import Secret
from tests.unit.app.samples import OTHER, TENANT, configure, container_over

A = "http://a.local:8080/v1"
KEY = Secret("key-0123456789-0123456789")


@pytest.fixture
def access() -> HostAccess:
    """The access of a container without clients."""
    with container_over() as container:
        made: HostAccess = container._wiring.access()
        return made


def test_a_slot_seals_its_key_and_shows_its_mask_alone(access: HostAccess) -> None:
    slot = access.slot(TENANT, "self_hosted", A, KEY, None)
    assert (slot.endpoint, slot.mask) == (A, "********6789")
    assert slot.token.startswith("gAAAAA")
    assert slot.token not in repr(slot)
    target = access.target(TENANT, slot)
    assert target.key is not None
    assert (target.base_url, target.key.reveal()) == (A, KEY.reveal())


def test_a_sealed_key_opens_for_no_other_client_and_no_other_origin(access: HostAccess) -> None:
    slot = access.slot(TENANT, "self_hosted", A, KEY, None)
    with pytest.raises(SecretBindingError):
        access.target(OTHER, slot)
    moved = HostSlot("self_hosted", "http://b.local:8080/v1", slot.mask, slot.token)
    with pytest.raises(SecretBindingError):
        access.target(TENANT, moved)
    renamed = HostSlot("openai_compatible", A, slot.mask, slot.token)
    with pytest.raises(SecretBindingError):
        access.target(TENANT, renamed)


def test_a_host_that_needs_a_key_has_one_or_is_refused(access: HostAccess) -> None:
    with pytest.raises(BadKey) as raised:
        access.target(TENANT, access.slot(TENANT, "groq", None, None, None))
    assert raised.value.host == "groq"
    own = access.target(TENANT, access.slot(TENANT, "self_hosted", A, None, None))
    assert own.key is None


def test_an_unsaved_target_takes_the_typed_key_else_the_kept_one_else_none(
    access: HostAccess,
) -> None:
    kept = access.slot(TENANT, "groq", None, KEY, None)
    typed = access.unsaved_target(TENANT, kept, Secret("typed"))
    stored = access.unsaved_target(TENANT, kept, None)
    none = access.unsaved_target(TENANT, HostSlot("groq"), None)
    assert [target.key and target.key.reveal() for target in (typed, stored, none)] == [
        "typed",
        KEY.reveal(),
        None,
    ]
    assert {target.base_url for target in (typed, stored, none)} == {
        "https://api.groq.com/openai/v1"
    }


def test_an_unknown_provider_and_a_missing_endpoint_name_their_fields(access: HostAccess) -> None:
    for provider, field in (("nobody", "hostingProvider"), ("self_hosted", "apiEndpoint")):
        with pytest.raises(InvalidRequest) as raised:
            access.slot(TENANT, provider, "", None, None)
        assert raised.value.issues[0][0] == field


def test_the_slots_of_a_configuration_are_its_main_host_and_its_fallback_hosts() -> None:
    with container_over() as container:
        configure(container, fallback_hosts=[{"hostingProvider": "groq"}])
        stored = container._wiring.configs().get(TENANT)
        assert stored is not None
        assert slot_of(stored, MAIN).provider == "deepinfra"
        assert slot_of(stored, MAIN).token
        assert slot_of(stored, 0) == HostSlot("groq")


@pytest.mark.parametrize(
    ("provider", "typed", "endpoint"),
    [
        ("self_hosted", "http://10.0.0.5:8000", "http://10.0.0.5:8000/v1"),
        (
            "bedrock",
            "https://bedrock-runtime.us-west-2.amazonaws.com/",
            "https://bedrock-runtime.us-west-2.amazonaws.com",
        ),
        ("groq", "https://gateway.example.com", "https://gateway.example.com/openai/v1"),
    ],
)
def test_an_endpoint_without_a_path_gets_that_of_its_host(
    access: HostAccess, provider: str, typed: str, endpoint: str
) -> None:
    assert access.slot(TENANT, provider, typed, None, None).endpoint == endpoint
    assert access.slot(TENANT, provider, endpoint, None, None).endpoint == endpoint
