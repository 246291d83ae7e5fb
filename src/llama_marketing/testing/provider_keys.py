"""The contract of the port ``ProviderKeys``, as tests for any adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import pytest

from llama_marketing.domain.credentials import StoredProviderKey
from llama_marketing.domain.errors import RevisionConflict
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.provider_keys import ProviderKeys
from llama_marketing.testing.samples import TENANT, TIMESTAMP

OTHERS = (TenantRef("org1", "cli2"), TenantRef("org2", "cli1"), TenantRef("org1", "cli11"))


def sample_provider_key(provider: str = "openai", **fields: Any) -> StoredProviderKey:
    """A sealed key that opens nothing, at revision 1 unless told otherwise."""
    given: dict[str, Any] = {
        "provider": provider,
        "sealed_key": f"sealed-{provider}",
        "mask": "sk-********KLMN",
        "model": "gpt-6-luna",
        "updated_at": TIMESTAMP,
    }
    return StoredProviderKey(**{**given, **fields})


class ProviderKeysContract(ABC):
    """Derive a class whose name starts with Test and say how an empty store is made."""

    @abstractmethod
    def make(self) -> ProviderKeys:
        """An adapter on a new, empty store."""

    def test_an_unknown_provider_has_no_key(self) -> None:
        """Nothing kept is None, and no error."""
        keys = self.make()

        assert keys.get(TENANT, "openai") is None
        assert keys.list(TENANT) == ()
        assert keys.delete(TENANT, "openai") is False

    @pytest.mark.parametrize("model", ["gpt-6-luna", None])
    def test_what_was_put_is_read_back_the_same(self, model: str | None) -> None:
        """Every field, the sealed key included."""
        keys = self.make()

        keys.put(TENANT, sample_provider_key(model=model), seen_revision=0)

        assert keys.get(TENANT, "openai") == sample_provider_key(model=model)

    def test_the_list_stands_in_the_order_of_the_providers(self) -> None:
        """However they came in."""
        keys = self.make()
        for provider in ("openai", "anthropic", "zeta_9", "gemini"):
            keys.put(TENANT, sample_provider_key(provider), seen_revision=0)

        listed = [stored.provider for stored in keys.list(TENANT)]

        assert listed == ["anthropic", "gemini", "openai", "zeta_9"]

    def test_a_key_takes_the_place_of_the_revision_it_saw(self) -> None:
        """Revision 2 replaces revision 1, and of one provider alone."""
        keys = self.make()
        keys.put(TENANT, sample_provider_key("gemini"), seen_revision=0)
        keys.put(TENANT, sample_provider_key(), seen_revision=0)

        keys.put(TENANT, sample_provider_key(revision=2, sealed_key="other"), seen_revision=1)

        assert keys.get(TENANT, "openai") == sample_provider_key(revision=2, sealed_key="other")
        assert keys.get(TENANT, "gemini") == sample_provider_key("gemini")

    @pytest.mark.parametrize("seen", [0, 1, 3])
    def test_a_key_that_saw_another_revision_is_refused(self, seen: int) -> None:
        """Of two editors the second one is told; nothing changes."""
        keys = self.make()
        keys.put(TENANT, sample_provider_key(), seen_revision=0)
        keys.put(TENANT, sample_provider_key(revision=2), seen_revision=1)

        with pytest.raises(RevisionConflict):
            keys.put(TENANT, sample_provider_key(revision=seen + 1, mask="x"), seen_revision=seen)

        assert keys.get(TENANT, "openai") == sample_provider_key(revision=2)

    def test_a_key_that_saw_one_where_there_is_none_is_refused(self) -> None:
        """Somebody deleted it in between."""
        keys = self.make()

        with pytest.raises(RevisionConflict):
            keys.put(TENANT, sample_provider_key(revision=2), seen_revision=1)

        assert keys.get(TENANT, "openai") is None

    def test_a_repeated_put_changes_nothing(self) -> None:
        """The answer of the first may have been lost."""
        keys = self.make()
        keys.put(TENANT, sample_provider_key(), seen_revision=0)

        keys.put(TENANT, sample_provider_key(), seen_revision=0)

        assert keys.list(TENANT) == (sample_provider_key(),)

    def test_a_deleted_key_is_gone_and_may_be_put_anew(self) -> None:
        """Deleting says whether there was one."""
        keys = self.make()
        keys.put(TENANT, sample_provider_key(), seen_revision=0)

        assert keys.delete(TENANT, "openai") is True
        assert keys.delete(TENANT, "openai") is False
        assert keys.get(TENANT, "openai") is None
        keys.put(TENANT, sample_provider_key(mask="new"), seen_revision=0)
        assert keys.get(TENANT, "openai") == sample_provider_key(mask="new")

    def test_tenants_do_not_see_each_other(self) -> None:
        """Neither the same client id elsewhere nor an id that begins alike."""
        keys = self.make()
        keys.put(TENANT, sample_provider_key(), seen_revision=0)
        for other in OTHERS:
            assert keys.list(other) == ()
            assert keys.delete(other, "openai") is False
            keys.put(other, sample_provider_key(mask=str(other)), seen_revision=0)

        assert keys.list(TENANT) == (sample_provider_key(),)
        for other in OTHERS:
            assert keys.get(other, "openai") == sample_provider_key(mask=str(other))

    def test_a_key_sealed_anew_takes_the_place_of_the_old_one(self) -> None:
        """Nothing else changes, the revision neither; once more changes nothing."""
        keys = self.make()
        keys.put(TENANT, sample_provider_key(), seen_revision=0)
        keys.put(TENANT, sample_provider_key("gemini"), seen_revision=0)
        anew = sample_provider_key(sealed_key="anew")

        assert keys.reseal(TENANT, sample_provider_key(), anew) is True
        assert keys.reseal(TENANT, sample_provider_key(), anew) is True

        assert keys.list(TENANT) == (sample_provider_key("gemini"), anew)

    @pytest.mark.parametrize("changed", [{"revision": 2}, {"sealed_key": "typed"}, {"model": None}])
    def test_a_resealing_that_saw_another_key_changes_nothing(
        self, changed: dict[str, Any]
    ) -> None:
        """Edited, or deleted and put anew with the same revision."""
        keys = self.make()
        now = sample_provider_key(**changed)
        keys.put(TENANT, now, seen_revision=0)

        assert keys.reseal(TENANT, sample_provider_key(), sample_provider_key(mask="x")) is False

        assert keys.list(TENANT) == (now,)

    def test_a_resealing_brings_no_deleted_key_back(self) -> None:
        """Where there is none there is none."""
        keys = self.make()

        assert keys.reseal(TENANT, sample_provider_key(), sample_provider_key(mask="x")) is False

        assert keys.list(TENANT) == ()

    @pytest.mark.parametrize("limit", [1, 2, 100])
    def test_the_pages_hold_every_tenant_with_a_key_once(self, limit: int) -> None:
        """However many keys it has, in whatever order, and after one that has gone since too."""
        keys = self.make()
        for tenant in (TENANT, *OTHERS):
            keys.put(tenant, sample_provider_key("openai"), seen_revision=0)
            keys.put(tenant, sample_provider_key("gemini"), seen_revision=0)
        for provider in ("openai", "gemini"):
            keys.delete(OTHERS[0], provider)

        paged: list[TenantRef] = []
        while page := keys.tenants(paged[-1] if paged else None, limit):
            assert len(page) <= limit
            paged += page
            keys.delete(page[-1], "openai")
            keys.delete(page[-1], "gemini")

        assert len(paged) == 3
        assert set(paged) == {TENANT, *OTHERS[1:]}
