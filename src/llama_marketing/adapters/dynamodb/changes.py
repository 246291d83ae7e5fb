"""What the items without a document have in common: marks, versions, numbers that are added to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from llama_marketing.adapters import documents
from llama_marketing.adapters.dynamodb.items import CLIENT, ORGANIZATION, VERSION, number
from llama_marketing.domain.errors import StoreIncompatible
from llama_marketing.domain.tenant import TenantRef


def marks_of(tenant: TenantRef) -> dict[str, object]:
    """Whose an item is, and the version that wrote it."""
    return {
        ORGANIZATION: tenant.organization_id,
        CLIENT: tenant.client_id,
        VERSION: documents.VERSION,
    }


def check_version(what: str, item: Mapping[str, Any]) -> None:
    """Raise StoreIncompatible for an item that a newer version wrote."""
    version = number(item, VERSION, documents.VERSION)
    if version > documents.VERSION:
        raise StoreIncompatible(
            f"a {what} has version {version}, this program reads up to {documents.VERSION}",
            user_message="Los datos fueron guardados por una versión más reciente del programa.",
        )


def change_of(
    setting: Mapping[str, object],
    adding: Mapping[str, int],
    removing: Sequence[str] = (),
) -> tuple[str, dict[str, object]]:
    """An update's expression and its values.

    Nothing is added where the number is 0, and an absent number counts as 0.
    """
    added = {name: count for name, count in adding.items() if count}
    clauses = (
        ("SET", [f"#{name} = :{name}" for name in setting]),
        ("ADD", [f"#{name} :{name}" for name in added]),
        ("REMOVE", [f"#{name}" for name in removing]),
    )
    text = " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses if parts)
    return text, {**setting, **added}
