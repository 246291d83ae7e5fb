"""The queue of the parts of jobs, on DynamoDB: found by the index, taken by a condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, Final
from uuid import uuid4

import attrs

from llama_marketing.adapters.dynamodb import items, keys
from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.items import Item
from llama_marketing.adapters.dynamodb.writes import IS_NEW, delete, put, update
from llama_marketing.domain.jobs.models import PartRef, QueuedPart
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.ports.job_queue import JobQueue

_MOVE: Final = f"#visible_at = :until, #{keys.INDEX_SK} = :place"
_TAKE: Final = f"SET {_MOVE}, #tries = :next, #receipt = :receipt"
_AS_SEEN: Final = "#tries = :tries OR #receipt = :receipt"
"""The second half holds when this very write was applied before and its answer was lost."""
_MINE: Final = "#receipt = :receipt"


@attrs.frozen
class DynamoJobQueue(JobQueue):
    """Keeps the waiting parts in the table, one item each.

    The index may be a moment behind; what it shows is only taken as the item itself allows.
    """

    client: DynamoClient

    def put(self, parts: Sequence[PartRef], now: datetime) -> None:
        for part in parts:
            self.client.write(put(_item(part, timestamp(now)), IS_NEW))

    def take(self, now: datetime, seconds: int, limit: int = 1) -> Sequence[QueuedPart]:
        until = timestamp(now + timedelta(seconds=seconds))
        taken: list[QueuedPart] = []
        for item in self._waiting(timestamp(now), limit):
            ref, seen, receipt = _ref(item), items.number(item, "tries"), uuid4().hex
            sort_key = keys.waiting_part(ref.job_id, ref.number)
            hidden: dict[str, Any] = {**_moved(ref, until), "next": seen + 1, "receipt": receipt}
            write = update(ref.tenant, sort_key, _TAKE, _AS_SEEN, tries=seen, **hidden)
            if self.client.write(write):
                taken.append(QueuedPart(ref=ref, receipt=receipt, tries=seen + 1))
            if len(taken) == limit:
                break
        return taken

    def hide(self, part: QueuedPart, now: datetime, seconds: int) -> None:
        moved = _moved(part.ref, timestamp(now + timedelta(seconds=seconds)))
        sort_key = keys.waiting_part(part.ref.job_id, part.ref.number)
        self.client.write(
            update(part.ref.tenant, sort_key, f"SET {_MOVE}", _MINE, receipt=part.receipt, **moved)
        )

    def acknowledge(self, part: QueuedPart) -> None:
        sort_key = keys.waiting_part(part.ref.job_id, part.ref.number)
        self.client.write(delete(part.ref.tenant, sort_key))

    def close(self) -> None:
        """The client is closed with the stores."""

    def _waiting(self, present: str, limit: int) -> Iterator[Item]:
        # Several workers look at the same time, so some of what is seen first is taken already.
        found = self.client.query_index(keys.queue(), keys.queue_place(), page=2 * limit + 4)
        return takewhile(lambda item: items.text(item, "visible_at") <= present, found)


def _item(part: PartRef, visible_at: str) -> Item:
    place = {
        keys.INDEX_PK: keys.queue(),
        keys.INDEX_SK: keys.queue_place(visible_at, part.job_id, part.number),
    }
    sort_key = keys.waiting_part(part.job_id, part.number)
    said = {"job": part.job_id, "number": part.number, "tries": 0, "visible_at": visible_at}
    return items.item_of(part.tenant, sort_key, **said, **place)


def _ref(item: Item) -> PartRef:
    return PartRef(
        organization_id=items.text(item, items.ORGANIZATION),
        client_id=items.text(item, items.CLIENT),
        job_id=items.text(item, "job"),
        number=items.number(item, "number"),
    )


def _moved(part: PartRef, until: str) -> dict[str, Any]:
    return {"until": until, "place": keys.queue_place(until, part.job_id, part.number)}
