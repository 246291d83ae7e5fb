"""Reading a reply: only what was asked for, once, by a model that reads, is a verdict."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.moderation.models import CommentLabel
from llama_marketing.domain.moderation.reading import Judgement, echoes, read_judgements
from tests.unit.domain.moderation.samples import (
    TEXTS,
    batch_of,
    comments_in,
    place_of,
    verdict,
    verdicts,
)

BATCH = batch_of()
CANARY_VERDICTS = [verdict(item) for item in BATCH.items if item.id in BATCH.canaries]
FIRST, SECOND, *_ = comments_in(BATCH)


def told(*items: Any) -> dict[int, Judgement]:
    """What comes of items beside right canaries."""
    reading = read_judgements([*CANARY_VERDICTS, *items], BATCH)
    assert reading.trusted
    return dict(reading.judgements)


def test_an_obedient_reply_is_taken_whole() -> None:
    reading = read_judgements(verdicts(BATCH), BATCH)

    assert (reading.trusted, reading.unknown, reading.disputed) == (True, 0, frozenset())
    assert set(reading.judgements) == set(range(len(TEXTS)))
    assert reading.judgements[0] == Judgement(CommentLabel.NEGATIVE, -0.5, 0.9)


def test_the_order_of_a_reply_does_not_matter() -> None:
    items = verdicts(BATCH)

    assert read_judgements(items[::-1], BATCH) == read_judgements(items, BATCH)


@pytest.mark.parametrize("label", list(CommentLabel))
@pytest.mark.parametrize("spelling", ["{}", " {}\n"])
def test_each_label_is_known(label: CommentLabel, spelling: str) -> None:
    (judgement,) = told(verdict(FIRST, label=spelling.format(label.value))).values()

    assert judgement.label is label


def test_a_label_s_case_does_not_matter() -> None:
    assert told(verdict(FIRST, label="Spam"))[0].label is CommentLabel.SPAM


@pytest.mark.parametrize("label", ["delete", "hide", "positivo", "", None, 1, True, ["spam"], {}])
def test_another_label_is_no_verdict(label: object) -> None:
    assert told(verdict(FIRST, label=label)) == {}


@pytest.mark.parametrize("label", ["unspam", "spam\r\nS10", "Safe.", "not offensive", "positive."])
def test_t45_a_label_that_only_holds_a_label_is_no_verdict(label: str) -> None:
    """Read as a whole: "unsafe" holds "safe", and a longer text may say the opposite."""
    assert told(verdict(FIRST, label=label)) == {}


@pytest.mark.parametrize("confidence", [0, 0.0, 0.5, 1, 1.0])
def test_a_confidence_from_0_to_1_counts(confidence: float) -> None:
    assert told(verdict(FIRST, confidence=confidence))[0].confidence == confidence


@pytest.mark.parametrize(
    "confidence",
    [-0.1, 1.01, 95, 10**400, float("nan"), float("inf"), None, "0.9", True, False, [], {}],
)
def test_another_confidence_is_no_verdict(confidence: object) -> None:
    assert told(verdict(FIRST, confidence=confidence)) == {}


@pytest.mark.parametrize("sentiment", [-1, -0.25, 0, 1])
def test_a_sentiment_from_minus_1_to_1_counts(sentiment: float) -> None:
    assert told(verdict(FIRST, sentiment=sentiment))[0].sentiment == sentiment


@pytest.mark.parametrize("sentiment", [-1.5, 2, float("nan"), None, "negative", True, []])
def test_another_sentiment_is_unknown_and_the_label_counts(sentiment: object) -> None:
    assert told(verdict(FIRST, sentiment=sentiment))[0] == Judgement(
        CommentLabel.NEGATIVE, None, 0.9
    )


def test_of_a_comment_that_is_judged_twice_nothing_counts() -> None:
    """Also where both say the same: somebody else may have spoken first."""
    reading = read_judgements([*CANARY_VERDICTS, verdict(FIRST), verdict(FIRST)], BATCH)

    assert (reading.judgements, reading.disputed) == ({}, frozenset({0}))


def test_what_was_never_asked_about_is_counted_and_dropped() -> None:
    made_up = verdict(FIRST, id="zzzzz")
    others: list[Any] = [made_up, made_up, {}, None, 5, "spam", [], {"id": 7}, {"id": ["x"]}]
    reading = read_judgements([*CANARY_VERDICTS, *others, verdict(SECOND)], BATCH)

    assert (set(reading.judgements), reading.unknown) == ({1}, len(others))


def test_a_verdict_with_the_echo_of_a_neighbour_does_not_count() -> None:
    """Which catches a model that slipped by one."""
    assert told(verdict(FIRST, echo=SECOND.text[:12]), verdict(SECOND)) == {
        1: Judgement(CommentLabel.NEGATIVE, -0.5, 0.9)
    }


@pytest.mark.parametrize(
    "broken",
    [
        {"label": "neutral"},
        {"id": "zzzzz"},
        {"confidence": 2},
        {"echo": "otra cosa"},
        {"label": "delete"},
    ],
)
@pytest.mark.parametrize("which", [0, 1])
def test_a_reply_that_misses_a_canary_is_not_believed(broken: dict[str, Any], which: int) -> None:
    canaries = list(CANARY_VERDICTS)
    canaries[which] = canaries[which] | broken
    reading = read_judgements([*canaries, *map(verdict, comments_in(BATCH))], BATCH)

    assert (reading.trusted, reading.judgements) == (False, {})


@pytest.mark.parametrize("canaries", [CANARY_VERDICTS[:1], CANARY_VERDICTS[1:], []])
def test_a_reply_without_a_canary_is_not_believed(canaries: list[Any]) -> None:
    assert not read_judgements([*canaries, verdict(FIRST)], BATCH).trusted


def test_a_reply_that_doubles_a_canary_is_not_believed() -> None:
    assert not read_judgements(
        [*CANARY_VERDICTS, CANARY_VERDICTS[0], verdict(FIRST)], BATCH
    ).trusted


@pytest.mark.parametrize(
    ("echo", "text", "right"),
    [
        ("El pan llegó", "El pan llegó duro", True),
        ("el pan llego\u0301", "El pan llegó duro", True),
        ("El pan lleg", "El pan llegó duro", True),
        ("El pan llegó duro", "El pan llegó duro", True),
        ("El  pan\nllegó ", "El pan llegó duro", True),
        ("El pan", "El pan llegó duro", False),
        ("La pan llegó", "El pan llegó duro", False),
        ("El pan llegó tarde", "El pan llegó duro", False),
        ("", "El pan llegó duro", False),
        ("Sí", "Sí", True),
        ("S", "Sí", False),
        ("", "", True),
        ("x", "", False),
        ("👩‍👩‍👧‍👦 gente"[:12], "👩‍👩‍👧‍👦 gente bonita", True),
        (None, "El pan llegó duro", False),
        (12, "El pan llegó duro", False),
    ],
)
def test_an_echo_is_the_beginning_of_the_text(echo: object, text: str, right: bool) -> None:
    """A few characters more or less, since models count badly; no other text."""
    assert echoes(echo, text) is right


@given(st.text(max_size=60))
def test_the_first_12_characters_are_always_an_echo(text: str) -> None:
    assert echoes(text[:12], text)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)
ITEM = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from([item.id for item in BATCH.items]) | ANYTHING,
        "label": st.sampled_from([label.value for label in CommentLabel]) | ANYTHING,
        "sentiment": ANYTHING,
        "confidence": st.floats(0, 1) | ANYTHING,
        "echo": st.sampled_from([item.text[:12] for item in BATCH.items]) | ANYTHING,
    },
)


@given(st.lists(ITEM | ANYTHING, max_size=40), st.booleans())
def test_whatever_a_model_says_only_asked_comments_get_valid_verdicts(
    items: list[Any], obedient: bool
) -> None:
    reading = read_judgements([*(CANARY_VERDICTS if obedient else []), *items], BATCH)

    assert set(reading.judgements) <= set(range(len(TEXTS)))
    assert not set(reading.judgements) & reading.disputed
    assert reading.trusted or not reading.judgements
    for judgement in reading.judgements.values():
        assert 0 <= judgement.confidence <= 1
        assert judgement.sentiment is None or -1 <= judgement.sentiment <= 1


def test_a_canary_is_nobody_s_comment() -> None:
    """So its verdict is given to nobody."""
    assert [place_of(BATCH, wire_id) for wire_id in BATCH.canaries] == [None, None]
    assert told() == {}
