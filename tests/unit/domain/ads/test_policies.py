"""Hints about Meta's advertising policies."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from llama_marketing.domain.ads.policies import Policies, PolicyRule
from llama_marketing.domain.ads.rules import AdRules
from llama_marketing.domain.compliance.models import LimitKind
from llama_marketing.domain.compliance.normalise import normalise
from llama_marketing.domain.errors import InvalidRequest


def policy(**changes: Any) -> PolicyRule:
    """A policy on one word, with the changed fields."""
    fields: dict[str, Any] = {
        "id": "policy.test",
        "kind": "policy",
        "message": "Ojo.",
        "terms": ("palabra",),
        "as_of": date(2026, 11, 22),
        "source": "test",
        "confidence": "M",
    }
    return PolicyRule(**(fields | changes))


def hints(text: str, ad_rules: AdRules) -> dict[str, str]:
    """What the bundled policies find, by rule."""
    text = normalise(text)
    return {
        each.rule_id.removeprefix("policy."): text[slice(*each.span)]
        for each in ad_rules.hints.findings(text)
    }


@pytest.mark.parametrize(
    ("text", "rule", "where"),
    [
        ("¿Tienes diabetes?", "personal_attributes", "diabetes"),
        ("¿Sufres de ansiedad?", "personal_attributes", "ansiedad"),
        ("Si usted padece hipertensión", "personal_attributes", "hipertensión"),
        ("¿Sos soltera?", "personal_attributes", "soltera"),
        ("Olvida tus deudas", "personal_attributes", "deudas"),
        ("Tienes 45 años y mereces más", "personal_attributes.age", "Tienes 45 años"),
        ("A tus 40 luces mejor", "personal_attributes.age", "A tus 40"),
        (
            "Conoce a otros solteros cristianos",
            "personal_attributes.group",
            "otros solteros",
        ),
        ("¡Hola, María! Esto es para ti", "personal_attributes.name", "Hola, María"),
        ("▶ Reproducir", "nonexistent_functionality", "▶ Reproducir"),
        ("Tienes 1 mensaje nuevo", "nonexistent_functionality", "1 mensaje nuevo"),
        ("[ Reproducir ]", "nonexistent_functionality", "[ Reproducir ]"),
        ("Está p*to bueno", "grammar_profanity", "p*to"),
        ("Está p.u.t.o bueno", "grammar_profanity", "p.u.t.o"),
        ("¡Compra ya!!!", "excessive_signs", "!!!"),
        ("Hoy 🎉🎉🎉🎉", "emoji_row", "🎉🎉🎉🎉"),
        ("раypal", "mixed_alphabets", "раypal"),
        ("GRAN VENTA DE BODEGA", "excess_caps", "GRAN VENTA DE BODEGA"),
        ("El antes y después que buscabas", "health_claims", "antes y después"),
        ("Baja 10 kilos en un mes", "health_claims", "Baja 10 kilos"),
        ("Elimina la diabetes", "health_claims", "Elimina la diabetes"),
        ("Un té milagroso", "health_claims", "milagroso"),
        ("Gana $500 al día", "finance", "Gana $500 al día"),
        ("Invierte en bitcoin", "finance", "bitcoin"),
        ("Préstamo sin buró", "finance", "Préstamo sin buró"),
        ("Vapes de sabores", "prohibited_goods", "Vapes"),
        ("Mezcal artesanal", "restricted_goods", "Mezcal"),
        ("Vacantes en tu ciudad", "special_ad_category", "Vacantes"),
        ("Resultados garantizados", "misleading", "garantizados"),
        ("Gratis si pagas el envío con tarjeta", "misleading", "Gratis si pagas"),
        ("Solo hoy", "misleading", "Solo hoy"),
        ("El mejor de México", "misleading", "El mejor de México"),
        ("Síguenos en facebook", "meta_brand", "facebook"),
        ("Escríbenos por Wasap", "meta_brand", "Wasap"),
        ("Aprobado por Meta", "meta_brand", "Aprobado por Meta"),
        ("Solo mujeres", "discriminatory", "Solo mujeres"),
        ("Déjanos tu CURP", "personal_data_request", "tu CURP"),
    ],
)
def test_a_word_that_hints_at_a_policy_is_found_with_its_place(
    ad_rules: AdRules, text: str, rule: str, where: str
) -> None:
    found = hints(text, ad_rules)
    assert rule in found
    assert where in found[rule] or found[rule] in where


@pytest.mark.parametrize(
    "text",
    [
        "Control de glucosa para toda la familia",
        "¿Eres de CDMX?",
        "Arma tu rutina",
        "Botas color tabaco",
        "Mata insectos",
        "Vino ayer",
        "Hierba fresca",
        "Pasta italiana",
        "Mica de cristal templado",
        "Dios mío, qué rico",
        "Computadora en disputa: análisis en Cuenca",
        "Recoger en tienda",
        "IMSS e ISSSTE",
        "¡ÚLTIMAS 3 PIEZAS!",
        "👍👍",
        "Solo hoy, 15 de noviembre",
        "Síguenos en Facebook y en https://facebook.com/cafeazul",
        "Año nuevo, café nuevo",
        "2*3*4",
        "Tu bolso negro favorito, ahora en piel vegana",
        "Armas tu combo y lo recibes en 30 minutos",
        "Fiesta de piratas para niños",
        "Yoga en la Condesa: tu primera clase es gratis",
        "Crema hidratante para todo tipo de piel",
        "Aprende inglés con maestros nativos, a tu ritmo",
        "Renueva tu cocina a 12 MSI",
        "¡Llegó el Buen Fin! Envío gratis en tu pedido.",
        "",
    ],
)
def test_what_only_looks_like_it_is_none(ad_rules: AdRules, text: str) -> None:
    """The false positives of the reference, T32 and T37 among them."""
    assert hints(text, ad_rules) == {}


@pytest.mark.parametrize(
    "text",
    [
        "mil\u00adagroso",
        "m\u200bi\u200bl\u200bagroso",
        "ＭＩＬＡＧＲＯＳＯ",
        "milаgroso",
        "𝗺𝗶𝗹𝗮𝗴𝗿𝗼𝘀𝗼",
        "milágroso",
    ],
)
def test_a_disguised_word_is_found_where_it_stands(ad_rules: AdRules, text: str) -> None:
    """Seed T36."""
    assert hints(f"Un té {text}, sí", ad_rules)["health_claims"] == normalise(text)


def test_ñ_is_never_folded(ad_rules: AdRules) -> None:
    """Seed T34."""
    rules = Policies((policy(terms=("ano",)),))
    assert rules.findings("Feliz año") == []
    assert [each.span for each in rules.findings("ANO")] == [(0, 3)]


def test_a_word_counts_only_near_another_in_its_sentence() -> None:
    rules = Policies((policy(near=("tu",), window=2),))
    assert rules.findings("Tu gran palabra")
    assert rules.findings("palabra para tu casa")
    assert not rules.findings("tu uno dos tres palabra")
    assert not rules.findings("Es tu casa. Palabra")
    assert not rules.findings("palabra")


def test_an_exempt_phrase_is_none_and_one_finding_tells_of_all_places() -> None:
    rules = Policies((policy(exempt=("palabra de honor",)),))
    assert rules.findings("Palabra de honor") == []
    (finding,) = rules.findings("palabra de honor, palabra y PALABRA")
    assert (finding.measured, finding.span, finding.kind) == (2, (18, 25), LimitKind.POLICY)
    assert finding.message == "Ojo."


@pytest.mark.parametrize(
    "changes",
    [
        {"terms": ()},
        {"patterns": ("a+b",)},
        {"patterns": ("a++b",)},
        {"patterns": ("a.*b",)},
        {"text_patterns": ("a{2,}",)},
        {"patterns": ("(",)},
        {"kind": "hard"},
        {"check": "other"},
        {"window": 0},
        {"message": ""},
    ],
)
def test_a_policy_that_cannot_be_right_is_refused(changes: dict[str, Any]) -> None:
    """Also one whose work could grow with the square of the text."""
    with pytest.raises(InvalidRequest):
        policy(**changes)


@pytest.mark.parametrize("pattern", ["[*+]b", r"a\+b", "a{1,3}", "a?b", r"[\]*]"])
def test_a_pattern_may_repeat_a_bounded_number_of_times(pattern: str) -> None:
    assert policy(patterns=(pattern,)).patterns == (pattern,)
