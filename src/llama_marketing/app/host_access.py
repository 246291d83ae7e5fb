"""A client's way to a host: the endpoint, the origin, and the key bound to both."""

from __future__ import annotations

import attrs

from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.chat.models import HostTarget
from llama_marketing.domain.config.endpoint import normalise_endpoint, origin_of
from llama_marketing.domain.config.masking import mask
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.errors import BadKey, InvalidRequest
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.catalog import CatalogSource
from llama_marketing.ports.secret_box import Binding, SecretBox

MAIN = -1
"""The slot of the client's main host; fallback hosts count from 0."""


@attrs.frozen
class HostSlot:
    """One host of a configuration as it is kept.

    ``endpoint`` is empty where the host's own is used; ``mask`` and ``token`` are empty without
    a key.
    """

    provider: str
    endpoint: str = ""
    mask: str = ""
    token: str = attrs.field(default="", repr=False)


def slot_of(stored: StoredConfig, place: int) -> HostSlot:
    """The main host (MAIN) or one of the fallback hosts of a stored configuration."""
    if place == MAIN:
        config = stored.config
        return HostSlot(
            config.hosting_provider, config.api_endpoint, config.api_key, stored.sealed_key
        )
    other = stored.config.fallback_hosts[place]
    return HostSlot(
        other.hosting_provider,
        other.api_endpoint,
        other.api_key,
        stored.sealed_fallback_keys[place],
    )


@attrs.frozen(kw_only=True)
class HostAccess:
    """Makes and uses host slots. Safe between threads."""

    catalog: CatalogSource
    secret_box: SecretBox

    def row(self, provider: str) -> HostRow:
        """The host's row; raises InvalidRequest for an unknown provider."""
        row = self.catalog.catalog().llama_host(provider)
        if row is None:
            raise InvalidRequest(
                f"hosting provider {provider!r} is not known",
                user_message="El proveedor de hosting no existe.",
                issues=(("hostingProvider", "not known"),),
            )
        return row

    def slot(
        self,
        tenant: TenantRef,
        provider: str,
        typed_endpoint: str | None,
        typed_key: Secret | None,
        before: HostSlot | None,
    ) -> HostSlot:
        """The slot after a change.

        ``typed_endpoint`` None keeps the endpoint, empty takes the host's own. A key that was
        not typed is kept only when neither provider nor origin changed (C2).
        """
        row = self.row(provider)
        moved = before is None or before.provider != provider
        if typed_endpoint:
            endpoint = normalise_endpoint(typed_endpoint, row.base_path)
        else:
            kept = before.endpoint if before is not None and not moved else ""
            endpoint = kept if typed_endpoint is None else ""
        if endpoint == row.base_url:
            endpoint = ""
        origin = self._origin(row, endpoint)
        if typed_key:
            token = self.secret_box.seal(typed_key, Binding(tenant, provider, origin))
            return HostSlot(provider, endpoint, _mask(typed_key, row), token)
        slot = HostSlot(provider, endpoint)
        if before is not None and self.same_host(before, slot):
            return attrs.evolve(slot, mask=before.mask, token=before.token)
        return slot

    def same_host(self, one: HostSlot, other: HostSlot) -> bool:
        """Whether two slots name the same provider at the same origin, so that a key fits both."""
        if one.provider != other.provider:
            return False
        row = self.row(one.provider)
        return self._origin(row, one.endpoint) == self._origin(row, other.endpoint)

    def target(self, tenant: TenantRef, slot: HostSlot) -> HostTarget:
        """The slot with its key opened, ready for a call.

        Raises BadKey when the host needs a key and none is stored, and SecretError when the
        stored one cannot be opened.
        """
        row = self.row(slot.provider)
        base_url = slot.endpoint or row.base_url
        key = None
        if slot.token:
            binding = Binding(tenant, slot.provider, self._origin(row, slot.endpoint))
            key = self.secret_box.open(slot.token, binding)
        elif row.key_required:
            raise BadKey(
                f"{tenant} has no API key for {row.id}",
                user_message="Falta la API key del proveedor. Captúrala en Settings > AI.",
                host=row.id,
            )
        return HostTarget(row=row, base_url=base_url, key=key)

    def unsaved_target(
        self, tenant: TenantRef, slot: HostSlot, typed_key: Secret | None
    ) -> HostTarget:
        """The target of a form that is not saved: with the typed key, else the kept one."""
        if typed_key or not slot.token:
            row = self.row(slot.provider)
            return HostTarget(row=row, base_url=slot.endpoint or row.base_url, key=typed_key)
        return self.target(tenant, slot)

    def _origin(self, row: HostRow, endpoint: str) -> str:
        if not endpoint and not row.base_url:
            raise InvalidRequest(
                f"host {row.id} needs an apiEndpoint",
                user_message="Escribe el endpoint del servidor.",
                issues=(("apiEndpoint", "is required for this hosting provider"),),
            )
        return origin_of(endpoint or row.base_url)


def _mask(key: Secret, row: HostRow) -> str:
    return mask(key.reveal(), row.key_prefixes)
