"""Formatting marks: WhatsApp's own, and the Markdown that models write by habit.

The rules are from memory except the single asterisk and the table of marks, which two styling
guides confirm (reading of 2026-11).
"""

from __future__ import annotations

import re

import regex

from llama_marketing.domain.compliance.models import Finding, Formatting, LimitKind
from llama_marketing.domain.compliance.occurrences import occurrences
from llama_marketing.domain.compliance.spans import Span, inside, merge

# A mark opens before a character that is no blank, closes after one, is not glued to a word on
# the outside, and never reaches over a line end.
_PAIR = regex.compile(
    r"(?<![\p{L}\p{N}*_~])(?P<mark>[*_~])(?!\s|(?P=mark))(?:(?!(?P=mark))\S|[^\S\n](?!(?P=mark)))++"
    r"(?P=mark)(?![\p{L}\p{N}*])"
)
_LONE_ASTERISK = regex.compile(r"(?<!\*)\*(?!\*)")
_MARKDOWN_BOLD = re.compile(r"\*\*[^*\n]++\*\*")
_HEADING = re.compile(r"^#{1,6}[ \t]+(?=\S)", re.MULTILINE)
_MARKDOWN_LINK = re.compile(r"(?<!!)\[[^\[\]\n]+\]\([^()\s]+\)")


def paired_spans(text: str) -> tuple[Span, ...]:
    """Where WhatsApp shows bold, italic or struck text, the marks included."""
    if "*" not in text and "_" not in text and "~" not in text:
        return ()
    return tuple(match.span() for match in _PAIR.finditer(text))


def unpaired_asterisks(text: str) -> tuple[Span, ...]:
    """Where an asterisk that touches a word has no partner, and so is shown.

    List markers, ``5 * 3`` and ``2*3*4`` are none of them.
    """
    if "*" not in text:
        return ()
    pairs = merge(paired_spans(text))
    return tuple(
        match.span()
        for match in _LONE_ASTERISK.finditer(text)
        if _touches_one_word(text, match.start()) and not _belongs_to(match.start(), pairs)
    )


def formatting_findings(text: str, formatting: Formatting) -> list[Finding]:
    """What a reader on this surface would see as stray marks."""
    if formatting is Formatting.RICH:
        return []
    findings = _markdown_findings(text)
    if formatting is Formatting.WHATSAPP:
        # Neutral: an asterisk shown as such may be the footnote it was meant to be.
        findings += occurrences(
            "format.unpaired_mark",
            LimitKind.ADVICE,
            unpaired_asterisks(text),
            "Hay un asterisco sin pareja: WhatsApp lo muestra tal cual.",
            affects_status=False,
        )
    return findings


def _markdown_findings(text: str) -> list[Finding]:
    found: list[Finding] = []
    if "**" in text:
        found += occurrences(
            "format.markdown_bold",
            LimitKind.ADVICE,
            [match.span() for match in _MARKDOWN_BOLD.finditer(text)],
            "Las negritas de Markdown (**texto**) se ven con asteriscos.",
        )
    if "#" in text:
        found += occurrences(
            "format.heading",
            LimitKind.ADVICE,
            [match.span() for match in _HEADING.finditer(text)],
            "Los encabezados de Markdown (# título) se ven con el signo #.",
        )
    if "](" in text:
        found += occurrences(
            "format.markdown_link",
            LimitKind.ADVICE,
            [match.span() for match in _MARKDOWN_LINK.finditer(text)],
            "Los enlaces de Markdown [texto](dirección) no se convierten en enlaces.",
        )
    return found


def _touches_one_word(text: str, index: int) -> bool:
    before = index > 0 and not text[index - 1].isspace()
    after = index + 1 < len(text) and not text[index + 1].isspace()
    return before != after


def _belongs_to(index: int, pairs: list[Span]) -> bool:
    """Whether the mark at ``index`` is one of a pair, or inside one."""
    return inside(index, pairs) or inside(index + 1, pairs)
