"""From comments to what one call of a model shows: small batches under ids of our own making."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from llama_marketing.domain.generation.neutralise import neutralise
from llama_marketing.domain.moderation.canaries import CANARIES, Draw, draw_canary
from llama_marketing.domain.moderation.models import CommentLabel

MOST_IN_BATCH: Final = 25
"""Comments in one call, canaries apart, so that a hostile one touches few others."""
LARGEST_BATCH: Final = 12_000
"""Characters of comments in one call; long comments travel with fewer others."""
ID_LENGTH: Final = 5
# No vowels, so that no word comes out, and nothing that looks like something else.
_ALPHABET: Final = "bcdfghjkmnpqrstvwxz23456789"


@attrs.frozen
class WireItem:
    """One text as the model sees it, under a random short id."""

    id: str
    text: str


@attrs.frozen
class Batch:
    """What one call shows, and what only we know: whose text is whose, and the canaries."""

    items: tuple[WireItem, ...]
    places: Mapping[str, int]
    """The place of the comment in the request, by its id on the wire."""
    canaries: Mapping[str, CommentLabel]
    """The right label, by the id on the wire."""

    def as_json(self) -> str:
        """The user turn: one JSON array."""
        return json.dumps([attrs.asdict(item) for item in self.items], ensure_ascii=False)


def sendable(text: str) -> str:
    """A comment as it is sent: on one line, and nothing in it controls a template or a screen."""
    plain = (" " if _is_control(char) else char for char in neutralise(text))
    return "".join(plain).strip()


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in ("Cc", "Zl", "Zp")


def split(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """The places of the comments, in their order, in parts that one call can show each."""
    parts: list[tuple[int, ...]] = []
    current: list[int] = []
    size = 0
    for place, text in enumerate(texts):
        if current and (len(current) == MOST_IN_BATCH or size + len(text) > LARGEST_BATCH):
            parts.append(tuple(current))
            current, size = [], 0
        current.append(place)
        size += len(text)
    return [*parts, tuple(current)] if current else parts


def halves(places: tuple[int, ...]) -> list[tuple[int, ...]]:
    """A part in two; nothing of a single comment, which cannot be shown in less."""
    middle = len(places) // 2
    return [places[:middle], places[middle:]] if middle else []


def make_batch(texts: Mapping[int, str], draw: Draw) -> Batch:
    """A batch of comments, by their places, with a canary of each kind somewhere among them.

    ``draw`` chooses ids, wordings and places; nothing of that can be known before.
    """
    ids = _ids(len(texts) + len(CANARIES), draw)
    places: dict[str, int] = {}
    items: list[WireItem] = []
    for (place, text), wire_id in zip(texts.items(), ids, strict=False):
        places[wire_id] = place
        items.append(WireItem(wire_id, sendable(text)))
    canaries = dict(zip(ids[len(texts) :], CANARIES, strict=True))
    for wire_id, label in canaries.items():
        items.insert(draw(len(items) + 1), WireItem(wire_id, draw_canary(label, draw)))
    return Batch(tuple(items), places, canaries)


def _ids(count: int, draw: Draw) -> list[str]:
    """So many different ids."""
    found: dict[str, None] = {}
    while len(found) < count:
        found["".join(_ALPHABET[draw(len(_ALPHABET))] for _ in range(ID_LENGTH))] = None
    return list(found)
