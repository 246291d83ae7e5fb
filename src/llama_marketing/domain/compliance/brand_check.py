"""Whether a text keeps to what a brand has said of itself."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from llama_marketing.domain.compliance.address import Address, addresses
from llama_marketing.domain.compliance.models import Finding, LimitKind
from llama_marketing.domain.compliance.normalise import normalise
from llama_marketing.domain.compliance.occurrences import occurrences
from llama_marketing.domain.compliance.shadow import shadow_of
from llama_marketing.domain.compliance.words import word_spans
from llama_marketing.domain.model import Model

Words = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=200)
]
BrandVerdict = Literal["approved", "warnings", "rejected"]


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
    shadow = shadow_of(copy)
    strangers = [span for address, span in addresses(copy) if guide.address not in (None, address)]
    absent = bool(guide.vocabulary) and not word_spans(shadow, guide.vocabulary)
    breaches = [
        *occurrences(
            "brand.banned_word",
            LimitKind.POLICY,
            word_spans(shadow, guide.banned),
            "El texto usa una palabra que la marca prohíbe.",
        ),
        *occurrences(
            "brand.avoided_word",
            LimitKind.ADVICE,
            word_spans(shadow, guide.avoid),
            "El texto usa una palabra que la marca evita.",
        ),
        *occurrences(
            "brand.address",
            LimitKind.ADVICE,
            strangers,
            "El texto no trata al lector como lo hace la marca.",
        ),
        *occurrences(
            "brand.vocabulary",
            LimitKind.ADVICE,
            [(0, len(copy))] if absent else [],
            "El texto no usa ninguna de las palabras de la marca.",
        ),
    ]
    return BrandCheck(verdict=_verdict(breaches), breaches=tuple(breaches))


def _verdict(breaches: list[Finding]) -> BrandVerdict:
    if any(breach.kind is LimitKind.POLICY for breach in breaches):
        return "rejected"
    return "warnings" if breaches else "approved"
