"""Web addresses in a text."""

from __future__ import annotations

import re

import regex

from llama_marketing.domain.compliance.spans import Span

# A bare domain is a link only with an ending that Mexican brands use, so that a forgotten
# space after a full stop is none.
_ENDINGS = "com|mx|net|org|gob|edu|app|shop|store|io"
_LINK = regex.compile(
    r"(?<![\p{L}\p{N}_@./-])(?:"
    r"(?:https?://|www\.)[^\s<>\"'`|{}\\^]++"
    rf"|[a-z0-9](?:[a-z0-9-]++|\.(?=[a-z0-9]))*+(?<=\.(?:{_ENDINGS}))(?![\p{{L}}\p{{N}}_@-])"
    r"(?:[/?#][^\s<>\"'`|{}\\^]*+)?"
    r")",
    regex.IGNORECASE,
)
# A link has no blank in it; most words have neither of these.
_HINT = re.compile(r"\.\w|://")
_WORD_WITH_HINT = re.compile(rf"(?<!\S)\S*?(?:{_HINT.pattern})\S*")
_CLOSERS = ".,;:!?¡¿…)]*_~"


def link_spans(text: str) -> tuple[Span, ...]:
    """Where the links are, without the punctuation of the sentence around them."""
    if not _HINT.search(text):
        return ()
    return tuple(
        _trimmed(text, *match.span())
        for word in _WORD_WITH_HINT.finditer(text)
        for match in _LINK.finditer(text, *word.span())
    )


def count_links(text: str) -> int:
    """How many different links the text has."""
    return len({text[start:end] for start, end in link_spans(text)})


def _trimmed(text: str, start: int, end: int) -> Span:
    """Give back the closing marks that belong to the sentence."""
    closers = _CLOSERS.replace(")", "") if "(" in text[start:end] else _CLOSERS
    return start, start + len(text[start:end].rstrip(closers))
