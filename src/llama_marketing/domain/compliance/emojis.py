"""Emoji sequences: a family, a flag or a thumb with its skin tone is one emoji.

The list of emojis is that of the ``emoji`` package, whose version therefore matters for Threads.
As there, ``©``, ``™`` and ``❤`` are emojis also without a variation selector: counting one too
many is the safe side of a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from llama_marketing.domain.compliance.normalise import normalise
from llama_marketing.domain.compliance.spans import Span, merge

_VARIATION = "\ufe0e\ufe0f"
_KEYCAP = "[0-9#*]\ufe0f?\u20e3"
_FLAG = "[\U0001f1e6-\U0001f1ff]{2}"
_TONE = "[\U0001f3fb-\U0001f3ff]"
_TAGS = "[\U000e0020-\U000e007e]+\U000e007f"
# Where sequences can be, coarse and quick to find: accents and quotation marks are outside.
_RUN = re.compile(
    "[\u00a9\u00ae\u200d\u203c-\u3299\ufe0e\ufe0f\U0001f000-\U0001faff\U000e0020-\U000e007f]+"
)


class _Grammar(NamedTuple):
    known: frozenset[str]
    element: re.Pattern[str]
    sequence: re.Pattern[str]


@cache
def _grammar() -> _Grammar:
    # Imported here because its data takes longer to load than everything else of the domain.
    from emoji import EMOJI_DATA

    known = frozenset(EMOJI_DATA)
    singles = (text.rstrip(_VARIATION) for text in known)
    base = _one_of(ord(text) for text in singles if len(text) == 1)
    element = f"{_FLAG}|{base}(?:[{_VARIATION}]|{_TONE})?(?:{_TAGS})?|{_KEYCAP}"
    return _Grammar(
        known, re.compile(element), re.compile(f"(?:{element})(?:\u200d(?:{element}))*")
    )


def _one_of(codes: Iterable[int]) -> str:
    """A character class of ranges, which is searched far quicker than one of characters."""
    ranges = merge((code, code + 1) for code in codes)
    joined: list[Span] = []
    for start, end in ranges:
        if joined and joined[-1][1] == start:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return "[" + "".join(f"{chr(start)}-{chr(end - 1)}" for start, end in joined) + "]"


def emoji_sequences(text: str) -> Iterator[Span]:
    """The longest well-formed sequences (UTS 51), also where no font draws them as one."""
    if text.isascii():
        return
    if "\u20e3" in text:
        # A keycap begins with a digit, so nothing can be skipped.
        yield from (match.span() for match in _grammar().sequence.finditer(text))
        return
    for run in _RUN.finditer(text):
        for match in _grammar().sequence.finditer(text, *run.span()):
            yield match.span()


def emoji_spans(text: str) -> tuple[Span, ...]:
    """Where the emojis are; a joined sequence that nobody draws as one counts part by part."""
    if text.isascii():
        return ()
    grammar = _grammar()
    spans: list[Span] = []
    for start, end in emoji_sequences(text):
        if text[start:end] in grammar.known:
            spans.append((start, end))
        else:
            spans += [match.span() for match in grammar.element.finditer(text, start, end)]
    return tuple(spans)


def count_emojis(text: str) -> int:
    """How many emojis the text has."""
    return len(emoji_spans(text))


def clean_emojis(suggested: Iterable[str]) -> tuple[str, ...]:
    """The emojis among a model's strings, each once, in the order given."""
    found: dict[str, None] = {}
    for text in map(normalise, suggested):
        found |= dict.fromkeys(text[start:end] for start, end in emoji_spans(text))
    return tuple(found)
