"""Texts that a person wrote, judged without a model."""

from __future__ import annotations

from typing import Any

import pytest

from llama_marketing.adapters.package_data.ad_rules import PackagedAdRules
from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules
from llama_marketing.domain.compliance.brand_check import BrandGuide
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.checking import check
from llama_marketing.domain.generation.models import CheckRequest, CheckResult

RULES = PackagedPlatformRules().rules()
AD_RULES = PackagedAdRules().rules()
TEMPLATE: dict[str, Any] = {"platform": "whatsapp", "surface": "whatsapp_template_body"}


def checked(guide: BrandGuide | None = None, **fields: Any) -> CheckResult:
    """The verdict on a text."""
    return check(CheckRequest.read(fields), RULES, AD_RULES, guide)


def rules_of(result: CheckResult) -> list[str]:
    """The rules of which something was found."""
    return [finding.rule_id for finding in result.platform_compliance.findings]


def test_a_template_is_judged_with_the_values_it_is_sent_with() -> None:
    """Its body fits, and what the client gets does not."""
    text = "Hola {{1}}, tu pedido ya va en camino y llega hoy por la tarde a tu domicilio."
    plain = checked(text=text, **TEMPLATE)
    sent = checked(text=text, variables={"1": "a" * 1000}, **TEMPLATE)

    assert plain.platform_compliance.is_compliant
    assert not sent.platform_compliance.is_compliant
    assert sent.platform_compliance.current_length == plain.platform_compliance.current_length
    assert sent.publishable.verdict == "no"
    assert checked(text=text, variables={"1": "Ana"}, **TEMPLATE) == plain


@pytest.mark.parametrize(
    ("counts", "rule"),
    [
        ({"buttons": 11}, "whatsapp.template_button.buttons"),
        ({"url_buttons": 3}, "whatsapp.template_button.url_buttons"),
        ({"buttons": 10, "url_buttons": 2}, None),
    ],
)
def test_the_buttons_of_a_template_are_counted(counts: dict[str, int], rule: str | None) -> None:
    found = rules_of(checked(text="Tu pedido llegó.", counts=counts, **TEMPLATE))

    assert [each for each in found if each.startswith("whatsapp.template_button")] == (
        [] if rule is None else [rule]
    )


def test_what_is_not_counted_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="balloons"):
        checked(text="Hola", counts={"balloons": 1}, **TEMPLATE)


@pytest.mark.parametrize(
    ("category", "text", "held"),
    [
        ("utility", "Tu pedido llega hoy, y con 20% de descuento en el siguiente.", True),
        ("utility", "Tu pedido llega hoy. Aprovecha la PR0MO de 2x1.", True),
        ("utility", "Tu pedido llega hoy entre 4 y 6 de la tarde.", False),
        ("marketing", "Aprovecha el 2x1 del Buen Fin.", False),
        (None, "Aprovecha el 2x1 del Buen Fin.", False),
    ],
)
def test_an_offer_in_a_utility_template_is_hinted_at(
    category: str | None, text: str, held: bool
) -> None:
    """A policy finding with its place: Meta decides, so a person looks."""
    result = checked(text=text, category=category, **TEMPLATE)
    found = [
        finding
        for finding in result.platform_compliance.findings
        if finding.rule_id == "whatsapp.template.promotional"
    ]

    assert bool(found) is held
    assert result.publishable.verdict == ("review" if held else "yes")
    assert all(text[slice(*finding.span)] for finding in found)


@pytest.mark.parametrize(
    ("text", "verdict", "publishable"),
    [
        ("Nuestro café de olla te espera.", "approved", "yes"),
        ("Nuestro café barato te espera.", "warnings", "yes"),
        ("El mejor café de México te espera.", "rejected", "review"),
    ],
)
def test_a_text_is_approved_warned_about_or_rejected_for_the_brand(
    text: str, verdict: str, publishable: str
) -> None:
    """103.18: with every breach; what the brand bans, a person sees first."""
    guide = BrandGuide(banned=("el mejor",), avoid=("barato", "baratísimo"), vocabulary=("café",))
    result = checked(guide, text=text, platform="instagram")

    assert result.brand_check is not None
    assert result.brand_check.verdict == verdict
    assert (result.brand_check.breaches == ()) is (verdict == "approved")
    assert result.publishable.verdict == publishable


def test_without_a_brand_nothing_is_said_of_it() -> None:
    assert checked(text="Hola", platform="instagram").brand_check is None
