"""WhatsApp templates: their variables and the values that fill them."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.check import check_text
from llama_marketing.domain.compliance.models import LimitKind, PlatformRules
from llama_marketing.domain.compliance.whatsapp_template import (
    filled,
    parameter_text,
    template_findings,
)

GOOD = "Hola {{1}}, tu pedido {{2}} ya salió y llega hoy por la tarde."


def _rules(text: str) -> list[str]:
    return [finding.rule_id for finding in template_findings(text)]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "Hola {{nombre}}, gracias por tu compra en la tienda.",
        "Hola {{1}}, gracias {{1}} por tu compra en la tienda de siempre.",
        "Sin variables",
        "",
        "Llaves { sueltas } no cuentan",
    ],
)
def test_a_good_template_has_no_findings(text: str) -> None:
    assert _rules(text) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Gracias por comprar con nosotros, hasta pronto {{1}}", "edge"),
        ("{{1}} gracias por comprar con nosotros hoy", "edge"),
        ("{{1}}", "edge"),
        ("Tu pedido {{1}}{{2}} va en camino a tu casa esta tarde.", "adjacent"),
        ("Tu pedido {{1}} {{2}} va en camino a tu casa esta tarde.", "adjacent"),
        ("Tu pedido {{1}} va en camino con {{3}} a tu casa hoy.", "gap"),
        ("Tu pedido {{2}} va en camino a tu casa hoy.", "gap"),
        ("Hola {{nombre}} y {{2}}, gracias por tu compra en la tienda.", "mixed"),
        ("Hola {{Nombre}}, gracias por tu compra", "name"),
        ("Hola {{}}, gracias por tu compra", "name"),
        ("Hola {{²}}, gracias por tu compra", "name"),
        ("Hola {{٣}}, gracias por tu compra", "name"),
        ("Hola {{1}, gracias por tu compra", "braces"),
        ("Hola 1}}, gracias por tu compra", "braces"),
        ("Hola {{1}} y gracias", "ratio"),
        ("Gracias por comprar con nosotros, {{1}}.", "punctuation"),
    ],
)
def test_what_keeps_a_template_from_approval_is_found(text: str, rule: str) -> None:
    """The seeds of T28 and T29."""
    assert f"whatsapp.variable.{rule}" in _rules(text)


def test_both_seeds_of_the_reference_are_refused() -> None:
    assert {"whatsapp.variable.edge", "whatsapp.variable.adjacent"} <= set(_rules("{{1}}{{2}}"))
    assert "whatsapp.variable.gap" in _rules("{{1}} {{3}}")
    assert "whatsapp.variable.edge" in _rules("Hola {{1}}")
    assert "whatsapp.variable.mixed" in _rules("{{nombre}} y {{2}}")


def test_five_line_breaks_in_a_row_may_be_refused() -> None:
    (finding,) = template_findings("Hola" + "\n" * 5 + "mundo")
    assert (finding.rule_id, finding.kind) == ("whatsapp.template.line_breaks", LimitKind.POLICY)
    assert finding.span == (4, 9)
    assert _rules("Hola" + "\n" * 4 + "mundo") == []


def test_the_verdict_on_a_template_names_its_variables(rules: PlatformRules) -> None:
    """A free-form message may say what it likes."""
    verdict = check_text("Hola {{1}}", "whatsapp_template_body", rules)
    assert not verdict.is_compliant
    assert verdict.status == "warning"
    assert check_text("Hola {{1}}", "whatsapp_text", rules).is_compliant
    assert check_text(GOOD, "whatsapp_template_body", rules).status == "ok"


@pytest.mark.parametrize(
    ("surface", "text", "rule"),
    [
        ("whatsapp_template_header", "*Oferta* de hoy", "whatsapp.template_header.marks"),
        ("whatsapp_template_header", "Oferta 🎉", "whatsapp.template_header.emojis"),
        ("whatsapp_template_header", "Oferta\nhoy", "whatsapp.template_header.line_breaks"),
        ("whatsapp_template_header", "a {{1}} b {{2}} c", "whatsapp.template_header.variables"),
        ("whatsapp_template_header", "a" * 61, "whatsapp.template_header.length"),
        ("whatsapp_template_footer", "Hola {{1}} hoy", "whatsapp.template_footer.variables"),
        ("whatsapp_template_footer", "_Café_ Azul", "whatsapp.template_footer.marks"),
        (
            "whatsapp_template_button",
            "Comprar ahora en la tienda",
            "whatsapp.template_button.length",
        ),
    ],
)
def test_the_other_parts_of_a_template_have_their_limits(
    rules: PlatformRules, surface: str, text: str, rule: str
) -> None:
    verdict = check_text(text, surface, rules)
    assert not verdict.is_compliant
    assert rule in [finding.rule_id for finding in verdict.findings]


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        ("Hola\n\nmundo\t\tx     y", "Hola mundo x y"),
        ("  Ana ", "Ana"),
        ("\u00a0a\u2003b", "a b"),
        ("", ""),
    ],
)
def test_a_value_is_sent_in_one_line(value: str, sent: str) -> None:
    """Seed T30."""
    assert parameter_text(value) == sent


def test_the_filled_text_is_what_is_measured(rules: PlatformRules) -> None:
    """A body that fits may be too long with its values."""
    body = filled("Hola {{1}}, tu pedido {{2}} llega hoy.", {"1": "Ana\nLópez", "3": "x"})
    assert body == "Hola Ana López, tu pedido {{2}} llega hoy."
    long = filled(GOOD, {"1": "a" * 1024})
    assert check_text(long, "whatsapp_template_body", rules).status == "exceeds"
