"""Sealing every stored key again under the newest encryption key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import attrs

from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.credentials import StoredProviderKey
from llama_marketing.domain.errors import SecretUnreadable, StoreIncompatible
from llama_marketing.domain.model import Model
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.provider_keys import ProviderKeys
from llama_marketing.ports.secret_box import SecretBox

PAGE = 100

Pages = Callable[[TenantRef | None, int], Sequence[TenantRef]]
Progress = Callable[[int, int], None]
"""Told how many tenants are done, and of how many."""


class UnreadableKey(Model):
    """A key that could not be sealed again.

    ``code`` is ``secret_unreadable`` where no encryption key opens it, ``store_incompatible``
    where what is stored cannot be read; then ``provider`` is empty.
    """

    organization_id: str
    client_id: str
    provider: str
    code: str


class RotationReport(Model):
    """What a rotation found, in keys.

    ``current`` were under the newest key already; ``changed`` were edited meanwhile and left
    alone: the next run finds them.
    """

    resealed: int = 0
    current: int = 0
    changed: int = 0
    unreadable: tuple[UnreadableKey, ...] = ()


@attrs.define
class _Tally:
    resealed: int = 0
    current: int = 0
    changed: int = 0
    unreadable: list[UnreadableKey] = attrs.Factory(list)

    def written(self, keys: int, done: bool) -> None:
        if done:
            self.resealed += keys
        else:
            self.changed += keys

    def failed(self, tenant: TenantRef, provider: str, code: str) -> None:
        self.unreadable.append(
            UnreadableKey(
                organization_id=tenant.organization_id,
                client_id=tenant.client_id,
                provider=provider,
                code=code,
            )
        )

    def report(self) -> RotationReport:
        return RotationReport(
            resealed=self.resealed,
            current=self.current,
            changed=self.changed,
            unreadable=tuple(self.unreadable),
        )


@attrs.frozen(kw_only=True)
class KeyRotation:
    """Seals the stored keys of every tenant again: main hosts', fallback hosts', providers'.

    Safe while others read and write, and safe to stop at any moment: a key is written in one
    step and only over the ciphertext it came from, and a further run passes over what is done.
    """

    configs: Configs
    provider_keys: ProviderKeys
    secret_box: SecretBox

    def rotate(self, progress: Progress = lambda done, total: None) -> RotationReport:
        """Go over all tenants once; raises StoreUnavailable."""
        tally = _Tally()
        owners = self._owners()
        for done, tenant in enumerate(owners):
            progress(done, len(owners))
            try:
                self._rotate_configuration(tenant, tally)
                self._rotate_provider_keys(tenant, tally)
            except StoreIncompatible as error:
                tally.failed(tenant, "", error.code)
        progress(len(owners), len(owners))
        return tally.report()

    def _owners(self) -> tuple[TenantRef, ...]:
        """Who has a configuration or a provider's key, each once."""
        having: tuple[Pages, ...] = (self.configs.tenants, self.provider_keys.tenants)
        return tuple(dict.fromkeys(tenant for pages in having for tenant in _all(pages)))

    def _rotate_configuration(self, tenant: TenantRef, tally: _Tally) -> None:
        seen = self.configs.get(tenant)
        if seen is None:
            return
        kept = _keys_of(seen)
        sealed = [self._sealed(tenant, provider, token, tally) for provider, token in kept]
        resealed = seen.model_copy(
            update={"sealed_key": sealed[0], "sealed_fallback_keys": tuple(sealed[1:])}
        )
        keys = sum(new != old for new, (_, old) in zip(sealed, kept, strict=True))
        if keys:
            tally.written(keys, self.configs.reseal(tenant, seen, resealed))

    def _rotate_provider_keys(self, tenant: TenantRef, tally: _Tally) -> None:
        for seen in self.provider_keys.list(tenant):
            resealed = self._resealed(tenant, seen, tally)
            if resealed != seen:
                tally.written(1, self.provider_keys.reseal(tenant, seen, resealed))

    def _resealed(
        self, tenant: TenantRef, seen: StoredProviderKey, tally: _Tally
    ) -> StoredProviderKey:
        token = self._sealed(tenant, seen.provider, seen.sealed_key, tally)
        return seen.model_copy(update={"sealed_key": token})

    def _sealed(self, tenant: TenantRef, provider: str, token: str, tally: _Tally) -> str:
        """The token sealed anew; the same one where there is nothing to do, or no way to."""
        if not token:
            return token
        if self.secret_box.is_current(token):
            tally.current += 1
            return token
        try:
            return self.secret_box.rotate(token)
        except SecretUnreadable as error:
            tally.failed(tenant, provider, error.code)
            return token


def _keys_of(stored: StoredConfig) -> list[tuple[str, str]]:
    """Provider and sealed key of the main host and of each fallback host."""
    config = stored.config
    providers = (
        config.hosting_provider,
        *(host.hosting_provider for host in config.fallback_hosts),
    )
    return list(zip(providers, (stored.sealed_key, *stored.sealed_fallback_keys), strict=True))


def _all(pages: Pages) -> Iterator[TenantRef]:
    last: TenantRef | None = None
    while page := pages(last, PAGE):
        yield from page
        last = page[-1]
