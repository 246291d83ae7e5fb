"""Port: sealing API keys for storage."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

import attrs

from llama_marketing.domain.secret import Secret
from llama_marketing.domain.tenant import TenantRef


@attrs.frozen
class Binding:
    """What a sealed key belongs to; it opens for nothing else."""

    tenant: TenantRef
    provider: str
    origin: str
    """``scheme://host:port`` of the endpoint that may see the key."""


class SecretBox(Protocol):
    """Seals and opens keys; safe between threads."""

    @abstractmethod
    def seal(self, secret: Secret, binding: Binding) -> str:
        """A printable token that holds the key and its binding, encrypted."""

    @abstractmethod
    def open(self, token: str, binding: Binding) -> Secret:
        """The key inside a token.

        Raises SecretUnreadable when no key of ours opens it, SecretBindingError when it was
        sealed for another tenant, provider or origin. No frame of a raised error holds the key.
        """

    @abstractmethod
    def rotate(self, token: str) -> str:
        """The same content sealed under the newest key; raises SecretUnreadable."""

    @abstractmethod
    def is_current(self, token: str) -> bool:
        """Whether a token is sealed under the newest key already; False for what is no token.

        Found out without opening it.
        """
