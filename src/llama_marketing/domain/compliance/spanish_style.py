"""Style advice for Spanish of Mexico; it never turns a text yellow."""

from __future__ import annotations

import re
from collections.abc import Iterator

import regex

from llama_marketing.domain.compliance.address import addresses
from llama_marketing.domain.compliance.links import link_spans
from llama_marketing.domain.compliance.models import Finding, LimitKind
from llama_marketing.domain.compliance.occurrences import occurrences
from llama_marketing.domain.compliance.spans import Span, inside, merge
from llama_marketing.domain.vocabulary import Address

_SIGN = re.compile(r"[¿?¡!\n]")
# The first letter stands alone so that the search is quick; (?<!\w.) is the word's start.
_VOSOTROS = re.compile(
    r"[VvOoSsDd](?<!\w.)(?:(?<=[Vv])(?:osotr[oa]s|uestr[oa]s?|ais|eis)|(?<=[Oo])s|(?<=[Ss])ois"
    r"|(?<=[Dd])ais)\b"
)
# The numbers in -séis are no verbs.
_VOSOTROS_VERB = regex.compile(r"\b(?!(?:dieci|veinti|\p{L}+tai)séis\b)\p{L}+[áé]is\b")
_SPAIN = re.compile(
    r"\b(?:ordenador(?:es)?|zumos?|patatas?|teléfonos? móvil(?:es)?"
    r"|coge(?:r|rlo|rla|d|n|s)?|enhorabuena)\b",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"\b[0-9]{1,2} de (?:Enero|Febrero|Marzo|Abril|Mayo|Junio|Julio|Agosto|Septiembre|Octubre"
    r"|Noviembre|Diciembre)\b"
)
_NUMBER = re.compile(r"(?<![0-9.,])[0-9]{1,3}(?:\.[0-9]{3}){1,4},[0-9]{1,2}(?![0-9])")
_STYLED = re.compile("[\U0001d400-\U0001d7ff]+")

_PATTERNS = (
    ("style.spain_words", _SPAIN, "Hay una palabra de España que en México se dice de otro modo."),
    ("style.month_capital", _MONTH, "Los meses se escriben con minúscula."),
    (
        "style.number_format",
        _NUMBER,
        "En México se escribe 1,299.00: coma en miles, punto decimal.",
    ),
    ("style.styled_letters", _STYLED, "Los lectores de pantalla no leen las letras decorativas."),
)


def spanish_findings(text: str) -> list[Finding]:
    """What an editor in Mexico would mark, and letters that screen readers cannot read.

    Missing opening signs, forms and words of Spain, tú and usted in one text, a decimal comma,
    a month with a capital.
    """
    return [
        *_advice("style.opening_sign", _unopened(text), "Falta el signo de apertura ¿ o ¡."),
        *_advice(
            "style.vosotros",
            _vosotros(text),
            "Usa «ustedes»: las formas de «vosotros» son de España.",
        ),
        *_advice(
            "style.mixed_address",
            _mixed_address(text),
            "El texto trata al lector de dos maneras (tú, usted o vos); usa una sola.",
        ),
        *(
            finding
            for rule_id, pattern, message in _PATTERNS
            for finding in _advice(
                rule_id, [match.span() for match in pattern.finditer(text)], message
            )
        ),
    ]


def _advice(rule_id: str, spans: list[Span], message: str) -> list[Finding]:
    return occurrences(rule_id, LimitKind.ADVICE, spans, message, affects_status=False)


def _mixed_address(text: str) -> list[Span]:
    """The first word that speaks to the reader otherwise than the one before it."""
    before: Address | None = None
    for address, span in addresses(text):
        if before not in (None, address):
            return [span]
        before = address
    return []


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
