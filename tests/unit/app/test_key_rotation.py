"""Sealing every stored key again: all of them, only where needed, and safe at any moment."""

from __future__ import annotations

import base64
import threading
from typing import Any

import attrs
import pytest

from llama_marketing.adapters.fernet.secret_box import FernetSecretBox
from llama_marketing.adapters.memory.configs import MemoryConfigs
from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.provider_keys import MemoryProviderKeys
from llama_marketing.app.key_rotation import KeyRotation, RotationReport, UnreadableKey
from llama_marketing.domain.config.models import FallbackHost, StoredConfig
from llama_marketing.domain.credentials import StoredProviderKey
from llama_marketing.domain.errors import StoreIncompatible, StoreUnavailable
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.secret_box import Binding
from llama_marketing.testing.provider_keys import sample_provider_key
from llama_marketing.testing.races import run_together
from llama_marketing.testing.samples import TENANT, sample_config

CANARY = "CANARYkeyCANARYkeyCANARYkey"
OLD, NEW, LOST = (base64.urlsafe_b64encode(letter * 32).decode() for letter in (b"o", b"n", b"l"))
OTHER = TenantRef("org1", "cli10")
HOSTS = ("groq", "openrouter", "together")


def box(*keys: str) -> FernetSecretBox:
    """A box of operator's keys, the newest first."""
    return FernetSecretBox.from_keys([Secret(key) for key in keys])


def bound(tenant: TenantRef, provider: str) -> Binding:
    """What the key of a provider is sealed for."""
    return Binding(tenant, provider, f"https://{provider}.example:443")


def sealed(tenant: TenantRef, provider: str, key: str = OLD) -> str:
    """The canary of a tenant and provider, sealed under an operator's key."""
    return box(key).seal(Secret(f"{CANARY}-{tenant}-{provider}"), bound(tenant, provider))


def config_of(tenant: TenantRef, key: str = OLD, **fields: Any) -> StoredConfig:
    """A configuration with a main host, a fallback host with a key and one without."""
    main, other, keyless = HOSTS
    hosts = tuple(FallbackHost(hosting_provider=name) for name in (other, keyless))
    stored = sample_config(tenant, hosting_provider=main, fallback_hosts=hosts, **fields)
    tokens = sealed(tenant, main, key), (sealed(tenant, other, key), "")
    return stored.model_copy(update={"sealed_key": tokens[0], "sealed_fallback_keys": tokens[1]})


def provider_key_of(tenant: TenantRef, provider: str, key: str = OLD) -> StoredProviderKey:
    """A key of another provider."""
    return sample_provider_key(provider, sealed_key=sealed(tenant, provider, key))


@attrs.define
class Rotating:
    """A store in memory and a rotation over it."""

    keys: tuple[str, ...] = (NEW, OLD)
    database: MemoryDatabase = attrs.Factory(MemoryDatabase)

    @property
    def configs(self) -> MemoryConfigs:
        """The configurations of the store."""
        return MemoryConfigs(self.database)

    @property
    def provider_keys(self) -> MemoryProviderKeys:
        """The keys of other providers of the store."""
        return MemoryProviderKeys(self.database)

    def rotation(self, **parts: Any) -> KeyRotation:
        """A rotation under the operator's keys; ``parts`` take the place of its own."""
        own = {
            "configs": self.configs,
            "provider_keys": self.provider_keys,
            "secret_box": box(*self.keys),
        }
        return KeyRotation(**{**own, **parts})

    def filled(self, *tenants: TenantRef) -> Rotating:
        """Four keys for each tenant."""
        for tenant in tenants:
            self.configs.create(tenant, config_of(tenant))
            for provider in ("openai", "gemini"):
                self.provider_keys.put(tenant, provider_key_of(tenant, provider), 0)
        return self

    def opened(self, tenant: TenantRef, *keys: str) -> list[str]:
        """Every key of a tenant, opened with the operator's keys alone."""
        stored = self.configs.get(tenant)
        assert stored is not None
        tokens = [stored.sealed_key, stored.sealed_fallback_keys[0]]
        providers = ["groq", "openrouter"]
        for kept in self.provider_keys.list(tenant):
            tokens.append(kept.sealed_key)
            providers.append(kept.provider)
        named = zip(providers, tokens, strict=True)
        return [box(*keys).open(token, bound(tenant, name)).reveal() for name, token in named]


def all_keys(tenant: TenantRef) -> list[str]:
    """What ``Rotating.opened`` answers where everything is as it was typed."""
    names = ("groq", "openrouter", "gemini", "openai")
    return [f"{CANARY}-{tenant}-{name}" for name in names]


def test_after_a_rotation_the_newest_key_alone_opens_everything() -> None:
    """Main hosts', fallback hosts' and other providers' keys, of every tenant."""
    store = Rotating().filled(TENANT, OTHER)

    report = store.rotation().rotate()

    assert report == RotationReport(resealed=8)
    for tenant in (TENANT, OTHER):
        assert store.opened(tenant, NEW) == all_keys(tenant)


def test_a_rotation_changes_nothing_but_the_ciphertexts() -> None:
    """The revision, the time of the last change and the quota's terms stay; so does no key."""
    store = Rotating().filled(TENANT)
    before = store.configs.get(TENANT), store.provider_keys.list(TENANT)

    store.rotation().rotate()

    after = store.configs.get(TENANT), store.provider_keys.list(TENANT)
    assert before[0] is not None
    assert after[0] is not None
    assert after[0].config == before[0].config
    assert after[0].sealed_fallback_keys[1] == ""
    assert [key.shown() for key in after[1]] == [key.shown() for key in before[1]]


def test_what_is_under_the_newest_key_already_is_passed_over_unopened() -> None:
    """A further run writes nothing, and decrypts nothing."""
    store = Rotating().filled(TENANT)
    store.rotation().rotate()
    before = store.configs.get(TENANT), store.provider_keys.list(TENANT)

    class NeverOpening(FernetSecretBox):
        def rotate(self, token: str) -> str:
            raise AssertionError("opened")

    report = store.rotation(secret_box=NeverOpening.from_keys([Secret(NEW)])).rotate()

    assert report == RotationReport(current=4)
    assert (store.configs.get(TENANT), store.provider_keys.list(TENANT)) == before


def test_a_tenant_with_keys_of_other_providers_alone_is_not_forgotten() -> None:
    """It never had a configuration, or deleted it."""
    store = Rotating()
    store.provider_keys.put(TENANT, provider_key_of(TENANT, "openai"), 0)

    assert store.rotation().rotate() == RotationReport(resealed=1)


def test_keys_that_nothing_opens_are_listed_and_the_others_sealed_anew() -> None:
    """By tenant and provider; they stay as they are."""
    store = Rotating().filled(OTHER)
    lost = config_of(TENANT, LOST).model_copy(
        update={"sealed_fallback_keys": (sealed(TENANT, "openrouter"), "")}
    )
    store.configs.create(TENANT, lost)
    store.provider_keys.put(TENANT, provider_key_of(TENANT, "openai", LOST), 0)

    report = store.rotation().rotate()

    assert report.resealed == 5
    assert report.unreadable == tuple(
        UnreadableKey(
            organization_id="org1", client_id="cli1", provider=name, code="secret_unreadable"
        )
        for name in ("groq", "openai")
    )
    after = store.configs.get(TENANT)
    assert after is not None
    assert after.sealed_key == lost.sealed_key
    assert box(NEW).open(after.sealed_fallback_keys[0], bound(TENANT, "openrouter"))


def test_a_tenant_whose_rows_cannot_be_read_is_listed_and_the_others_are_done() -> None:
    """One row of a newer version is no reason to leave all others under an old key."""
    store = Rotating().filled(TENANT, OTHER)

    class Newer(MemoryConfigs):
        def get(self, tenant: TenantRef, *, fresh: bool = True) -> StoredConfig | None:
            if tenant == TENANT:
                raise StoreIncompatible("version 99")
            return super().get(tenant, fresh=fresh)

    report = store.rotation(configs=Newer(store.database)).rotate()

    assert report.resealed == 4
    assert [(key.client_id, key.provider, key.code) for key in report.unreadable] == [
        ("cli1", "", "store_incompatible")
    ]


@pytest.mark.parametrize("gone", [False, True])
def test_what_was_edited_in_between_is_left_and_counted_and_found_again(gone: bool) -> None:
    """The editor's key wins over the rotation of the one before."""
    store = Rotating().filled(TENANT)

    @attrs.frozen
    class Edited(MemoryConfigs):
        def reseal(self, tenant: TenantRef, seen: StoredConfig, resealed: StoredConfig) -> bool:
            if gone:
                self.delete(tenant)
                self.create(tenant, config_of(tenant, LOST))
            else:
                self.replace(tenant, config_of(tenant, revision=2, enabled=False), 1)
            return super().reseal(tenant, seen, resealed)

    report = store.rotation(configs=Edited(store.database)).rotate()
    kept = store.configs.get(TENANT)
    again = store.rotation().rotate()

    assert report == RotationReport(resealed=2, changed=2)
    assert kept is not None
    assert kept.config.enabled is gone
    assert again.current == 2
    assert (again.resealed, len(again.unreadable)) == ((0, 2) if gone else (2, 0))


def test_a_rotation_that_was_stopped_goes_on_where_it_was() -> None:
    """At every write: what is done stays done, and nothing is done twice."""
    store, tenants = Rotating(), [TenantRef("org1", f"cli{number}") for number in range(4)]
    store.filled(*tenants)
    sealed_anew: list[str] = []

    @attrs.frozen
    class Stopping(MemoryConfigs):
        def reseal(self, tenant: TenantRef, seen: StoredConfig, resealed: StoredConfig) -> bool:
            if len(sealed_anew) % 2:
                sealed_anew.append("stopped")
                raise StoreUnavailable("no answer")
            sealed_anew.append(str(tenant))
            return super().reseal(tenant, seen, resealed)

    runs: list[RotationReport] = []
    while not runs:
        try:
            runs.append(store.rotation(configs=Stopping(store.database)).rotate())
        except StoreUnavailable:
            continue

    owners = [owner for owner in sealed_anew if owner != "stopped"]
    assert sorted(owners) == [str(tenant) for tenant in tenants]
    assert sealed_anew.count("stopped") >= 3
    assert store.rotation().rotate() == RotationReport(current=16)
    assert [store.opened(tenant, NEW) for tenant in tenants] == [all_keys(t) for t in tenants]


def test_while_keys_are_rotated_no_reading_fails() -> None:
    """Readers that know both keys open every key at every moment; each sees each key right."""
    tenants = [TenantRef("org1", f"cli{number}") for number in range(40)]
    store, started, over = (
        Rotating().filled(*tenants),
        threading.Barrier(3, timeout=60),
        threading.Event(),
    )
    readings: list[int] = []
    wrong: list[object] = []

    def read() -> None:
        count = 0
        started.wait()
        while not over.is_set() or not count:
            for tenant in tenants:
                try:
                    if store.opened(tenant, OLD, NEW) != all_keys(tenant):
                        wrong.append(tenant)
                except Exception as error:  # noqa: BLE001 - whatever it is, it is a failed reading
                    wrong.append(error)
                count += 1
        readings.append(count)

    threads = [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    started.wait()
    report = store.rotation().rotate()
    over.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert min(readings) >= len(tenants)
    assert report == RotationReport(resealed=160)


def test_of_two_rotations_at_once_both_end_and_the_keys_are_right() -> None:
    """Each key is sealed by one of them; the other finds it changed, or current."""
    tenants = [TenantRef("org1", f"cli{number}") for number in range(20)]
    store = Rotating().filled(*tenants)

    reports = run_together([lambda: store.rotation().rotate()] * 2)

    assert sum(report.resealed for report in reports) == 80
    assert [report.unreadable for report in reports] == [(), ()]
    assert [store.opened(tenant, NEW) for tenant in tenants] == [all_keys(t) for t in tenants]


def test_more_tenants_than_a_page_are_all_done_and_told() -> None:
    """The progress starts at none and ends at all."""
    store = Rotating()
    told: list[tuple[int, int]] = []
    for number in range(230):
        tenant = TenantRef("org1", f"cli{number}")
        store.provider_keys.put(tenant, provider_key_of(tenant, "openai"), 0)

    report = store.rotation().rotate(lambda *progress: told.append(progress))

    assert report.resealed == 230
    assert told == [(done, 230) for done in range(231)]


def test_nothing_to_rotate_is_no_error() -> None:
    """An empty store."""
    assert Rotating().rotation().rotate() == RotationReport()
