"""The table's items: values as DynamoDB's attributes and back, and whose an item is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from llama_marketing.adapters import documents
from llama_marketing.adapters.documents import Value
from llama_marketing.adapters.dynamodb import keys
from llama_marketing.domain.errors import StoreIncompatible
from llama_marketing.domain.model import Model
from llama_marketing.domain.tenant import TenantRef

Item = dict[str, Any]
"""An item, or a part of it, as boto3's low-level client has it: ``{"state": {"S": "OPEN"}}``."""

MAX_ITEM_BYTES: Final = 400 * 1024
"""DynamoDB's limit for one item, its attributes' names included (developer guide, 2026)."""

ORGANIZATION: Final = "org"
CLIENT: Final = "client"
VERSION: Final = "version"
DOCUMENT: Final = "document"


def attribute(value: object) -> Item:
    """One value: a text that is not empty, a whole number, a truth, or a list of such."""
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list | tuple):
        return {"L": [attribute(part) for part in value]}
    raise TypeError(f"an item has no attribute of type {type(value).__name__}")


def item_of(tenant: TenantRef, sort_key: str, **attributes: object) -> Item:
    """An item of a tenant without a document; what is None or an empty text is left out."""
    item = {**keys.of(tenant, sort_key)}
    for name, value in {**owned(tenant), **attributes}.items():
        if value is not None and value != "":
            item[name] = attribute(value)
    return item


def owned(tenant: TenantRef) -> dict[str, str]:
    """The attributes that say whose an item is."""
    return {ORGANIZATION: tenant.organization_id, CLIENT: tenant.client_id}


def document_item(tenant: TenantRef, sort_key: str, value: Model, **attributes: object) -> Item:
    """An item of a tenant that keeps a value as its document, beside what is searched by."""
    document = {VERSION: documents.VERSION, DOCUMENT: documents.write(value)}
    return item_of(tenant, sort_key, **document, **attributes)


def read(kind: type[Value], tenant: TenantRef, item: Mapping[str, Any]) -> Value:
    """The value that an item keeps.

    Raises StoreIncompatible for one that is another client's, that a newer version wrote, or
    that cannot be read.
    """
    check_owner(tenant, item)
    # What has no readable version or document is told like a document that is no JSON.
    version = number(item, VERSION, documents.VERSION)
    return documents.read(kind, version, text(item, DOCUMENT))


def check_owner(tenant: TenantRef, item: Mapping[str, Any]) -> None:
    """Raise StoreIncompatible unless an item says itself that it is the tenant's."""
    if (text(item, ORGANIZATION), text(item, CLIENT)) != (
        tenant.organization_id,
        tenant.client_id,
    ):
        raise StoreIncompatible(
            f"an item below the key of {tenant} is not marked as that client's",
            user_message="Los datos guardados no se pueden leer.",
        )


def text(item: Mapping[str, Any], name: str, default: str = "") -> str:
    """A text attribute, the default where it is absent or no text."""
    value = item.get(name, {}).get("S", default)
    return str(value)


def number(item: Mapping[str, Any], name: str, default: int = 0) -> int:
    """A whole number attribute, the default where it is absent or no number."""
    value = item.get(name, {}).get("N")
    # Decimal, because a number may come back with an exponent.
    return default if value is None else int(Decimal(value))


def unix_seconds(timestamp: str) -> int:
    """The first whole second after a UTC timestamp, for the TTL attribute."""
    moment = datetime.fromisoformat(timestamp.replace("Z", "+00:00")).astimezone(UTC)
    return int(moment.timestamp()) + 1


def size_of(item: Mapping[str, Any]) -> int:
    """How many bytes DynamoDB counts for an item, rounded up a little."""
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


def _size(value: Mapping[str, Any]) -> int:
    (kind, content), *_ = value.items()
    if kind == "S":
        return len(content.encode())
    if kind == "N":
        return len(content) // 2 + 2
    if kind == "L":
        return 3 + sum(1 + _size(part) for part in content)
    return 1
