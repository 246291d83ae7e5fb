"""Seals API keys with Fernet (AES-128-CBC and HMAC).

Fernet has no associated data, so a token copied into another client's row would open there.
The tenant, the provider and the origin therefore stand inside the plaintext and are compared
after opening (C16).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NoReturn

import attrs
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from llama_marketing.domain.errors import (
    SecretBindingError,
    SecretError,
    SecretUnreadable,
    SettingsError,
)
from llama_marketing.domain.secret import Secret
from llama_marketing.ports.secret_box import Binding, SecretBox

VERSION = 1
# Fernet itself passes over characters that are no base64, and so takes a mistyped key.
_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")


@attrs.frozen
class FernetSecretBox(SecretBox):
    """Seals with the first key and opens with any of them."""

    _fernet: MultiFernet = attrs.field(repr=False)
    _newest: Fernet = attrs.field(repr=False)

    @classmethod
    def from_keys(cls, keys: Sequence[Secret]) -> FernetSecretBox:
        """A box of the keys of ``AI_ENCRYPTION_KEY``, the newest first.

        Raises SettingsError, without the value, when there is none or one is not a Fernet key
        (32 bytes in URL-safe base64).
        """
        fernets = []
        for place, key in enumerate(keys, start=1):
            fernet = _fernet(key)
            if fernet is None:
                raise SettingsError(
                    f"AI_ENCRYPTION_KEY: key {place} is not 32 bytes of URL-safe base64; "
                    "make one with cryptography.fernet.Fernet.generate_key()"
                )
            fernets.append(fernet)
        if not fernets:
            raise SettingsError(
                "AI_ENCRYPTION_KEY is not set; it must hold a Fernet key, or several separated "
                "by commas (the first encrypts)"
            )
        return cls(MultiFernet(fernets), fernets[0])

    def seal(self, secret: Secret, binding: Binding) -> str:
        """Encrypt the key together with what it belongs to."""
        return self._fernet.encrypt(_plaintext(secret, binding)).decode("ascii")

    def open(self, token: str, binding: Binding) -> Secret:
        """Decrypt a token and compare its binding."""
        opened = self._opened(token, binding)
        if isinstance(opened, SecretError):
            raise opened
        return opened

    def rotate(self, token: str) -> str:
        """Encrypt a token's content again under the first key; its timestamp is kept."""
        rotated = None
        try:
            rotated = self._fernet.rotate(token.encode("ascii", "replace")).decode("ascii")
        except InvalidToken:
            pass  # said below, outside of this block, so that no frame hangs on the error
        if rotated is None:
            raise SecretUnreadable("no key of AI_ENCRYPTION_KEY opens the sealed API key")
        return rotated

    def is_current(self, token: str) -> bool:
        """Whether the token's signature is the first key's; nothing is decrypted for that."""
        try:
            self._newest.extract_timestamp(token.encode("ascii", "replace"))
        except InvalidToken:
            return False
        return True

    def __reduce__(self) -> NoReturn:
        raise TypeError("a FernetSecretBox holds keys and is never pickled or copied")

    def _opened(self, token: str, binding: Binding) -> Secret | SecretError:
        # Answers its error instead of raising it: a traceback must hold no frame with the key.
        try:
            content = json.loads(self._fernet.decrypt(token.encode("ascii", "replace")))
        except (InvalidToken, ValueError):
            return SecretUnreadable(
                f"no key of AI_ENCRYPTION_KEY opens the sealed API key of {binding.tenant}"
            )
        if not _is_ours(content):
            return SecretUnreadable(f"the sealed API key of {binding.tenant} has another format")
        if any(content.get(name) != value for name, value in _bound(binding).items()):
            return SecretBindingError(
                f"the sealed API key does not belong to {binding.tenant}, {binding.provider} "
                f"at {binding.origin}"
            )
        return Secret(content["key"])


def _plaintext(secret: Secret, binding: Binding) -> bytes:
    return json.dumps({"v": VERSION, **_bound(binding), "key": secret.reveal()}).encode("ascii")


def _is_ours(content: object) -> bool:
    if not isinstance(content, dict):
        return False
    return content.get("v") == VERSION and isinstance(content.get("key"), str)


def _bound(binding: Binding) -> dict[str, str]:
    return {
        "org": binding.tenant.organization_id,
        "client": binding.tenant.client_id,
        "provider": binding.provider,
        "origin": binding.origin,
    }


def _fernet(key: Secret) -> Fernet | None:
    return Fernet(key.reveal()) if _KEY.fullmatch(key.reveal()) else None
