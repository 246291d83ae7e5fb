"""Keys of other providers in memory, and the contract of the port ``ProviderCredentials``."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

from llama_marketing.domain.credentials import ProviderSecret
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.credentials import ProviderCredentials
from llama_marketing.testing.samples import TENANT

Kept = Mapping[tuple[TenantRef, str], ProviderSecret]
"""What is kept for clients: by tenant and provider."""


class FakeProviderCredentials(ProviderCredentials):
    """Answers what it was given: a client's own key, else its organization's."""

    def __init__(
        self, own: Kept, organizations: Mapping[tuple[str, str], ProviderSecret] | None = None
    ) -> None:
        self._own = dict(own)
        self._organizations = dict(organizations or {})

    def key(self, tenant: TenantRef, provider: str) -> ProviderSecret | None:
        """The client's key, else the organization's, else None."""
        own = self._own.get((tenant, provider))
        return own or self._organizations.get((tenant.organization_id, provider))


class ProviderCredentialsContract(ABC):
    """Derive a class whose name starts with Test and say how keys of clients are kept."""

    @abstractmethod
    def make(self, own: Kept) -> ProviderCredentials:
        """An adapter that keeps these keys for these clients, and nothing for organizations."""

    def test_a_provider_without_a_key_is_none(self) -> None:
        """Never an error, and never another provider's key."""
        credentials = self.make({(TENANT, "openai"): _secret("openai")})

        assert credentials.key(TENANT, "anthropic") is None
        assert self.make({}).key(TENANT, "openai") is None

    def test_a_key_comes_out_as_it_went_in(self) -> None:
        """With the model that was chosen, or none."""
        for model in ("gpt-6-luna", ""):
            found = self.make({(TENANT, "openai"): _secret("openai", model)}).key(TENANT, "openai")
            assert found is not None
            assert (found.provider, found.model) == ("openai", model)
            assert found.key.reveal() == "key-of-openai"

    def test_a_key_shows_in_no_repr(self) -> None:
        """Neither the adapter's nor the secret's."""
        credentials = self.make({(TENANT, "openai"): _secret("openai")})

        shown = repr(credentials) + repr(credentials.key(TENANT, "openai"))
        assert "key-of-openai" not in shown

    def test_tenants_do_not_see_each_other(self) -> None:
        """Neither the same client id elsewhere nor another client of the organization."""
        credentials = self.make({(TENANT, "openai"): _secret("openai")})

        for other in (TenantRef("org2", "cli1"), TenantRef("org1", "cli2")):
            assert credentials.key(other, "openai") is None


def _secret(provider: str, model: str = "") -> ProviderSecret:
    return ProviderSecret(provider, Secret(f"key-of-{provider}"), model)
