"""The configuration of Meta AI for each client."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import attrs

from llama_marketing.app.fallback_slots import fallback_slots
from llama_marketing.app.host_access import MAIN, HostAccess, HostSlot, slot_of
from llama_marketing.app.provider_keys import ProviderKeyService
from llama_marketing.app.saved_versions import VersionKeeper
from llama_marketing.app.validation import HostValidation, ValidationResult
from llama_marketing.domain.catalog.host_cards import HostCard, host_cards
from llama_marketing.domain.config.advice import advice
from llama_marketing.domain.config.changes import (
    ConfigChanges,
    conceal,
    merge_settings,
)
from llama_marketing.domain.config.models import FallbackHost, MetaAIConfig, StoredConfig
from llama_marketing.domain.credentials import ProviderKey
from llama_marketing.domain.errors import (
    ConfigExists,
    ConfigNotFound,
    InvalidRequest,
    RevisionConflict,
)
from llama_marketing.domain.tenant import TenantRef, check_owner
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.ids import Ids


@attrs.frozen(kw_only=True)
class MetaAIConfigService:
    """Creates, reads, changes and validates configurations. Safe between threads.

    Everything that is answered carries the key's mask, never the key.
    """

    configs: Configs
    access: HostAccess
    validation: HostValidation
    providers: ProviderKeyService
    keeper: VersionKeeper
    clock: Clock
    ids: Ids

    def create(
        self, tenant: TenantRef, fields: Mapping[str, Any], *, user_id: str = ""
    ) -> MetaAIConfig:
        """Create the client's configuration; what is left out takes its default.

        ``fields`` has the JSON's names in snake_case or camelCase; ``hostingProvider`` is
        needed. Raises InvalidRequest and ConfigExists.
        """
        changes = self._read(tenant, conceal(fields))
        if self.configs.get(tenant) is not None:
            raise ConfigExists(f"{tenant} has a configuration already")
        stored = self._written(tenant, changes, None)
        stored = self.keeper.with_prompts(tenant, stored, user_id=user_id)
        self.configs.create(tenant, stored)
        return self._shown(stored)

    def get(self, tenant: TenantRef) -> MetaAIConfig:
        """The client's configuration; raises ConfigNotFound."""
        return self._shown(self._stored(tenant))

    def update(
        self, tenant: TenantRef, fields: Mapping[str, Any], *, user_id: str = ""
    ) -> MetaAIConfig:
        """Change only the fields that are sent.

        A key that is not sent, or sent as its mask, is kept unless the origin or the provider
        changes. ``revision``, when sent, must be the present one. Raises InvalidRequest,
        ConfigNotFound and RevisionConflict.
        """
        changes = self._read(tenant, conceal(fields))
        return self._change(tenant, changes, user_id)

    def delete(self, tenant: TenantRef) -> None:
        """Forget the configuration and its keys; raises ConfigNotFound. The books stay."""
        if not self.configs.delete(tenant):
            raise ConfigNotFound(f"{tenant} has no configuration")

    def set_enabled(self, tenant: TenantRef, enabled: bool) -> MetaAIConfig:
        """Switch Meta AI on or off without losing anything."""
        return self._change(tenant, ConfigChanges.read({"enabled": _given("enabled", enabled)}))

    def select_model(self, tenant: TenantRef, model_id: str) -> MetaAIConfig:
        """Make a model of the catalog the client's main model."""
        chosen = _given("modelId", model_id)
        return self._change(tenant, ConfigChanges.read({"selected_model_id": chosen}))

    def validate(
        self, tenant: TenantRef, fields: Mapping[str, Any] | None = None
    ) -> ValidationResult:
        """Try the host with a real call; nothing is saved.

        ``fields`` (those of ``update``) are laid over the stored configuration, or stand alone;
        without them the stored one is tried. Raises InvalidRequest and ConfigNotFound; whatever
        the host does is an outcome.
        """
        changes = self._read(tenant, conceal({} if fields is None else fields))
        before = self.configs.get(tenant)
        if before is None and not changes.sent("hosting_provider"):
            raise ConfigNotFound(f"{tenant} has no configuration to validate")
        draft = self._written(tenant, changes, before, keys_are_saved=False)
        kept = None if before is None else slot_of(before, MAIN)
        slot = self._main_slot(tenant, changes, kept, seal=False)
        return self.validation.validate(tenant, draft.config, slot, changes.api_key)

    def hosts(self) -> tuple[HostCard, ...]:
        """The hosting providers a client can choose, with their present status."""
        return host_cards(self.access.catalog.catalog(), self.clock.now().date())

    def set_provider_key(
        self, tenant: TenantRef, provider: str, fields: Mapping[str, Any]
    ) -> ProviderKey:
        """Keep a key of another provider (``ProviderKeyService.set``)."""
        return self.providers.set(tenant, provider, conceal(fields))

    def provider_keys(self, tenant: TenantRef) -> tuple[ProviderKey, ...]:
        """The client's keys of other providers, as masks."""
        return self.providers.list(tenant)

    def provider_key(self, tenant: TenantRef, provider: str) -> ProviderKey:
        """One of them; raises NotFound."""
        return self.providers.get(tenant, provider)

    def delete_provider_key(self, tenant: TenantRef, provider: str) -> None:
        """Forget one of them; raises NotFound."""
        self.providers.delete(tenant, provider)

    def validate_provider_key(
        self, tenant: TenantRef, provider: str, fields: Mapping[str, Any] | None = None
    ) -> ValidationResult:
        """Try one of them with a real call (``ProviderKeyService.validate``)."""
        return self.providers.validate(tenant, provider, conceal(fields))

    def _read(self, tenant: TenantRef, fields: object) -> ConfigChanges:
        changes = ConfigChanges.read(fields)
        check_owner(tenant, changes.client_id, changes.organization_id)
        return changes

    def _stored(self, tenant: TenantRef) -> StoredConfig:
        stored = self.configs.get(tenant)
        if stored is None:
            raise ConfigNotFound(f"{tenant} has no configuration")
        return stored

    def _change(self, tenant: TenantRef, changes: ConfigChanges, user_id: str = "") -> MetaAIConfig:
        before = self._stored(tenant)
        seen = before.config.revision
        if changes.revision is not None and changes.revision != seen:
            raise RevisionConflict(f"{tenant}: revision {changes.revision} was seen, {seen} is now")
        stored = self._written(tenant, changes, before)
        stored = self.keeper.with_prompts(tenant, stored, before, user_id)
        self.configs.replace(tenant, stored, seen)
        return self._shown(stored)

    def _written(
        self,
        tenant: TenantRef,
        changes: ConfigChanges,
        before: StoredConfig | None,
        *,
        keys_are_saved: bool = True,
    ) -> StoredConfig:
        """The stored configuration after the changes, checked against the catalog."""
        kept = None if before is None else slot_of(before, MAIN)
        main = self._main_slot(tenant, changes, kept, seal=keys_are_saved)
        others = fallback_slots(self.access, tenant, changes, before, seal=keys_are_saved)
        now = _after(self.clock.now(), before)
        fields: dict[str, Any] = {
            "id": self.ids.new(self.clock.now()),
            "created_at": now,
            "revision": 1,
        }
        if before is not None:
            fields = dict(before.config)
            fields["revision"] = before.config.revision + 1
        fields = merge_settings(fields, changes) | {
            "client_id": tenant.client_id,
            "organization_id": tenant.organization_id,
            "updated_at": now,
            "hosting_provider": main.provider,
            "api_endpoint": main.endpoint,
            "api_key": main.mask,
            "api_key_masked": main.mask,
            "warnings": (),
            "fallback_hosts": tuple(_fallback_host(slot, model) for slot, model in others),
        }
        config = MetaAIConfig.read(fields)
        self._check_models(config, changes if before is not None else None)
        return StoredConfig(
            config=config,
            sealed_key=main.token,
            sealed_fallback_keys=tuple(slot.token for slot, _ in others),
            brand_voice=None if before is None else before.brand_voice,
        )

    def _main_slot(
        self, tenant: TenantRef, changes: ConfigChanges, kept: HostSlot | None, *, seal: bool
    ) -> HostSlot:
        provider = changes.hosting_provider or (kept.provider if kept is not None else "")
        if not provider:
            raise InvalidRequest(
                "hostingProvider is required",
                user_message="Elige un proveedor de hosting.",
                issues=(("hostingProvider", "is required"),),
            )
        endpoint = (changes.api_endpoint or "") if changes.sent("api_endpoint") else None
        key = changes.api_key if seal else None
        return self.access.slot(tenant, provider, endpoint, key, kept)

    def _check_models(self, config: MetaAIConfig, changes: ConfigChanges | None) -> None:
        """Refuse unknown models; of a stored config (with ``changes``) only newly sent ones.

        So a client can still be switched off whose model the operator took out of the catalog.
        """
        catalog = self.access.catalog.catalog()
        named = [
            ("selected_model_id", "selectedModelId", config.selected_model_id),
            ("fallback_model_id", "fallbackModelId", config.fallback_model_id),
            *(("use_cases", "useCases.modelOverride", u.model_override) for u in config.use_cases),
            *(
                ("fallback_hosts", "fallbackHosts.modelId", h.model_id)
                for h in config.fallback_hosts
            ),
        ]
        for field, name, model_id in named:
            if changes is not None and not changes.sent(field):
                continue
            if model_id is not None and catalog.model(model_id) is None:
                raise InvalidRequest(
                    f"{name}: the model is not in the catalog",
                    user_message="El modelo no está en el catálogo.",
                    issues=((name, "is not in the catalog"),),
                )

    def _shown(self, stored: StoredConfig) -> MetaAIConfig:
        """The configuration as it is answered: endpoints filled in, advice added."""
        config = stored.config
        hosts = tuple(
            host.model_copy(update={"api_endpoint": self._endpoint(slot_of(stored, place))})
            for place, host in enumerate(config.fallback_hosts)
        )
        today = self.clock.now().date()
        return config.model_copy(
            update={
                "api_endpoint": self._endpoint(slot_of(stored, MAIN)),
                "fallback_hosts": hosts,
                "warnings": advice(config, self.access.catalog.catalog(), today),
            }
        )

    def _endpoint(self, slot: HostSlot) -> str:
        row = self.access.catalog.catalog().host(slot.provider)
        return slot.endpoint or (row.base_url if row is not None else "")


def _fallback_host(slot: HostSlot, model_id: str | None) -> FallbackHost:
    return FallbackHost(
        hosting_provider=slot.provider,
        api_endpoint=slot.endpoint,
        api_key=slot.mask,
        api_key_masked=slot.mask,
        model_id=model_id,
    )


def _given(name: str, value: object) -> object:
    if value is None:
        raise InvalidRequest(f"{name} is required", issues=((name, "is required"),))
    return value


def _after(now: datetime, before: StoredConfig | None) -> str:
    """The time of a change: after the one before, also where this machine's clock is behind.

    The books take a quota's terms in the order of these times.
    """
    if before is None:
        return timestamp(now)
    last = datetime.fromisoformat(before.config.updated_at)
    return timestamp(max(now, last + timedelta(microseconds=1)))
