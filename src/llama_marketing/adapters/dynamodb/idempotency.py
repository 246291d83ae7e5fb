"""Idempotency keys on DynamoDB."""

from __future__ import annotations

import hashlib
import uuid
from typing import Final

import attrs

from llama_marketing.adapters import documents
from llama_marketing.adapters.dynamodb import items, keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.items import Item
from llama_marketing.adapters.dynamodb.writes import IS_NEW, delete, put
from llama_marketing.domain.errors import StoreUnavailable
from llama_marketing.domain.idempotency import KeptAnswer
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.idempotency import IdempotencyKeys

_FREE: Final = f"{IS_NEW} OR #expires_at <= :now OR #lease_until <= :now"
"""``KeptAnswer.is_free``: only a running request's item has a ``lease_until``, and a comparison
with an attribute that is not there is false."""
_STILL_MINE: Final = f"#{items.DOCUMENT} = :claim"
_TAKER: Final = "taker"
_ROUNDS: Final = 8


@attrs.frozen
class DynamoIdempotencyKeys(IdempotencyKeys):
    """Keeps answers in the table, each under the SHA-256 of its key."""

    client: DynamoClient

    def take(self, tenant: TenantRef, key: str, claim: KeptAnswer, now: str) -> KeptAnswer | None:
        """Take a free key, or answer what is kept under it."""
        # Two requests may claim a key in the same words; whose item it is must be certain also
        # when the answer to the write was lost.
        taker = uuid.uuid4().hex
        taking = put(_item(tenant, key, claim, taker), _FREE, now=now)
        for _ in range(_ROUNDS):
            if self.client.write(taking):
                return None
            item = self.client.get(tenant, _sort_key(key))
            if item is None:
                continue
            kept = items.read(KeptAnswer, tenant, item)
            if items.text(item, _TAKER) == taker:
                return None
            if not kept.is_free(now):
                return kept
        raise StoreUnavailable(f"{tenant}: an idempotency key changes faster than it is read")

    def keep(self, tenant: TenantRef, key: str, claim: KeptAnswer, answer: KeptAnswer) -> None:
        """Keep the answer."""
        kept = put(_item(tenant, key, answer), _STILL_MINE, claim=documents.write(claim))
        self.client.write(kept)

    def free(self, tenant: TenantRef, key: str, claim: KeptAnswer) -> None:
        """Give the key back."""
        mine = documents.write(claim)
        self.client.write(delete(tenant, _sort_key(key), _STILL_MINE, claim=mine))


def _sort_key(key: str) -> str:
    return keys.idempotency(hashlib.sha256(key.encode()).hexdigest())


def _item(tenant: TenantRef, key: str, answer: KeptAnswer, taker: str = "") -> Item:
    return items.document_item(
        tenant,
        _sort_key(key),
        answer,
        expires_at=answer.expires_at,
        lease_until=answer.lease_until if answer.status is None else None,
        **{_TAKER: taker, keys.EXPIRES: items.unix_seconds(answer.expires_at)},
    )
