"""What WhatsApp asks of a template's text and of the values that fill it.

The codes are those of rejected templates: 2388299 a variable at an edge, 2388293 too many
variables, 2388047 a bad format (pywa's list of errors, reading of 2026-11-22).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from llama_marketing.domain.compliance.models import Finding, LimitKind
from llama_marketing.domain.compliance.normalise import normalise
from llama_marketing.domain.compliance.occurrences import occurrences
from llama_marketing.domain.compliance.spans import Span
from llama_marketing.domain.compliance.variables import variable_names, variable_spans

WORDS_PER_VARIABLE = 3
"""Fixed words that each variable needs, and one more; the true ratio is not published."""

_POSITION = re.compile(r"[1-9][0-9]{0,2}")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,63}")
_BRACES = re.compile(r"\{\{|\}\}")
_LINE_RUN = re.compile(r"\n{5,}")
_WORD = re.compile(r"\w+")
_BLANKS = re.compile(r"\s+")


def template_findings(text: str) -> list[Finding]:
    """What keeps a template's text from being approved, apart from the limits of its field."""
    spans = variable_spans(text)
    return [
        *_hard("braces", _stray_braces(text, spans), "Hay llaves dobles sin pareja."),
        *occurrences(
            "whatsapp.template.line_breaks",
            LimitKind.POLICY,
            [match.span() for match in _LINE_RUN.finditer(text)],
            "Hay más de cuatro saltos de línea seguidos.",
        ),
        *(_variable_findings(text, spans) if spans else ()),
    ]


def parameter_text(value: str) -> str:
    """A value as a variable may carry it: in one line, each run of blanks one blank."""
    return _BLANKS.sub(" ", normalise(value)).strip()


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text as it is sent; a variable without a value stays.

    The limit of the body is one on this text, so judge it too.
    """
    pieces, done = [], 0
    for (start, end), name in zip(variable_spans(text), variable_names(text), strict=True):
        value = values.get(name)
        pieces += [text[done:start], text[start:end] if value is None else parameter_text(value)]
        done = end
    return "".join([*pieces, text[done:]])


def _variable_findings(text: str, spans: Sequence[Span]) -> list[Finding]:
    names = variable_names(text)
    positions = [name for name in names if _POSITION.fullmatch(name)]
    bad = [
        span
        for span, name in zip(spans, names, strict=True)
        if not (_POSITION.fullmatch(name) or _NAME.fullmatch(name))
    ]
    mixed = [spans[0]] if 0 < len(positions) < len(names) - len(bad) else []
    numbered = {int(position) for position in positions}
    gap = [spans[0]] if numbered and max(numbered) != len(numbered) else []
    return [
        *_hard(
            "name",
            bad,
            "El nombre de una variable es un número, o minúsculas, dígitos y guion bajo.",
        ),
        *_hard("mixed", mixed, "No mezcles variables con número y variables con nombre."),
        *_hard("gap", gap, "Las variables van numeradas desde 1 y sin saltos."),
        *_hard(
            "edge", _at_edges(text, spans), "Una variable no puede ser lo primero ni lo último."
        ),
        *_hard("adjacent", _adjacent(text, spans), "No puede haber dos variables juntas."),
        *_after_last(text, spans),
        *_too_many(text, spans),
    ]


def _at_edges(text: str, spans: Sequence[Span]) -> list[Span]:
    first = [spans[0]] if not text[: spans[0][0]].strip() else []
    last = [spans[-1]] if not text[spans[-1][1] :].strip() else []
    return first + [span for span in last if span not in first]


def _adjacent(text: str, spans: Sequence[Span]) -> list[Span]:
    return [
        (left[0], right[1])
        for left, right in pairwise(spans)
        if not text[left[1] : right[0]].strip()
    ]


def _after_last(text: str, spans: Sequence[Span]) -> list[Finding]:
    """Reviewers may still refuse a variable that only a full stop follows."""
    rest = text[spans[-1][1] :].strip()
    last = [spans[-1]] if rest and not _WORD.search(rest) else []
    return occurrences(
        "whatsapp.variable.punctuation",
        LimitKind.ADVICE,
        last,
        "Después de la última variable solo hay puntuación: la plantilla puede ser rechazada.",
    )


def _too_many(text: str, spans: Sequence[Span]) -> list[Finding]:
    fixed, done = 0, 0
    for start, end in spans:
        fixed += len(_WORD.findall(text, done, start))
        done = end
    fixed += len(_WORD.findall(text, done))
    crowded = fixed < WORDS_PER_VARIABLE * len(spans) + 1
    return occurrences(
        "whatsapp.variable.ratio",
        LimitKind.POLICY,
        spans if crowded else (),
        "Hay demasiadas variables para tan poco texto (error 2388293).",
    )


def _stray_braces(text: str, spans: Sequence[Span]) -> list[Span]:
    inside = {start for start, _ in spans} | {end - 2 for _, end in spans}
    found = (match.span() for match in _BRACES.finditer(text))
    return [span for span in found if span[0] not in inside]


def _hard(rule: str, spans: Sequence[Span], message: str) -> list[Finding]:
    return occurrences(f"whatsapp.variable.{rule}", LimitKind.HARD, spans, message)
