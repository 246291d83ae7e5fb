"""Hints about Meta's advertising policies: words worth a look, with their place.

Code cannot judge what an ad means, so these are hints for the person who reviews it. The words
are data. They are looked for as whole words in the text's shadow, so that neither accents nor
look-alike letters hide one, and no pattern can take more than a time linear in the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, Self

import attrs
import regex
from pydantic import Field, model_validator

from llama_marketing.domain.ads.facts import AdFact
from llama_marketing.domain.ads.signs import SignCheck, signs
from llama_marketing.domain.compliance.models import Finding, Identifier, LimitKind
from llama_marketing.domain.compliance.occurrences import occurrences
from llama_marketing.domain.compliance.shadow import Shadow, shadow_of
from llama_marketing.domain.compliance.spans import Span, merge, overlaps
from llama_marketing.domain.compliance.words import word_pattern
from llama_marketing.domain.errors import InvalidRequest

# A repetition without an end may be tried at every place, each time to the end of the text.
_OPEN_ENDED = re.compile(r"(?<!\\)[*+]|\{[0-9]*,\}")
_CHARACTER_CLASS = re.compile(r"\[(?:\\.|[^\]\\])++\]")
_SENTENCE_END = re.compile(r"[.!?\n]")
_WORD = regex.compile(r"[\p{L}\p{N}]++")


class PolicyRule(AdFact):
    """One rule of Meta's and the words that hint at it: a row of ``policies.toml``.

    ``terms`` are whole words or phrases as people write them. ``patterns`` are searched in the
    shadow, so they are in lower case without accents; ``text_patterns`` in the text itself.
    With ``near`` a find counts only beside one of those words, in one sentence and at most
    ``window`` words away. What overlaps one of ``exempt`` is none. ``check`` looks at signs.
    """

    id: Identifier
    kind: Literal[LimitKind.POLICY, LimitKind.ADVICE]
    message: str = Field(min_length=1)
    terms: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    text_patterns: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    window: int = Field(default=5, ge=1, le=20)
    exempt: tuple[str, ...] = ()
    check: SignCheck | None = None

    @model_validator(mode="after")
    def _can_be_searched(self) -> Self:
        for pattern in (*self.patterns, *self.text_patterns):
            if _OPEN_ENDED.search(_CHARACTER_CLASS.sub("x", pattern)):
                raise ValueError("a pattern may repeat only a bounded number of times")
            try:
                regex.compile(pattern)
            except regex.error:
                raise ValueError("a pattern is no regular expression") from None
        if not (self.terms or self.patterns or self.text_patterns or self.check):
            raise ValueError("a policy needs something to look for")
        return self


@attrs.frozen
class _Search:
    rule: PolicyRule
    shadow: regex.Pattern[str] | None
    text: regex.Pattern[str] | None
    near: regex.Pattern[str] | None
    exempt: regex.Pattern[str] | None


@attrs.frozen
class Policies:
    """The rules, ready to be searched for; raises InvalidRequest where an id comes twice."""

    rules: tuple[PolicyRule, ...]
    _searches: tuple[_Search, ...] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) != len(ids):
            raise InvalidRequest("a policy is there twice")
        object.__setattr__(self, "_searches", tuple(_search(rule) for rule in self.rules))

    def findings(self, text: str) -> list[Finding]:
        """One finding for each rule that the normalised text hints at, its span the first place."""
        shadow = shadow_of(text)
        found: list[Finding] = []
        for search in self._searches:
            rule = search.rule
            spans = sorted(_spans(search, text, shadow))
            found += occurrences(rule.id, rule.kind, spans, rule.message)
        return found


def _search(rule: PolicyRule) -> _Search:
    return _Search(
        rule=rule,
        shadow=_one_of([word_pattern(rule.terms), *rule.patterns]),
        text=_one_of(rule.text_patterns),
        near=_one_of([word_pattern(rule.near)]),
        exempt=_one_of([word_pattern(rule.exempt)]),
    )


def _one_of(patterns: Iterable[str]) -> regex.Pattern[str] | None:
    joined = "|".join(f"(?:{pattern})" for pattern in patterns if pattern)
    return regex.compile(joined) if joined else None


def _spans(search: _Search, text: str, shadow: Shadow) -> Iterator[Span]:
    if search.shadow is not None:
        for start, end in _in_shadow(search, shadow, search.shadow):
            yield shadow.span(start, end)
    if search.text is not None:
        yield from (match.span() for match in search.text.finditer(text))
    if search.rule.check is not None:
        yield from signs(search.rule.check, text, frozenset(search.rule.exempt))


def _in_shadow(search: _Search, shadow: Shadow, wanted: regex.Pattern[str]) -> list[Span]:
    found = [match.span() for match in wanted.finditer(shadow.text)]
    if found and search.exempt is not None:
        exempt = merge(match.span() for match in search.exempt.finditer(shadow.text))
        found = [span for span in found if not overlaps(span, exempt)]
    if found and search.near is not None:
        beside = [match.start() for match in search.near.finditer(shadow.text)]
        found = _beside(shadow.text, found, beside, search.rule.window)
    return found


def _beside(text: str, found: Sequence[Span], beside: Sequence[int], window: int) -> list[Span]:
    """The finds with one of the places ``beside`` in the same sentence and near enough."""
    words = [match.start() for match in _WORD.finditer(text)]
    ends = [match.start() for match in _SENTENCE_END.finditer(text)]
    numbers = [bisect_right(words, place) for place in beside]
    kept = []
    for start, end in found:
        first, last = bisect_right(words, start), bisect_left(words, end)
        low, high = bisect_left(numbers, first - window), bisect_right(numbers, last + window)
        sentence = bisect_left(ends, start)
        if any(bisect_left(ends, place) == sentence for place in beside[low:high]):
            kept.append((start, end))
    return kept
