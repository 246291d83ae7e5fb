"""Ratings as items: what each user thinks of an entry, one item each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.items import document_item, read
from llama_marketing.adapters.dynamodb.writes import IS_NEW, Write, put
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.ratings import Rating


def rating_of(tenant: TenantRef, item: Mapping[str, Any] | None) -> Rating | None:
    """The rating that an item keeps; None where there is none."""
    return None if item is None else read(Rating, tenant, item)


def given(tenant: TenantRef, rating: Rating, before: Rating | None) -> Write:
    """Put a user's rating in the place of exactly the one that was seen, or of none.

    It guards itself: the entry is read after it, so the entry's condition does not tell of a
    rating that came between the two.
    """
    item = document_item(
        tenant,
        keys.rating(rating.entry_id, rating.user_id),
        rating,
        entry_id=rating.entry_id,
        user_id=rating.user_id,
        rating=rating.rating,
    )
    if before is None:
        return put(item, IS_NEW)
    return put(item, "#rating = :was", was=before.rating)
