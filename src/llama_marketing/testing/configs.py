"""The contract of the port ``Configs``, as tests for any adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from decimal import Decimal

import pytest

from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.errors import ConfigExists, ConfigNotFound, RevisionConflict
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.configs import Configs
from llama_marketing.testing.samples import TENANT, sample_config

OTHERS = (TenantRef("org1", "cli2"), TenantRef("org2", "cli1"), TenantRef("org1", "cli11"))


def resealed(token: str = "sealed anew") -> StoredConfig:
    """The sample configuration with another ciphertext."""
    return sample_config().model_copy(update={"sealed_key": token})


class ConfigsContract(ABC):
    """Derive a class whose name starts with Test and say how an empty store is made."""

    @abstractmethod
    def make(self) -> Configs:
        """An adapter on a new, empty store."""

    def test_an_unknown_tenant_has_no_configuration(self) -> None:
        """Nothing kept is None, not an error."""
        assert self.make().get(TENANT) is None

    def test_what_was_created_is_read_back_the_same(self) -> None:
        """Every field, money to the last decimal and the sealed key included."""
        configs = self.make()
        stored = sample_config(quota_monthly=Decimal("123456.789012345678"))

        configs.create(TENANT, stored)

        assert configs.get(TENANT) == stored

    def test_an_absent_fallback_model_and_quota_stay_absent(self) -> None:
        """None is not the default."""
        configs = self.make()
        stored = sample_config(quota_monthly=None, fallback_model_id=None)

        configs.create(TENANT, stored)

        assert configs.get(TENANT) == stored

    def test_a_second_creation_is_refused_and_changes_nothing(self) -> None:
        """The first configuration stays."""
        configs = self.make()
        configs.create(TENANT, sample_config())

        with pytest.raises(ConfigExists):
            configs.create(TENANT, sample_config(id="conf2"))

        assert configs.get(TENANT) == sample_config()

    def test_a_repeated_creation_changes_nothing(self) -> None:
        """The answer of the first may have been lost."""
        configs = self.make()
        configs.create(TENANT, sample_config())

        configs.create(TENANT, sample_config())

        assert configs.get(TENANT) == sample_config()

    def test_a_replacement_takes_the_place_of_the_revision_it_saw(self) -> None:
        """Revision 2 replaces revision 1."""
        configs = self.make()
        configs.create(TENANT, sample_config())

        configs.replace(TENANT, sample_config(revision=2, enabled=False), seen_revision=1)

        assert configs.get(TENANT) == sample_config(revision=2, enabled=False)

    def test_a_replacement_of_another_revision_is_refused(self) -> None:
        """Of two editors the second one is told."""
        configs = self.make()
        configs.create(TENANT, sample_config())
        configs.replace(TENANT, sample_config(revision=2), seen_revision=1)

        with pytest.raises(RevisionConflict):
            configs.replace(TENANT, sample_config(revision=2, enabled=False), seen_revision=1)

        assert configs.get(TENANT) == sample_config(revision=2)

    def test_a_repeated_replacement_changes_nothing(self) -> None:
        """The answer of the first may have been lost."""
        configs = self.make()
        configs.create(TENANT, sample_config())
        configs.replace(TENANT, sample_config(revision=2), seen_revision=1)

        configs.replace(TENANT, sample_config(revision=2), seen_revision=1)

        assert configs.get(TENANT) == sample_config(revision=2)

    def test_nothing_cannot_be_replaced(self) -> None:
        """A replacement never creates."""
        configs = self.make()

        with pytest.raises(ConfigNotFound):
            configs.replace(TENANT, sample_config(revision=2), seen_revision=1)

        assert configs.get(TENANT) is None

    def test_a_deleted_configuration_is_gone_and_may_be_created_anew(self) -> None:
        """Deleting says whether there was one."""
        configs = self.make()
        configs.create(TENANT, sample_config())

        assert configs.delete(TENANT) is True
        assert configs.delete(TENANT) is False
        assert configs.get(TENANT) is None
        configs.create(TENANT, sample_config(id="conf2"))

    def test_tenants_do_not_see_each_other(self) -> None:
        """Neither the same client id elsewhere nor an id that begins alike."""
        configs = self.make()
        configs.create(TENANT, sample_config())
        for other in OTHERS:
            assert configs.get(other) is None
            assert configs.delete(other) is False
            configs.create(other, sample_config(other))

        assert configs.get(TENANT) == sample_config()
        assert [configs.get(other) for other in OTHERS] == [sample_config(o) for o in OTHERS]

    def test_keys_sealed_anew_take_the_place_of_the_old_ones(self) -> None:
        """Nothing else changes, the revision neither."""
        configs = self.make()
        configs.create(TENANT, sample_config())

        assert configs.reseal(TENANT, sample_config(), resealed()) is True

        assert configs.get(TENANT) == resealed()

    def test_a_repeated_resealing_changes_nothing(self) -> None:
        """The answer of the first may have been lost."""
        configs = self.make()
        configs.create(TENANT, sample_config())
        configs.reseal(TENANT, sample_config(), resealed())

        assert configs.reseal(TENANT, sample_config(), resealed()) is True

        assert configs.get(TENANT) == resealed()

    @pytest.mark.parametrize(
        "now", [sample_config(revision=2), resealed("typed anew"), sample_config(id="conf2")]
    )
    def test_a_resealing_that_saw_another_configuration_changes_nothing(
        self, now: StoredConfig
    ) -> None:
        """Edited, or deleted and made anew with the same revision but another key."""
        configs = self.make()
        configs.create(TENANT, now)

        assert configs.reseal(TENANT, sample_config(), resealed()) is False

        assert configs.get(TENANT) == now

    def test_a_resealing_brings_no_deleted_configuration_back(self) -> None:
        """Where there is none there is none."""
        configs = self.make()

        assert configs.reseal(TENANT, sample_config(), resealed()) is False

        assert configs.get(TENANT) is None

    def test_a_resealed_configuration_is_replaced_as_before(self) -> None:
        """By who saw its revision, be it before the resealing."""
        configs = self.make()
        configs.create(TENANT, sample_config())
        configs.reseal(TENANT, sample_config(), resealed())

        configs.replace(TENANT, sample_config(revision=2), seen_revision=1)

        assert configs.get(TENANT) == sample_config(revision=2)

    @pytest.mark.parametrize("limit", [1, 2, 100])
    def test_the_pages_hold_every_tenant_with_a_configuration_once(self, limit: int) -> None:
        """In whatever order, and after a tenant that has gone since too."""
        configs = self.make()
        for tenant in (TENANT, *OTHERS):
            configs.create(tenant, sample_config(tenant))
        configs.delete(OTHERS[0])

        paged: list[TenantRef] = []
        while page := configs.tenants(paged[-1] if paged else None, limit):
            assert len(page) <= limit
            paged += page
            configs.delete(page[-1])

        assert len(paged) == 3
        assert set(paged) == {TENANT, *OTHERS[1:]}

    def test_an_empty_store_has_no_tenants(self) -> None:
        """Asking for a tenant's configuration makes it none of them."""
        configs = self.make()
        configs.get(TENANT)

        assert list(configs.tenants()) == []
