"""Style advice for Spanish of Mexico; it never turns a text yellow."""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

from llama_marketing.domain.compliance.links import link_spans
from llama_marketing.domain.compliance.models import Finding, LimitKind
from llama_marketing.domain.compliance.occurrences import occurrences
from llama_marketing.domain.compliance.spans import Span, inside, merge

_SIGN = re.compile(r"[¿?¡!\n]")
# The first letter stands alone so that the search is quick; (?<!\w.) is the word's start.
_VOSOTROS = re.compile(
    r"[VvOoSsDd](?<!\w.)(?:(?<=[Vv])(?:osotr[oa]s|uestr[oa]s?|ais|eis)|(?<=[Oo])s|(?<=[Ss])ois"
    r"|(?<=[Dd])ais)\b"
)
# The numbers in -séis are no verbs.
_VOSOTROS_VERB = regex.compile(r"\b(?!(?:dieci|veinti|\p{L}+tai)séis\b)\p{L}+[áé]is\b")
_STYLED = re.compile("[\U0001d400-\U0001d7ff]+")


def spanish_findings(text: str) -> list[Finding]:
    """Missing opening signs, forms of Spain, and letters that screen readers cannot read."""
    return [
        *_advice("style.opening_sign", _unopened(text), "Falta el signo de apertura ¿ o ¡."),
        *_advice(
            "style.vosotros",
            _vosotros(text),
            "Usa «ustedes»: las formas de «vosotros» son de España.",
        ),
        *_advice(
            "style.styled_letters",
            [match.span() for match in _STYLED.finditer(text)],
            "Los lectores de pantalla no leen las letras decorativas.",
        ),
    ]


def _advice(rule_id: str, spans: list[Span], message: str) -> list[Finding]:
    return occurrences(rule_id, LimitKind.ADVICE, spans, message, affects_status=False)


def _vosotros(text: str) -> list[Span]:
    spans = [match.span() for match in _VOSOTROS.finditer(text)]
    if "áis" in text or "éis" in text:
        spans += [match.span() for match in _VOSOTROS_VERB.finditer(text)]
    return sorted(spans)


def _unopened(text: str) -> list[Span]:
    if "?" not in text and "!" not in text:
        return []
    closings = list(_unopened_closings(text))
    links = merge(link_spans(text)) if closings else []
    return [(at, at + 1) for at in closings if not inside(at, links)]


def _unopened_closings(text: str) -> Iterator[int]:
    """Where the first ? or ! of a row stands that nothing opened in its line.

    One sign may open what the other closes: "¡Qué dices?" is allowed. "(!)" comments on a word
    and needs no opening sign.
    """
    opened = 0
    for match in _SIGN.finditer(text):
        sign, at = match[0], match.start()
        if sign == "\n":
            opened = 0
        elif sign in "¿¡":
            opened += 1
        elif opened:
            opened -= 1
        elif text[at - 1 : at] not in ("(", "?", "!"):
            yield at
