"""The configurations on DynamoDB, and what this process has read of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.dynamodb import items, keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.items import Item
from llama_marketing.adapters.dynamodb.tenants import tenants_with
from llama_marketing.adapters.dynamodb.writes import IS_NEW, Write, check, delete, put
from llama_marketing.domain.config.models import StoredConfig
from llama_marketing.domain.errors import ConfigExists, ConfigNotFound, RevisionConflict
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.configs import Configs

REVISION: Final = "revision"
CONFIG_ID: Final = "config_id"
_SEEN: Final = f"#{REVISION} = :seen AND #{items.VERSION} <= :version"
"""A replacement also keeps its hands off what a newer version of the program wrote."""


@attrs.frozen
class DynamoConfigs(Configs):
    """Keeps the configurations in the table; ``get`` without ``fresh`` may spare the trip."""

    client: DynamoClient

    def get(self, tenant: TenantRef, *, fresh: bool = True) -> StoredConfig | None:
        known = None if fresh else self.client.known.get(tenant)
        return known or self._read(tenant)

    def create(self, tenant: TenantRef, stored: StoredConfig) -> None:
        if self._write(tenant, stored, put(_item(tenant, stored), IS_NEW)):
            return
        if self._read(tenant) != stored:
            raise ConfigExists(f"{tenant} has a configuration already")

    def replace(self, tenant: TenantRef, stored: StoredConfig, seen_revision: int) -> None:
        replacement = put(
            _item(tenant, stored), _SEEN, seen=seen_revision, version=documents.VERSION
        )
        if self._write(tenant, stored, replacement):
            return
        kept = self._read(tenant)
        if kept is None:
            raise ConfigNotFound(f"{tenant} has no configuration")
        if kept != stored:
            raise RevisionConflict(
                f"{tenant}: the configuration is at revision {kept.config.revision}, "
                f"not {seen_revision}"
            )

    def delete(self, tenant: TenantRef) -> bool:
        self.client.known.forget(tenant)
        # What was there is read first: a deletion that is repeated because its answer was lost
        # finds nothing any more.
        there = self.client.get(tenant, keys.CONFIG) is not None
        if there:
            self.client.write(delete(tenant, keys.CONFIG))
        self.client.known.forget(tenant)
        return there

    def reseal(self, tenant: TenantRef, seen: StoredConfig, resealed: StoredConfig) -> bool:
        item = self.client.get(tenant, keys.CONFIG)
        kept = None if item is None else items.read(StoredConfig, tenant, item)
        if item is None or kept != seen:
            return kept == resealed
        written = items.text(item, items.DOCUMENT)
        anew = put(_item(tenant, resealed), f"#{items.DOCUMENT} = :seen", seen=written)
        return self._write(tenant, resealed, anew) or self._read(tenant) == resealed

    def tenants(self, after: TenantRef | None = None, limit: int = 100) -> Sequence[TenantRef]:
        return tenants_with(self.client, (keys.CONFIG, keys.CONFIG), after, limit)

    def _read(self, tenant: TenantRef) -> StoredConfig | None:
        item = self.client.get(tenant, keys.CONFIG)
        if item is None:
            self.client.known.forget(tenant)
            return None
        stored = items.read(StoredConfig, tenant, item)
        self.client.known.put(tenant, stored)
        return stored

    def _write(self, tenant: TenantRef, stored: StoredConfig, write: Write) -> bool:
        # Whatever becomes of it, what was known is old now.
        self.client.known.forget(tenant)
        written = self.client.write(write)
        if written:
            self.client.known.put(tenant, stored)
        return written


def config_check(client: DynamoClient, tenant: TenantRef, revision: int) -> Write:
    """The part of a transaction that confirms the configuration that was acted on.

    One that was deleted and made anew may have the revision of the one before it: where this
    process still knows which one it read, that one's id is asked for too.
    """
    config_id = client.known.id_at(tenant, revision)
    if config_id is None:
        return check(tenant, keys.CONFIG, f"#{REVISION} = :revision", revision=revision)
    both = f"#{REVISION} = :revision AND #{CONFIG_ID} = :id"
    return check(tenant, keys.CONFIG, both, revision=revision, id=config_id)


def confirm(client: DynamoClient, tenant: TenantRef, item: Item | None, revision: int) -> None:
    """Confirm the same from the configuration's item as it was read; raises RevisionConflict."""
    at = None
    if item is not None:
        items.check_owner(tenant, item)
        at = items.number(item, REVISION)
        known = client.known.id_at(tenant, revision)
        if known not in (None, items.text(item, CONFIG_ID)):
            raise RevisionConflict(f"{tenant}: the configuration was made anew")
    if at != revision:
        raise RevisionConflict(f"{tenant}: the configuration is at {at}, not at {revision}")


def _item(tenant: TenantRef, stored: StoredConfig) -> Item:
    facts = {REVISION: stored.config.revision, CONFIG_ID: stored.config.id}
    return items.document_item(tenant, keys.CONFIG, stored, **facts)
