"""The port SecretBox, with Fernet and with the box that tests use."""

from __future__ import annotations

from cryptography.fernet import Fernet

from llama_marketing.adapters.fernet.secret_box import FernetSecretBox
from llama_marketing.domain.secret import Secret
from llama_marketing.ports.secret_box import SecretBox
from llama_marketing.testing.secret_box import OpenSecretBox, SecretBoxContract


class TestFernetSecretBox(SecretBoxContract):
    """Fernet with two keys, as during a rotation."""

    def make(self) -> SecretBox:
        return FernetSecretBox.from_keys([Secret(Fernet.generate_key().decode()) for _ in range(2)])


class TestOpenSecretBox(SecretBoxContract):
    """The box without a cipher."""

    def make(self) -> SecretBox:
        return OpenSecretBox()
