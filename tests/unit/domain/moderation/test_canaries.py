"""Canaries: plain words, so that whoever misses them did not read."""

from __future__ import annotations

import pytest

from llama_marketing.domain.moderation.canaries import CANARIES, draw_canary
from llama_marketing.domain.moderation.models import CommentLabel
from llama_marketing.domain.moderation.suspicion import suspects_injection
from tests.unit.domain.moderation.samples import right_label

EVERY = [(label, text) for label, texts in CANARIES.items() for text in texts]


@pytest.mark.parametrize(("label", "text"), EVERY)
def test_a_canary_says_its_label_in_plain_words(label: CommentLabel, text: str) -> None:
    """Praise holds ``gracias`` or ``excelente``, an insult ``idiota`` or ``imbécil``."""
    assert right_label(text) == label
    assert not suspects_injection(text)


def test_there_is_praise_and_insult_in_several_wordings() -> None:
    assert set(CANARIES) == {CommentLabel.POSITIVE, CommentLabel.OFFENSIVE}
    assert all(len(set(texts)) >= 5 for texts in CANARIES.values())


def test_the_draw_chooses_the_wording() -> None:
    numbers = iter(range(6))
    drawn = [draw_canary(CommentLabel.POSITIVE, lambda _: next(numbers)) for _ in range(6)]

    assert drawn == list(CANARIES[CommentLabel.POSITIVE])
