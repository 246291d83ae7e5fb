"""The contract of the port ``SecretBox``, as tests for any adapter, and a box without a cipher."""

from __future__ import annotations

import base64
import json
import traceback
from abc import ABC, abstractmethod

import attrs
import pytest

from llama_marketing.domain.errors import SecretBindingError, SecretError, SecretUnreadable
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.secret_box import Binding, SecretBox
from llama_marketing.testing.samples import TENANT

BINDING = Binding(TENANT, "groq", "https://api.groq.com:443")
OTHERS = (
    attrs.evolve(BINDING, tenant=TenantRef("org2", "cli1")),
    attrs.evolve(BINDING, tenant=TenantRef("org1", "cli2")),
    attrs.evolve(BINDING, tenant=TenantRef("cli1", "org1")),
    attrs.evolve(BINDING, provider="together"),
    attrs.evolve(BINDING, origin="https://evil.example:443"),
    attrs.evolve(BINDING, origin="http://api.groq.com:443"),
)
KEYS = ("x", "gsk_" + "canary" * 8, '"\\{}', "!" * 4096)


@attrs.frozen
class OpenSecretBox(SecretBox):
    """Keeps the contract, but encrypts nothing: for tests that look into stored rows."""

    def seal(self, secret: Secret, binding: Binding) -> str:
        """Base64 of key and binding."""
        content = json.dumps([secret.reveal(), str(binding)])
        return base64.urlsafe_b64encode(content.encode()).decode()

    def open(self, token: str, binding: Binding) -> Secret:
        """The key, when the binding is the same."""
        opened = self._opened(token, binding)
        if isinstance(opened, SecretError):
            raise opened
        return opened

    def rotate(self, token: str) -> str:
        """The same token; raises SecretUnreadable for what is none."""
        opened = self._opened(token, BINDING)
        if isinstance(opened, SecretUnreadable):
            raise opened
        return token

    def is_current(self, token: str) -> bool:
        """Every token of it: there is but one way to encrypt nothing."""
        return not isinstance(self._opened(token, BINDING), SecretUnreadable)

    def _opened(self, token: str, binding: Binding) -> Secret | SecretError:
        try:
            key, sealed_for = json.loads(base64.b64decode(token, altchars=b"-_", validate=True))
        except (TypeError, ValueError):
            return SecretUnreadable("not a sealed API key")
        if sealed_for != str(binding):
            return SecretBindingError(f"the sealed API key does not belong to {binding.tenant}")
        return Secret(key)


class SecretBoxContract(ABC):
    """Derive a class whose name starts with Test and say how a box is made."""

    @abstractmethod
    def make(self) -> SecretBox:
        """A box."""

    @pytest.mark.parametrize("key", KEYS)
    def test_a_sealed_key_opens_for_what_it_was_sealed_for(self, key: str) -> None:
        """Also an odd or a long one."""
        box = self.make()
        assert box.open(box.seal(Secret(key), BINDING), BINDING).reveal() == key

    def test_a_token_is_plain_text_that_does_not_show_the_key(self) -> None:
        """It stands in a row, a backup, perhaps a log."""
        token = self.make().seal(Secret(KEYS[1]), BINDING)
        assert token.isascii()
        assert token.isprintable()
        assert KEYS[1] not in token

    @pytest.mark.parametrize("other", OTHERS)
    def test_a_token_opens_for_no_other_tenant_provider_or_origin(self, other: Binding) -> None:
        """A row that was copied to another client is worth nothing there."""
        box = self.make()
        with pytest.raises(SecretBindingError):
            box.open(box.seal(Secret("x"), BINDING), other)

    @pytest.mark.parametrize("token", ["", "x", "ñ", "\ud800", "A" * 200, "e30=", "bnVsbA=="])
    def test_what_is_no_token_is_unreadable(self, token: str) -> None:
        """Opening and rotating it."""
        box = self.make()
        with pytest.raises(SecretUnreadable):
            box.open(token, BINDING)
        with pytest.raises(SecretUnreadable):
            box.rotate(token)

    def test_a_rotated_token_opens_as_before(self) -> None:
        """For the same binding, and for no other."""
        box = self.make()
        token = box.rotate(box.seal(Secret("x"), BINDING))
        assert box.open(token, BINDING).reveal() == "x"
        with pytest.raises(SecretBindingError):
            box.open(token, OTHERS[0])

    def test_what_was_sealed_or_rotated_now_is_current(self) -> None:
        """A rotation that runs again passes over it, whomever it belongs to."""
        box = self.make()
        token = box.seal(Secret("x"), OTHERS[0])
        assert box.is_current(token) is True
        assert box.is_current(box.rotate(token)) is True

    @pytest.mark.parametrize("token", ["", "x", "ñ", "\ud800", "A" * 200, "e30=", "bnVsbA=="])
    def test_what_is_no_token_is_not_current(self, token: str) -> None:
        """A rotation tries it, and finds that nothing opens it."""
        assert self.make().is_current(token) is False

    def test_no_frame_of_an_error_holds_the_key(self) -> None:
        """Error trackers print the locals, and the errors behind the error."""
        box = self.make()
        token = box.seal(Secret(KEYS[1]), BINDING)
        with pytest.raises(SecretBindingError) as caught:
            box.open(token, OTHERS[0])
        error = caught.value
        trace = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert KEYS[1] not in "".join(trace.format())
        assert error.__context__ is None
