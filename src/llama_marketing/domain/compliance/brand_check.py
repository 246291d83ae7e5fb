"""Whether a text keeps to what a brand has said of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from llama_marketing.domain.compliance.address import addresses
from llama_marketing.domain.compliance.models import Finding, LimitKind
from llama_marketing.domain.compliance.normalise import normalise
from llama_marketing.domain.compliance.occurrences import occurrences
from llama_marketing.domain.compliance.shadow import shadow_of
from llama_marketing.domain.compliance.spans import Span
from llama_marketing.domain.compliance.words import word_spans
from llama_marketing.domain.model import Model
from llama_marketing.domain.vocabulary import Address

Words = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=200)
]
BrandVerdict = Literal["approved", "warnings", "rejected"]
_MESSAGES = {
    "brand.banned_word": "El texto usa una palabra que la marca prohíbe.",
    "brand.avoided_word": "El texto usa una palabra que la marca evita.",
    "brand.address": "El texto no trata al lector como lo hace la marca.",
    "brand.vocabulary": "El texto no usa ninguna de las palabras de la marca.",
}
_REJECTING = "brand.banned_word"


class BrandGuide(Model):
    """What a brand wants of its texts.

    ``banned`` words must not stand in a text, ``avoid`` better not; of ``vocabulary`` at least
    one should. ``address`` is how the reader is spoken to.
    """

    banned: Words = ()
    avoid: Words = ()
    vocabulary: Words = ()
    address: Address | None = None


class BrandCheck(Model):
    """``rejected`` for a banned word, ``warnings`` for anything else, with every breach."""

    verdict: BrandVerdict
    breaches: tuple[Finding, ...] = ()


def check_brand(text: str, guide: BrandGuide) -> BrandCheck:
    """The verdict on a text; words are found however they are disguised."""
    copy = normalise(text)
    breaches = [
        breach
        for rule_id, spans in _breaches(copy, guide)
        for breach in occurrences(rule_id, _kind(rule_id), spans, _MESSAGES[rule_id])
    ]
    return BrandCheck(verdict=_verdict(breaches), breaches=tuple(breaches))


def _breaches(copy: str, guide: BrandGuide) -> Iterator[tuple[str, list[Span]]]:
    shadow = shadow_of(copy)
    yield "brand.banned_word", word_spans(shadow, guide.banned)
    yield "brand.avoided_word", word_spans(shadow, guide.avoid)
    strangers = (span for address, span in addresses(copy) if guide.address not in (None, address))
    yield "brand.address", list(strangers)
    absent = bool(guide.vocabulary) and not word_spans(shadow, guide.vocabulary)
    yield "brand.vocabulary", [(0, len(copy))] if absent else []


def _kind(rule_id: str) -> LimitKind:
    return LimitKind.POLICY if rule_id == _REJECTING else LimitKind.ADVICE


def _verdict(breaches: list[Finding]) -> BrandVerdict:
    if any(breach.rule_id == _REJECTING for breach in breaches):
        return "rejected"
    return "warnings" if breaches else "approved"
