"""Mentions as Instagram reads them: ``@`` and 1 to 30 of ``A-Z a-z 0-9 . _``."""

from __future__ import annotations

import regex

from llama_marketing.domain.compliance.links import link_spans
from llama_marketing.domain.compliance.spans import Span, overlaps

# No dot at either end nor two in a row. What is glued to a letter, a digit or a dot is an
# e-mail address; a longer handle is none.
_MENTION = regex.compile(
    r"(?<![\p{L}\p{N}_.@/])@[A-Za-z0-9_](?:\.?[A-Za-z0-9_]){0,29}+(?!\.?[\p{L}\p{M}\p{N}_])"
)
_LONGEST = 30


def mention_spans(text: str) -> tuple[Span, ...]:
    """Where the mentions are, the ``@`` included."""
    if "@" not in text:
        return ()
    links = link_spans(text)
    return tuple(
        match.span()
        for match in _MENTION.finditer(text)
        if match.end() - match.start() - 1 <= _LONGEST and not overlaps(match.span(), links)
    )


def count_mentions(text: str) -> int:
    """How many mentions the text has; repeats count each time."""
    return len(mention_spans(text))
