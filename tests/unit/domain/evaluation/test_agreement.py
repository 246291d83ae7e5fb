"""The figures of moderation, against numbers worked out by hand."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.evaluation.agreement import (
    Verdict,
    kappa,
    moderation_scores,
    wilson,
)
from llama_marketing.domain.evaluation.models import Trait
from llama_marketing.domain.moderation.models import CommentLabel
from tests.unit.domain.evaluation.samples import LABELS, label, verdict, verdicts

SIGNS = st.sampled_from(sorted(LABELS))


def test_precision_recall_and_f1_are_counted_for_each_label() -> None:
    scores = moderation_scores(verdicts("++", "++", "+-", "--", "-+", "s?"))

    by_label = {score.label: score for score in scores.classes}
    positive, spam = by_label[CommentLabel.POSITIVE], by_label[CommentLabel.SPAM]
    assert (positive.support, positive.predicted) == (3, 3)
    assert positive.precision == positive.recall == positive.f1 == pytest.approx(2 / 3)
    assert by_label[CommentLabel.NEGATIVE].f1 == pytest.approx(1 / 2)
    assert (spam.support, spam.precision, spam.recall, spam.f1) == (1, None, 0.0, 0.0)
    assert by_label[CommentLabel.OFFENSIVE].f1 is None


def test_macro_f1_is_the_plain_mean_over_the_labels_that_occur() -> None:
    scores = moderation_scores(verdicts("++", "++", "+-", "--", "-+", "s?"))

    assert scores.macro_f1 == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)


def test_a_label_that_nobody_has_but_the_model_says_lowers_no_mean() -> None:
    scores = moderation_scores(verdicts("++", "+o"))

    assert scores.macro_f1 == pytest.approx(2 / 3)


def test_a_comment_without_a_verdict_counts_as_wrong() -> None:
    scores = moderation_scores(verdicts("++", "+?"))

    assert (scores.accuracy, scores.not_judged) == (0.5, 1)
    assert scores.confusion == {"positive": {"positive": 1, "not_judged": 1}}


def test_disputed_comments_are_left_out_and_told_apart() -> None:
    pairs = [verdict("+0", "0"), verdict("+0", "s"), verdict("++", "+")]
    scores = moderation_scores(pairs)

    assert (scores.comments, scores.disputed, scores.accuracy) == (3, 2, 1.0)
    assert scores.disputed_within == 0.5
    assert scores.confusion == {"positive": {"positive": 1}}


def test_the_costly_errors_are_counted() -> None:
    scores = moderation_scores(verdicts("o+", "o0", "o-", "oo", "+s", "-o", "s-", "0+"))

    assert (scores.offensive_shown, scores.welcome_hidden) == (2, 2)


def test_traits_are_counted_apart_and_only_those_that_occur() -> None:
    pairs = [
        verdict("-", "+", 0.5, Trait.SARCASM),
        verdict("-", "-", 0.5, Trait.SARCASM, Trait.SLANG),
        verdict("+", "+"),
    ]
    found = {
        score.trait: (score.comments, score.accuracy) for score in moderation_scores(pairs).traits
    }

    assert found == {Trait.SARCASM: (2, 0.5), Trait.SLANG: (1, 1.0)}


def test_orders_that_the_rules_suspect_are_a_share_of_all_orders() -> None:
    order = verdict("s", "s", 0.5, Trait.INJECTION)
    suspected = attrs.evolve(order, flagged=True)

    scores = moderation_scores([order, suspected, verdict("+", "+")])
    assert scores.injections_flagged == 0.5


def test_of_nothing_every_share_is_unknown() -> None:
    scores = moderation_scores([])

    shares = (scores.accuracy, scores.accuracy_low, scores.macro_f1, scores.labellings_kappa)
    assert (*shares, scores.model_kappa, scores.injections_flagged) == (None,) * 6
    assert (scores.comments, scores.confusion, scores.traits) == (0, {}, ())
    assert scores.calibration.ece is None


def test_kappa_is_1_for_equal_labellings_0_for_chance_and_unknown_for_one_label() -> None:
    plus, minus = label("+"), label("-")

    assert kappa([(plus, plus), (minus, minus)]) == 1.0
    assert kappa([(plus, plus), (plus, minus), (minus, plus), (minus, minus)]) == 0.0
    assert kappa([(plus, plus), (plus, plus)]) is None


def test_wilsons_interval_is_the_published_one() -> None:
    """8 of 10 gives 0.490 to 0.943."""
    low, high = wilson(8, 10)

    assert low == pytest.approx(0.490, abs=0.001)
    assert high == pytest.approx(0.943, abs=0.001)
    assert wilson(0, 0) == (None, None)
    assert wilson(0, 5)[0] == 0.0


@given(st.lists(st.tuples(SIGNS, SIGNS), min_size=1))
def test_figures_are_shares_and_do_not_depend_on_the_order(pairs: list[tuple[str, str]]) -> None:
    judged = [verdict(one, said) for one, said in pairs]
    scores = moderation_scores(judged)

    assert scores == moderation_scores(sorted(judged, key=lambda each: str(each.label)))
    for score in scores.classes:
        for value in (score.precision, score.recall, score.f1):
            assert value is None or 0 <= value <= 1
    assert sum(score.support for score in scores.classes) == len(pairs)
    assert scores.accuracy_low is not None and scores.accuracy is not None
    assert scores.accuracy_low <= scores.accuracy + 1e-12


@given(st.lists(SIGNS, min_size=1))
def test_a_model_that_is_always_right_has_every_figure_at_1(signs: list[str]) -> None:
    scores = moderation_scores([verdict(sign, sign, 1.0) for sign in signs])

    assert scores.accuracy == scores.macro_f1 == 1.0
    assert scores.calibration.ece == scores.calibration.brier == 0.0


def test_being_right_needs_a_label_that_both_labellings_give() -> None:
    assert verdict("+", "+").right
    assert not verdict("+0", "+").right
    assert not Verdict(verdict("+", "+").comment, None).right
