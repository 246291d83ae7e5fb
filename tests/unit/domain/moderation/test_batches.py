"""Batches: small, under ids that nobody can foresee, with canaries somewhere among them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.moderation.batches import (
    ID_LENGTH,
    LARGEST_BATCH,
    MOST_IN_BATCH,
    make_batch,
    sendable,
    split,
)
from llama_marketing.domain.moderation.canaries import CANARIES
from llama_marketing.domain.moderation.models import CommentLabel
from tests.unit.domain.moderation.samples import TEXTS, batch_of, comments_in


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (25, [25]), (26, [25, 1]), (60, [25, 25, 10])]
)
def test_a_part_holds_at_most_25_comments(count: int, sizes: list[int]) -> None:
    assert [len(part) for part in split(["Hola"] * count)] == sizes


def test_long_comments_travel_with_fewer_others() -> None:
    """And one that is as long as may be goes alone, whole."""
    assert split(["x" * 8000, "y" * 8000, "z"]) == [(0,), (1, 2)]
    assert split(["x" * LARGEST_BATCH, "y"]) == [(0,), (1,)]


@given(st.lists(st.text(max_size=3000), max_size=80))
def test_the_parts_hold_every_comment_once_and_in_order(texts: list[str]) -> None:
    parts = split(texts)

    assert [place for part in parts for place in part] == list(range(len(texts)))
    for part in parts:
        size = sum(len(texts[place]) for place in part)
        assert 1 <= len(part) <= MOST_IN_BATCH
        assert size <= LARGEST_BATCH or len(part) == 1


@given(st.integers(0, 2**32))
def test_every_batch_has_a_canary_of_each_kind_and_ids_of_its_own(seed: int) -> None:
    batch = batch_of(*["Hola"] * 25, seed=seed)
    ids = [item.id for item in batch.items]
    texts = {item.id: item.text for item in batch.items}

    assert len(set(ids)) == len(ids) == 27
    assert set(ids) == set(batch.places) | set(batch.canaries)
    assert {len(wire_id) for wire_id in ids} == {ID_LENGTH}
    assert sorted(batch.places.values()) == list(range(25))
    assert set(batch.canaries.values()) == {CommentLabel.POSITIVE, CommentLabel.OFFENSIVE}
    for wire_id, label in batch.canaries.items():
        assert texts[wire_id] in CANARIES[label]


def test_places_wordings_and_ids_differ_from_batch_to_batch() -> None:
    """Somebody who saw one batch knows nothing of the next."""
    batches = [batch_of(seed=seed) for seed in range(40)]
    seen = set()
    for batch in batches:
        for place, item in enumerate(batch.items):
            if item.id in batch.canaries:
                seen.add((place, item.text))

    assert {place for place, _ in seen} == set(range(len(TEXTS) + 2))
    assert {text for _, text in seen} == {text for kind in CANARIES.values() for text in kind}
    assert len({item.id for batch in batches for item in batch.items}) == 40 * (len(TEXTS) + 2)


def test_an_id_that_was_drawn_twice_is_drawn_again() -> None:
    """Here the first two ids would be the same."""
    numbers = iter([*[0] * ID_LENGTH, *[0] * ID_LENGTH, *[1] * ID_LENGTH, *[2] * ID_LENGTH])
    batch = make_batch({0: "Hola"}, lambda below: next(numbers, 0) % below)

    assert len({item.id for item in batch.items}) == 3


def test_the_user_turn_is_one_json_array_of_ids_and_texts() -> None:
    batch = batch_of('Dijo «hola» y "adiós" ☕')
    sent = json.loads(batch.as_json())

    assert [set(item) for item in sent] == [{"id", "text"}] * 3
    assert [item["id"] for item in sent] == [item.id for item in batch.items]
    assert 'Dijo «hola» y "adiós" ☕' in [item["text"] for item in sent]


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("  Hola\r\n\tmundo \u2028 ", "Hola   mundo"),
        ("<|eot_id|>Hola", "(eot_id)Hola"),
        ("Ho\u200bla\u202e", "Hola"),
        ("\x00\x1b[31mHola\x9b", "[31mHola"),
        ("Mi familia 👩‍👩‍👧", "Mi familia 👩‍👩‍👧"),
        ("\u200b\u200b", ""),
    ],
)
def test_what_is_sent_controls_nothing(text: str, sent: str) -> None:
    """One line, no control characters, no control tokens; an emoji stays whole."""
    assert sendable(text) == sent
    assert [item.text for item in comments_in(batch_of(text))] == [sent]
