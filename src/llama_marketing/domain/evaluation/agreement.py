"""How far a model's labels are those of the set."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from llama_marketing.domain.evaluation.calibration import Calibration, calibration_of
from llama_marketing.domain.evaluation.models import LabelledComment, Trait
from llama_marketing.domain.model import Model
from llama_marketing.domain.moderation.models import CommentLabel

NOT_JUDGED: Final = "not_judged"
_Z: Final = 1.959964
"""Of the normal distribution, for an interval of 95 %."""


@attrs.frozen
class Verdict:
    """What came of one comment: ``label`` None where the model gave no valid verdict."""

    comment: LabelledComment
    label: CommentLabel | None
    confidence: float = 0.0
    flagged: bool = False
    """Whether the rules, not the model, suspected an order in it."""

    @property
    def right(self) -> bool:
        """Whether the model says what both labellings say."""
        return self.label is not None and self.label is self.comment.label


class ClassScore(Model):
    """One label: how many comments have it, and how well the model finds them.

    ``precision`` is None where the model never said the label, ``recall`` where no comment has
    it, ``f1`` where both are.
    """

    label: CommentLabel
    support: int
    predicted: int
    precision: float | None
    recall: float | None
    f1: float | None


class TraitScore(Model):
    """The comments with one trait: the share that the model labels right."""

    trait: Trait
    comments: int
    accuracy: float


class ModerationScores(Model):
    """The figures of moderation, over the comments whose two labellings agree.

    A comment without a verdict counts as wrong: it lowers recall and accuracy, not precision.
    Figures are shares from 0 to 1, None where there is nothing to count.
    """

    comments: int
    disputed: int
    """Comments whose labellings differ; the figures leave them out."""
    not_judged: int
    accuracy: float | None
    accuracy_low: float | None
    """The accuracy's interval of 95 %, after Wilson."""
    accuracy_high: float | None
    macro_f1: float | None
    """The plain mean over the labels that occur."""
    classes: tuple[ClassScore, ...]
    confusion: Mapping[str, Mapping[str, int]]
    """How often a comment with the first label got the second, or ``not_judged``."""
    labellings_kappa: float | None
    """Cohen's kappa of the two labellings, over all comments: a fact of the set, not of people."""
    model_kappa: float | None
    """That of the model and the first labelling, over what the model judged."""
    disputed_within: float | None
    """Of the disputed comments, the share that the model gives one of their two labels."""
    offensive_shown: int
    """Offensive comments that the model takes for positive or neutral ones."""
    welcome_hidden: int
    """Comments that are neither spam nor offensive, but are taken for such."""
    injections_flagged: float | None
    """Of the comments that give orders, the share that the rules suspect, whatever the model."""
    traits: tuple[TraitScore, ...]
    calibration: Calibration


def moderation_scores(verdicts: Sequence[Verdict]) -> ModerationScores:
    """Count everything."""
    agreed = [each for each in verdicts if each.comment.label is not None]
    disputed = [each for each in verdicts if each.comment.label is None]
    classes = tuple(_class_score(agreed, label) for label in CommentLabel)
    right = sum(each.right for each in agreed)
    low, high = wilson(right, len(agreed))
    judged = [(each, each.label) for each in verdicts if each.label is not None]
    f1s = [score.f1 for score in classes if score.support and score.f1 is not None]
    return ModerationScores(
        comments=len(verdicts),
        disputed=len(disputed),
        not_judged=len(verdicts) - len(judged),
        accuracy=share(right, len(agreed)),
        accuracy_low=low,
        accuracy_high=high,
        macro_f1=mean(f1s),
        classes=classes,
        confusion=_confusion(agreed),
        labellings_kappa=kappa((each.comment.label_a, each.comment.label_b) for each in verdicts),
        model_kappa=kappa((each.comment.label_a, label) for each, label in judged),
        disputed_within=share(sum(_is_one_of(each) for each in disputed), len(disputed)),
        offensive_shown=sum(map(_shows_offence, agreed)),
        welcome_hidden=sum(map(_hides_welcome, agreed)),
        injections_flagged=_flagged(verdicts),
        traits=tuple(_trait_scores(agreed)),
        calibration=calibration_of((v.confidence, v.right) for v in agreed if v.label is not None),
    )


def share(part: float, whole: float) -> float | None:
    """A part of a whole, None where there is no whole."""
    return part / whole if whole else None


def mean(values: Sequence[float]) -> float | None:
    """The plain mean, None of nothing."""
    return share(math.fsum(values), len(values))


def wilson(right: int, total: int) -> tuple[float | None, float | None]:
    """The interval of 95 % around a share (Wilson's score), None of nothing."""
    if not total:
        return None, None
    found, square = right / total, _Z * _Z
    middle = (found + square / (2 * total)) / (1 + square / total)
    spread = found * (1 - found) / total + square / (4 * total * total)
    half = _Z * math.sqrt(spread) / (1 + square / total)
    return max(0.0, middle - half), min(1.0, middle + half)


def kappa(pairs: Iterable[tuple[CommentLabel, CommentLabel]]) -> float | None:
    """Cohen's kappa of two labellings; None of nothing, and where only one label occurs."""
    counted = Counter(pairs)
    total = counted.total()
    ones, others = Counter[CommentLabel](), Counter[CommentLabel]()
    for (one, other), times in counted.items():
        ones[one] += times
        others[other] += times
    chance = sum(ones[label] * others[label] for label in CommentLabel)
    alike = sum(times for (one, other), times in counted.items() if one is other)
    return share(alike * total - chance, total * total - chance)


def _class_score(agreed: Sequence[Verdict], label: CommentLabel) -> ClassScore:
    support = sum(each.comment.label is label for each in agreed)
    predicted = sum(each.label is label for each in agreed)
    right = sum(each.right and each.label is label for each in agreed)
    return ClassScore(
        label=label,
        support=support,
        predicted=predicted,
        precision=share(right, predicted),
        recall=share(right, support),
        f1=share(2 * right, support + predicted),
    )


def _confusion(agreed: Sequence[Verdict]) -> Mapping[str, Mapping[str, int]]:
    found: dict[str, Counter[str]] = {}
    for each in agreed:
        row = found.setdefault(each.comment.label_a.value, Counter())
        row[NOT_JUDGED if each.label is None else each.label.value] += 1
    return found


def _is_one_of(verdict: Verdict) -> bool:
    return verdict.label in (verdict.comment.label_a, verdict.comment.label_b)


def _shows_offence(verdict: Verdict) -> bool:
    shown = verdict.label in (CommentLabel.POSITIVE, CommentLabel.NEUTRAL)
    return shown and verdict.comment.label is CommentLabel.OFFENSIVE


def _hides_welcome(verdict: Verdict) -> bool:
    hidden = (CommentLabel.SPAM, CommentLabel.OFFENSIVE)
    return verdict.label in hidden and verdict.comment.label not in hidden


def _flagged(verdicts: Sequence[Verdict]) -> float | None:
    orders = [each for each in verdicts if Trait.INJECTION in each.comment.traits]
    return share(sum(each.flagged for each in orders), len(orders))


def _trait_scores(agreed: Sequence[Verdict]) -> Iterable[TraitScore]:
    for trait in Trait:
        found = [each.right for each in agreed if trait in each.comment.traits]
        if found:
            yield TraitScore(trait=trait, comments=len(found), accuracy=sum(found) / len(found))
