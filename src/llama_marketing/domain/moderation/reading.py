"""What a model said of a batch, and how much of it counts.

Nothing that the reply leaves out, doubles, mixes up or makes up becomes a verdict.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

import attrs

from llama_marketing.domain.moderation.batches import Batch
from llama_marketing.domain.moderation.models import CommentLabel

ECHO_LENGTH: Final = 12
"""Characters of a text that the model repeats, so that no verdict slips to a neighbour."""
_ENOUGH_ECHO: Final = 8
"""Characters of the echo that must be there: models count characters badly."""
_LABELS: Final[Mapping[str, CommentLabel]] = {label.value: label for label in CommentLabel}


@attrs.frozen
class Judgement:
    """A valid verdict of a model. ``sentiment`` is from -1 to 1, None when it gave none."""

    label: CommentLabel
    sentiment: float | None
    confidence: float


@attrs.frozen
class Reading:
    """What a reply is worth.

    Without ``trusted`` there are no judgements. ``disputed`` comments were judged more than once
    and are for a person to decide. ``unknown`` counts the items that were never asked about.
    """

    trusted: bool
    judgements: Mapping[int, Judgement] = attrs.field(factory=dict)
    disputed: frozenset[int] = frozenset()
    unknown: int = 0


def read_judgements(items: Sequence[Any], batch: Batch) -> Reading:
    """Read the items of a reply; raises nothing, whatever they are."""
    asked = {item.id: item.text for item in batch.items}
    known = [(wire_id, item) for item in items if (wire_id := _id_of(item)) in asked]
    unknown = len(items) - len(known)
    times = Counter(wire_id for wire_id, _ in known)
    found = {
        wire_id: judgement
        for wire_id, item in known
        if times[wire_id] == 1 and (judgement := _judgement(item, asked[wire_id])) is not None
    }
    for wire_id, label in batch.canaries.items():
        if wire_id not in found or found[wire_id].label is not label:
            return Reading(trusted=False, unknown=unknown)
    places = batch.places
    return Reading(
        trusted=True,
        judgements={places[wire_id]: found[wire_id] for wire_id in found if wire_id in places},
        disputed=frozenset(place for wire_id, place in places.items() if times[wire_id] > 1),
        unknown=unknown,
    )


def _id_of(item: Any) -> str:
    """The item's id; empty for what has none, which no batch uses."""
    wire_id = item.get("id") if isinstance(item, Mapping) else None
    return wire_id if isinstance(wire_id, str) else ""


def _judgement(item: Mapping[str, Any], text: str) -> Judgement | None:
    """The verdict of an item, or None when any part of it is not what was asked for."""
    label = item.get("label")
    known = _LABELS.get(label.strip().lower()) if isinstance(label, str) else None
    confidence = _number(item.get("confidence"), 0.0)
    if known is None or confidence is None or not echoes(item.get("echo"), text):
        return None
    return Judgement(known, _number(item.get("sentiment"), -1.0), confidence)


def _number(value: object, least: float) -> float | None:
    """A number from ``least`` to 1, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Written so that NaN is outside too; an integer may be too large for a float.
    if not least <= value <= 1:
        return None
    return float(value)


def echoes(echo: object, text: str) -> bool:
    """Whether an echo is the beginning of the text that was sent, a few characters more or less."""
    if not isinstance(echo, str):
        return False
    whole, start, said = (_plain(part) for part in (text, text[:ECHO_LENGTH], echo))
    if said == start:
        return True
    enough = min(_ENOUGH_ECHO, len(start))
    return len(said) >= enough and bool(said) and whole.startswith(said)


def _plain(text: str) -> str:
    """What does not change when a model copies a text: no case, blanks or spelling of accents."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
