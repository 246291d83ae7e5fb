"""Whether a text keeps to what a brand has said of itself."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.brand_check import BrandGuide, check_brand
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import Address

GUIDE = BrandGuide(
    banned=("barato", "Café Rojo"),
    avoid=("súper",),
    vocabulary=("de la sierra", "recién tostado"),
    address=Address.TU,
)


@pytest.mark.parametrize(
    ("text", "verdict", "rules"),
    [
        ("Tu café recién tostado", "approved", []),
        ("Nuestro café de la Sierra", "approved", []),
        ("Tu café barato de la sierra", "rejected", ["brand.banned_word"]),
        ("Mejor que café  rojo, de la sierra", "rejected", ["brand.banned_word"]),
        ("Café bаrаto de la sierra", "rejected", ["brand.banned_word"]),
        ("Un súper café de la sierra", "warnings", ["brand.avoided_word"]),
        ("Usted merece café de la sierra", "warnings", ["brand.address"]),
        ("Tu café", "warnings", ["brand.vocabulary"]),
        ("Usted, ¿un súper barato?", "rejected",
         ["brand.banned_word", "brand.avoided_word", "brand.address", "brand.vocabulary"]),
        ("Tu baratosísimo café de la sierra", "approved", []),
    ],
)  # fmt: skip
def test_a_text_is_approved_warned_of_or_rejected(
    text: str, verdict: str, rules: list[str]
) -> None:
    checked = check_brand(text, GUIDE)
    assert checked.verdict == verdict
    assert [breach.rule_id for breach in checked.breaches] == rules


def test_a_breach_tells_its_place() -> None:
    (breach,) = check_brand("Muy bara\u00adto", BrandGuide(banned=("barato",))).breaches
    assert breach.span == (4, 11)
    assert breach.message == "El texto usa una palabra que la marca prohíbe."


def test_a_brand_without_wishes_approves_anything() -> None:
    assert check_brand("Usted, barato", BrandGuide()).model_dump() == {
        "verdict": "approved",
        "breaches": (),
    }


@pytest.mark.parametrize("field", ["banned", "avoid", "vocabulary"])
def test_a_guide_is_bounded(field: str) -> None:
    for words in (("",), ("a" * 201,), ("a",) * 201):
        with pytest.raises(InvalidRequest):
            BrandGuide.read({field: words})
