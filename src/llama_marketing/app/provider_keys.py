"""The clients' keys of other providers: kept sealed, shown as a mask, tried with a real call."""

from __future__ import annotations

from typing import Any

import attrs

from llama_marketing.app.comparators import comparator_host, default_model, no_key
from llama_marketing.app.validation import HostValidation, ValidationResult, unreadable_key
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.config.changes import conceal
from llama_marketing.domain.config.endpoint import origin_of
from llama_marketing.domain.config.masking import mask
from llama_marketing.domain.credentials import (
    ProviderKey,
    ProviderKeyChanges,
    ProviderSecret,
    StoredProviderKey,
    check_provider,
)
from llama_marketing.domain.errors import (
    InvalidRequest,
    RevisionConflict,
    SecretError,
)
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.tenant import TenantRef, check_owner
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.ports.catalog import CatalogSource
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.credentials import ProviderCredentials
from llama_marketing.ports.provider_keys import ProviderKeys
from llama_marketing.ports.secret_box import Binding, SecretBox


@attrs.frozen(kw_only=True)
class SealedProviderCredentials(ProviderCredentials):
    """Opens the keys of our own store, which keeps them for each client."""

    keys: ProviderKeys
    secret_box: SecretBox
    catalog: CatalogSource

    def key(self, tenant: TenantRef, provider: str) -> ProviderSecret | None:
        """The client's own key; there is none of the organization."""
        stored = self.keys.get(tenant, provider)
        if stored is None:
            return None
        bound = binding(self.catalog.catalog(), tenant, provider)
        key = self.secret_box.open(stored.sealed_key, bound)
        return ProviderSecret(provider, key, stored.model or "")


@attrs.frozen(kw_only=True)
class ProviderKeyService:
    """Keeps, shows and tries keys of other providers. Safe between threads.

    Every method raises InvalidRequest for a provider of the wrong form, and for fields of one.
    """

    keys: ProviderKeys
    credentials: ProviderCredentials
    secret_box: SecretBox
    catalog: CatalogSource
    validation: HostValidation
    clock: Clock

    def set(self, tenant: TenantRef, provider: str, fields: object) -> ProviderKey:
        """Keep a key, or change what is sent of the kept one.

        ``fields`` is a mapping with the JSON's names in either case.
        Raises InvalidRequest where no key is sent and none is kept, and RevisionConflict when
        ``revision`` was sent and is not the present one, or somebody else saved in between.
        """
        changes = _read(tenant, check_provider(provider), conceal(fields))
        before = self.keys.get(tenant, provider)
        seen = 0 if before is None else before.revision
        if changes.revision is not None and changes.revision != seen:
            raise RevisionConflict(f"{tenant}: revision {changes.revision} was seen, {seen} is now")
        stored = self._changed(tenant, provider, changes, before)
        self.keys.put(tenant, stored, seen)
        return stored.shown()

    def list(self, tenant: TenantRef) -> tuple[ProviderKey, ...]:
        """Every kept key of the client, in the order of the providers' ids."""
        return tuple(stored.shown() for stored in self.keys.list(tenant))

    def get(self, tenant: TenantRef, provider: str) -> ProviderKey:
        """One kept key; raises NotFound."""
        stored = self.keys.get(tenant, check_provider(provider))
        if stored is None:
            raise no_key(tenant, provider)
        return stored.shown()

    def delete(self, tenant: TenantRef, provider: str) -> None:
        """Forget a key; raises NotFound."""
        if not self.keys.delete(tenant, check_provider(provider)):
            raise no_key(tenant, provider)

    def validate(self, tenant: TenantRef, provider: str, fields: object = None) -> ValidationResult:
        """Try a key with a real call; nothing is saved.

        ``fields`` (those of ``set``) are laid over the kept ones, or stand alone. Raises
        InvalidRequest for a provider that we cannot call, NotFound where there is no key to
        try; whatever the provider does is an outcome.
        """
        changes = _read(tenant, check_provider(provider), conceal({} if fields is None else fields))
        row = comparator_host(self.catalog.catalog(), provider)
        try:
            secret = self._tried(tenant, provider, changes)
        except SecretError as error:
            return unreadable_key(error)
        model = changes.model if changes.sent("model") else secret.model
        today = self.clock.now().date()
        model = model or default_model(self.catalog.catalog(), provider, today)
        return self.validation.validate_provider(tenant, row, model, secret.key)

    def _changed(
        self,
        tenant: TenantRef,
        provider: str,
        changes: ProviderKeyChanges,
        before: StoredProviderKey | None,
    ) -> StoredProviderKey:
        changed: dict[str, Any] = {"provider": provider} if before is None else dict(before)
        if changes.api_key is not None:
            changed |= self._sealed(tenant, provider, changes.api_key)
        elif before is None:
            raise InvalidRequest(
                f"{tenant} has no key of {provider} yet, and none was sent",
                user_message="Escribe la API key del proveedor.",
                issues=(("apiKey", "is required"),),
            )
        if changes.sent("model"):
            changed["model"] = changes.model
        changed["updated_at"] = timestamp(self.clock.now())
        changed["revision"] = 1 if before is None else before.revision + 1
        return StoredProviderKey.read(changed)

    def _sealed(self, tenant: TenantRef, provider: str, key: Secret) -> dict[str, str]:
        catalog = self.catalog.catalog()
        row = catalog.host(provider)
        return {
            "sealed_key": self.secret_box.seal(key, binding(catalog, tenant, provider)),
            "mask": mask(key.reveal(), () if row is None else row.key_prefixes),
        }

    def _tried(
        self, tenant: TenantRef, provider: str, changes: ProviderKeyChanges
    ) -> ProviderSecret:
        if changes.api_key is not None:
            # What is kept may be of another encryption key: only its model is of use here.
            kept = self.keys.get(tenant, provider)
            model = "" if kept is None else kept.model or ""
            return ProviderSecret(provider, changes.api_key, model)
        secret = self.credentials.key(tenant, provider)
        if secret is None:
            raise no_key(tenant, provider)
        return secret


def binding(catalog: Catalog, tenant: TenantRef, provider: str) -> Binding:
    """What a provider's key is sealed for: its host's origin, where the catalog knows one."""
    row = catalog.host(provider)
    origin = origin_of(row.base_url) if row is not None and row.base_url else ""
    return Binding(tenant, provider, origin)


def _read(tenant: TenantRef, provider: str, fields: object) -> ProviderKeyChanges:
    changes = ProviderKeyChanges.read(fields)
    check_owner(tenant, changes.client_id, changes.organization_id)
    if changes.provider not in (None, provider):
        raise InvalidRequest(
            "the provider of the body is not that of the path",
            user_message="La solicitud es de otro proveedor.",
            issues=(("provider", "must equal the path's"),),
        )
    return changes
