"""A part of the evaluation set that looks like the whole; the same each time, without chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import attrs

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.evaluation.models import EvaluationSet

_Item = TypeVar("_Item")


def sample_of(whole: EvaluationSet, comments: int | None) -> EvaluationSet:
    """So many comments, and briefs in the same proportion, at least one; None takes everything.

    Classes and use cases keep their shares, give or take one. Raises InvalidRequest for a number
    that is not from 1 to the number of comments.
    """
    if comments is None:
        return whole
    total = len(whole.comments)
    if not 1 <= comments <= total:
        raise InvalidRequest(
            f"a sample of {comments} out of {total} comments",
            user_message=f"La muestra debe tener de 1 a {total} comentarios.",
            issues=(("sample", f"must be from 1 to {total}"),),
        )
    briefs = max(1, len(whole.briefs) * comments // total) if whole.briefs else 0
    return attrs.evolve(
        whole,
        comments=_spread(whole.comments, comments, lambda comment: comment.label_a.value),
        briefs=_spread(whole.briefs, briefs, lambda brief: brief.request.use_case.value),
    )


def _spread(items: Sequence[_Item], wanted: int, kind: Callable[[_Item], str]) -> tuple[_Item, ...]:
    """So many items, evenly out of every kind, in their old order."""
    by_kind = sorted(range(len(items)), key=lambda place: (kind(items[place]), place))
    # The middle of each of as many equal stretches.
    chosen = {by_kind[(2 * n + 1) * len(items) // (2 * wanted)] for n in range(wanted)}
    return tuple(items[place] for place in sorted(chosen))
