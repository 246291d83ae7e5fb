"""Laws of the secret box: a token opens for what it was sealed for, and for nothing else."""

from __future__ import annotations

import base64

import attrs
import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.adapters.fernet.secret_box import FernetSecretBox
from llama_marketing.domain.errors import SecretBindingError, SecretUnreadable
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.secret_box import Binding

IDS = st.text("abAB01-_", min_size=1, max_size=6)
BINDINGS = st.builds(
    Binding,
    st.builds(TenantRef, IDS, IDS),
    st.sampled_from(["groq", "self_hosted", "together"]),
    st.sampled_from(["https://a:443", "http://a:443", "https://a:444", "https://b:443"]),
)
KEYS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=60)
BOX = FernetSecretBox.from_keys([Secret(Fernet.generate_key().decode())])


@given(KEYS, BINDINGS)
def test_what_was_sealed_is_opened(key: str, binding: Binding) -> None:
    token = BOX.seal(Secret(key), binding)
    assert BOX.open(token, binding).reveal() == key
    assert len(key) < 6 or key not in token


@given(KEYS, BINDINGS, BINDINGS)
def test_a_token_opens_for_its_own_binding_only(key: str, one: Binding, other: Binding) -> None:
    """Ids that run together are still two ids."""
    token = BOX.seal(Secret(key), one)
    if one == other:
        assert BOX.open(token, other).reveal() == key
    else:
        with pytest.raises(SecretBindingError):
            BOX.open(token, other)


@given(KEYS, BINDINGS, st.integers(0, 10**6))
def test_one_flipped_bit_makes_a_token_unreadable(key: str, binding: Binding, place: int) -> None:
    token = bytearray(base64.urlsafe_b64decode(BOX.seal(Secret(key), binding)))
    bit = place % (len(token) * 8)
    token[bit // 8] ^= 1 << bit % 8
    with pytest.raises(SecretUnreadable):
        BOX.open(base64.urlsafe_b64encode(token).decode(), binding)


@given(st.text(max_size=80), BINDINGS)
def test_any_other_text_is_unreadable(token: str, binding: Binding) -> None:
    with pytest.raises(SecretUnreadable):
        BOX.open(token, binding)
    with pytest.raises(SecretUnreadable):
        BOX.rotate(token)


@given(KEYS, BINDINGS)
def test_another_client_of_the_same_name_elsewhere_is_another(key: str, binding: Binding) -> None:
    token = BOX.seal(Secret(key), binding)
    swapped = TenantRef(binding.tenant.client_id, binding.tenant.organization_id + "x")
    with pytest.raises(SecretBindingError):
        BOX.open(token, attrs.evolve(binding, tenant=swapped))
