"""What a model is tried on: comments with two labellings, and briefs to write for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

import attrs
from pydantic import Field

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.model import Model
from llama_marketing.domain.moderation.models import LONGEST_COMMENT, CommentLabel


class Trait(StrEnum):
    """What makes a comment hard, so that a model's weakness shows."""

    SLANG = "slang"
    SARCASM = "sarcasm"
    INJECTION = "injection"
    """It gives the model orders."""
    EMOJI = "emoji"
    TYPOS = "typos"
    PROFANITY = "profanity"
    """Coarse words, whether or not anybody is insulted."""


class LabelledComment(Model):
    """One comment with its label and, where it can be read in another way, with that one's.

    One author gave both: ``label_a`` is the first choice, ``label_b`` what another careful
    annotator might say. Where they differ no label counts as the right one.
    """

    id: str = Field(pattern=r"^c[0-9]{3}$")
    text: str = Field(min_length=1, max_length=LONGEST_COMMENT)
    label_a: CommentLabel
    label_b: CommentLabel
    traits: tuple[Trait, ...] = ()

    @property
    def label(self) -> CommentLabel | None:
        """What both labellings say; None where they differ."""
        return self.label_a if self.label_a is self.label_b else None


class EvaluationBrief(Model):
    """One piece of work as an agency orders it."""

    id: str = Field(pattern=r"^b[0-9]{2}$")
    industry: str = Field(min_length=1)
    objective: str = Field(min_length=1)
    request: GenerationRequest


@attrs.frozen(kw_only=True)
class EvaluationSet:
    """Everything a model is tried on; raises InvalidRequest where an id comes twice.

    ``version`` changes with every comment, label or brief: figures of two versions are not
    comparable.
    """

    version: int
    as_of: date
    source: str
    comments: tuple[LabelledComment, ...]
    briefs: tuple[EvaluationBrief, ...]

    def __attrs_post_init__(self) -> None:
        _only_once("comment", (comment.id for comment in self.comments))
        _only_once("brief", (brief.id for brief in self.briefs))


def _only_once(what: str, ids: Iterable[str]) -> None:
    twice = sorted(each for each, times in Counter(ids).items() if times > 1)
    if twice:
        raise InvalidRequest(f"{what} {twice[0]} comes twice")
