"""What the signs of a text say: capitals, rows of emojis, words of two alphabets."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import regex

from llama_marketing.domain.compliance.emojis import emoji_spans
from llama_marketing.domain.compliance.spans import Span

FEWEST_LETTERS = 15
CAPITALS_PERCENT = 60
MOST_EMOJIS_IN_A_ROW = 3

_WORD = regex.compile(r"[\p{L}\p{M}]++")
_LATIN = regex.compile(r"\p{Latin}")
_OTHER = regex.compile(r"[\p{Cyrillic}\p{Greek}]")


class SignCheck(StrEnum):
    """What is looked at."""

    CAPITALS = "capitals"
    EMOJI_ROW = "emoji_row"
    MIXED_ALPHABETS = "mixed_alphabets"


def signs(check: SignCheck, text: str, exempt: frozenset[str]) -> Iterator[Span]:
    """Where the text is conspicuous; words of ``exempt``, such as acronyms, are not looked at."""
    if check is SignCheck.CAPITALS:
        yield from _capitals(text, exempt)
    elif check is SignCheck.EMOJI_ROW:
        yield from _emoji_rows(text)
    else:
        for match in _WORD.finditer(text):
            if _OTHER.search(match[0]) and _LATIN.search(match[0]) and match[0] not in exempt:
                yield match.span()


def _capitals(text: str, exempt: frozenset[str]) -> Iterator[Span]:
    """The whole text, where 60 % of at least 15 letters are capitals."""
    words = [match for match in _WORD.finditer(text) if match[0] not in exempt]
    letters = [char for match in words for char in match[0] if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    if len(letters) >= FEWEST_LETTERS and capitals * 100 >= CAPITALS_PERCENT * len(letters):
        yield words[0].start(), words[-1].end()


def _emoji_rows(text: str) -> Iterator[Span]:
    row: list[Span] = []
    for span in (*emoji_spans(text), (len(text) + 1, len(text) + 1)):
        if row and row[-1][1] == span[0]:
            row.append(span)
            continue
        if len(row) > MOST_EMOJIS_IN_A_ROW:
            yield row[0][0], row[-1][1]
        row = [span]
