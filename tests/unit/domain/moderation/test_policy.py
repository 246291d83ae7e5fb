"""The policy: exactly one action, by label, confidence, words and the client's settings."""

from __future__ import annotations

from itertools import product

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.config.models import ModerationSettings
from llama_marketing.domain.moderation.models import CommentLabel, ModerationAction
from llama_marketing.domain.moderation.policy import Situation, decide
from llama_marketing.domain.moderation.reading import Judgement
from llama_marketing.domain.moderation.signals import Signals

QUIET = Signals(question=False, complaint=False, danger=False, hate=False)
CALM = Situation(QUIET, injection_suspected=False, crisis=False)
SUGGESTS = ModerationSettings()
ACTS = ModerationSettings(automatic=True)
DELETES = ModerationSettings(suggest_delete=True)


def action(
    label: str,
    confidence: float = 0.9,
    settings: ModerationSettings = SUGGESTS,
    situation: Situation = CALM,
    sentiment: float | None = 0.0,
    **signals: bool,
) -> str:
    """What is done about a comment."""
    situation = attrs.evolve(situation, signals=attrs.evolve(situation.signals, **signals))
    judgement = Judgement(CommentLabel(label), sentiment, confidence)
    return decide(judgement, situation, settings).value


@pytest.mark.parametrize(
    ("label", "sure", "less_sure"),
    [
        ("positive", "reply", "none"),
        ("neutral", "none", "none"),
        ("negative", "reply", "escalate"),
        ("spam", "hide", "escalate"),
        ("offensive", "hide", "escalate"),
    ],
)
def test_the_table_of_suggestions(label: str, sure: str, less_sure: str) -> None:
    """From 0.85 on, from 0.7 to there, and below for a person."""
    assert [action(label, confidence) for confidence in (1.0, 0.85)] == [sure] * 2
    assert [action(label, confidence) for confidence in (0.849, 0.7)] == [less_sure] * 2
    assert [action(label, confidence) for confidence in (0.699, 0.0)] == ["escalate"] * 2


def test_the_thresholds_are_the_client_s() -> None:
    strict = ModerationSettings(min_confidence=0.95, hide_confidence=0.99)
    lax = ModerationSettings(min_confidence=0.1, hide_confidence=0.2)

    assert action("spam", 0.94, strict) == action("spam", 0.98, strict) == "escalate"
    assert action("spam", 0.99, strict) == action("spam", 0.2, lax) == "hide"


def test_a_question_is_answered() -> None:
    assert action("neutral", question=True) == "reply"
    assert action("neutral", 0.8, question=True) == "none"


def test_a_complaint_goes_to_somebody_who_can_solve_it() -> None:
    assert action("negative", complaint=True) == "escalate"


@pytest.mark.parametrize(
    ("label", "sentiment", "expected"),
    [
        ("positive", 0.31, "reply"),
        ("positive", 0.3, "escalate"),
        ("positive", None, "escalate"),
        ("neutral", 0.9, "reply"),
        ("neutral", 0.0, "escalate"),
        ("negative", 0.9, "escalate"),
        ("spam", 0.0, "hide"),
        ("offensive", 0.0, "hide"),
    ],
)
def test_without_a_person_only_warm_words_are_answered(
    label: str, sentiment: float | None, expected: str
) -> None:
    assert action(label, settings=ACTS, sentiment=sentiment, question=True) == expected


def test_in_a_crisis_nothing_is_answered_without_a_person() -> None:
    crisis = attrs.evolve(CALM, crisis=True)

    assert action("positive", settings=ACTS, situation=crisis, sentiment=1.0) == "escalate"
    assert action("positive", situation=crisis) == "reply"
    assert action("spam", settings=ACTS, situation=crisis) == "hide"


@pytest.mark.parametrize("label", list(CommentLabel))
@pytest.mark.parametrize("settings", [SUGGESTS, ACTS, DELETES])
def test_suspects_and_danger_go_to_a_person(
    label: CommentLabel, settings: ModerationSettings
) -> None:
    suspect = attrs.evolve(CALM, injection_suspected=True)

    assert action(label, 1.0, settings, suspect, hate=True) == "escalate"
    assert action(label, 1.0, settings, danger=True, hate=True) == "escalate"


def test_what_nobody_judged_goes_to_a_person() -> None:
    for settings in (SUGGESTS, ACTS, DELETES):
        assert decide(None, CALM, settings) is ModerationAction.ESCALATE


def test_a_deletion_takes_the_client_s_wish_a_sure_verdict_and_a_slur() -> None:
    assert action("offensive", 0.85, DELETES, hate=True) == "delete"
    assert action("offensive", 0.84, DELETES, hate=True) == "escalate"
    assert action("offensive", settings=DELETES) == "hide"
    assert action("offensive", hate=True) == "hide"
    for label in ("positive", "neutral", "negative", "spam"):
        assert action(label, settings=DELETES, hate=True) != "delete"


SHARES = st.floats(0, 1)
SETTINGS = st.builds(
    ModerationSettings,
    automatic=st.booleans(),
    min_confidence=SHARES,
    hide_confidence=SHARES,
    suggest_delete=st.booleans(),
)
SITUATIONS = st.builds(
    Situation,
    st.builds(
        Signals,
        question=st.booleans(),
        complaint=st.booleans(),
        danger=st.booleans(),
        hate=st.booleans(),
    ),
    injection_suspected=st.booleans(),
    crisis=st.booleans(),
)
JUDGEMENTS = st.builds(
    Judgement, st.sampled_from(CommentLabel), st.none() | st.floats(-1, 1), SHARES
)


@given(JUDGEMENTS, SITUATIONS, SETTINGS)
def test_a_merely_negative_comment_is_never_hidden(
    judgement: Judgement, situation: Situation, settings: ModerationSettings
) -> None:
    done = decide(judgement, situation, settings)

    if done in (ModerationAction.HIDE, ModerationAction.DELETE):
        assert judgement.label in (CommentLabel.SPAM, CommentLabel.OFFENSIVE)
        assert judgement.confidence >= max(settings.min_confidence, settings.hide_confidence)
        assert not situation.injection_suspected
    if done is ModerationAction.REPLY and settings.automatic:
        assert judgement.label in (CommentLabel.POSITIVE, CommentLabel.NEUTRAL)
    if done is ModerationAction.DELETE:
        assert settings.suggest_delete and situation.signals.hate


def test_every_combination_has_an_action() -> None:
    for label, sure, automatic in product(CommentLabel, (0.75, 0.95), (True, False)):
        settings = ModerationSettings(automatic=automatic)
        assert decide(Judgement(label, 0.0, sure), CALM, settings) in ModerationAction
