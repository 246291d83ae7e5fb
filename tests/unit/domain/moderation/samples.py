"""Batches, and models that answer them well or badly."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

from llama_marketing.domain.moderation.batches import Batch, WireItem, make_batch
from llama_marketing.domain.moderation.models import Comment

TEXTS = (
    "El pan llegó duro y frío",
    "¿Tienen sucursal en Puebla?",
    "Los mejores chilaquiles de la Roma",
    "Gana 5,000 pesos al día en mi página",
)


def batch_of(*texts: str, seed: int = 1) -> Batch:
    """A batch of these texts, or of the sample ones."""
    return make_batch(dict(enumerate(texts or TEXTS)), random.Random(seed).randrange)


def comments_of(*texts: str) -> tuple[Comment, ...]:
    """Comments whose ids are c0, c1 and so on."""
    return tuple(Comment(id=f"c{place}", text=text) for place, text in enumerate(texts or TEXTS))


def right_label(text: str) -> str:
    """What an obedient model makes of a text: by its plain words, else negative."""
    lower = text.lower()
    if "gracias" in lower or "excelente" in lower:
        return "positive"
    return "offensive" if "idiota" in lower or "imbécil" in lower else "negative"


def verdict(item: WireItem, **fields: Any) -> dict[str, Any]:
    """An obedient model's word on one text, unless told otherwise."""
    given: dict[str, Any] = {
        "id": item.id,
        "label": right_label(item.text),
        "sentiment": -0.5,
        "confidence": 0.9,
        "echo": item.text[:12],
    }
    return given | fields


def verdicts(batch: Batch) -> list[dict[str, Any]]:
    """An obedient model's word on a whole batch."""
    return [verdict(item) for item in batch.items]


def place_of(batch: Batch, wire_id: str) -> int | None:
    """The place of the comment with this id; None for a canary."""
    return batch.places.get(wire_id)


def comments_in(batch: Batch) -> list[WireItem]:
    """The items of the batch that are no canaries, in the order of their comments."""
    items = [item for item in batch.items if item.id in batch.places]
    return sorted(items, key=lambda item: batch.places[item.id])


def items_of(user_turn: str) -> list[WireItem]:
    """What a model is shown."""
    return [WireItem(item["id"], item["text"]) for item in json.loads(user_turn)]


def reply(items: Sequence[Any]) -> str:
    """A reply as the schema asks for it."""
    return json.dumps({"items": list(items)}, ensure_ascii=False)
