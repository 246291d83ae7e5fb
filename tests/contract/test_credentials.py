"""The port ProviderCredentials: the fake, and ours over a store of sealed keys."""

from __future__ import annotations

from cryptography.fernet import Fernet

from llama_marketing.adapters.fernet.secret_box import FernetSecretBox
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.provider_keys import MemoryProviderKeys
from llama_marketing.adapters.package_data.catalog import PackagedCatalog
from llama_marketing.app.provider_keys import SealedProviderCredentials, binding
from llama_marketing.domain.credentials import ProviderSecret
from llama_marketing.domain.secret import Secret
from llama_marketing.ports.credentials import ProviderCredentials
from llama_marketing.testing.credentials import (
    FakeProviderCredentials,
    Kept,
    ProviderCredentialsContract,
)
from llama_marketing.testing.provider_keys import sample_provider_key
from llama_marketing.testing.samples import TENANT

CATALOG = PackagedCatalog(None)


class TestFakeProviderCredentials(ProviderCredentialsContract):
    """The fake that the tests of other teams use."""

    def make(self, own: Kept) -> ProviderCredentials:
        return FakeProviderCredentials(own)

    def test_the_organization_s_key_is_the_second_choice(self) -> None:
        """A client's own goes before it."""
        shared = ProviderSecret("openai", Secret("shared"))
        own = ProviderSecret("openai", Secret("own"))
        both = {("org1", "openai"): shared}

        assert FakeProviderCredentials({}, both).key(TENANT, "openai") is shared
        assert FakeProviderCredentials({(TENANT, "openai"): own}, both).key(TENANT, "openai") is own


class TestSealedProviderCredentials(ProviderCredentialsContract):
    """Ours, over keys that are kept sealed."""

    def make(self, own: Kept) -> ProviderCredentials:
        keys = MemoryProviderKeys(MemoryDatabase())
        box = FernetSecretBox.from_keys([Secret(Fernet.generate_key().decode())])
        for (tenant, provider), secret in own.items():
            bound = binding(CATALOG.catalog(), tenant, provider)
            stored = sample_provider_key(
                provider, sealed_key=box.seal(secret.key, bound), model=secret.model or None
            )
            keys.put(tenant, stored, seen_revision=0)
        return SealedProviderCredentials(keys=keys, secret_box=box, catalog=CATALOG)
