"""Style advice for Spanish of Mexico."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.spanish_style import spanish_findings


def _rules(text: str) -> list[str]:
    return [finding.rule_id for finding in spanish_findings(text)]


@pytest.mark.parametrize(
    "text",
    [
        "¿Vienes? ¡Sí! ¡¿Qué?! ¡¡Oferta!!",
        "Si compras hoy, ¿qué ganas?",
        "¡Mira (¿lo ves?) esto!",
        "¡Qué dices?",
        "Gran (!) oferta",
        "Entra a https://a.mx/?q=1 hoy",
        "Tienes dieciséis o veintiséis, o treintaiséis. Usa iOS.",
        "sin signos",
    ],
)
def test_good_spanish_has_no_advice(text: str) -> None:
    assert _rules(text) == []


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Vienes?", [(6, 7)]),
        ("¡Hola!\nVen ya!!!", [(13, 14)]),
        ("¡Hola\nVen!", [(9, 10)]),
        ("!", [(0, 1)]),
    ],
)
def test_a_missing_opening_sign_is_advice(text: str, spans: list[tuple[int, int]]) -> None:
    """Signs are paired within a line, and a row of closing ones is told once."""
    found = spanish_findings(text)
    assert [finding.span for finding in found] == spans
    assert {finding.rule_id for finding in found} == {"style.opening_sign"}
    assert not any(finding.affects_status for finding in found)


@pytest.mark.parametrize(
    "text",
    [
        "vosotros",
        "Vuestra tienda",
        "ya tenéis",
        "Os esperamos",
        "compráis",
        "paséis",
        "vais",
        "Sois",
        "dais",
        "veis",
    ],
)
def test_forms_of_spain_are_advice(text: str) -> None:
    assert _rules(text) == ["style.vosotros"]


@pytest.mark.parametrize("text", ["dos casos", "nos vemos", "OS", "tais", "revosotros", "vaisa"])
def test_whole_words_only_are_forms_of_spain(text: str) -> None:
    assert _rules(text) == []


def test_decorative_letters_are_advice() -> None:
    assert _rules("𝗣𝗿𝗼𝗺𝗼") == ["style.styled_letters"]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Tienes un regalo. Usted decide.", "Usted"),
        ("Usted decide y tú ganas", "tú"),
        ("Vos sabés: tu café te espera", "tu"),
    ],
)
def test_a_text_speaks_to_its_reader_in_one_way(text: str, where: str) -> None:
    (finding,) = spanish_findings(text)
    assert finding.rule_id == "style.mixed_address"
    assert text[slice(*finding.span)] == where
    assert not finding.affects_status


@pytest.mark.parametrize(
    "text",
    [
        "Tu café, tus tardes: tú eliges lo que quieres",
        "Usted y su familia disfrutan",
        "Ustedes tienen su mesa; avisa tú",
        "Vos tenés la palabra",
        "Virtud y tutoría",
    ],
)
def test_one_way_of_speaking_has_no_advice(text: str) -> None:
    assert _rules(text) == []


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Compra un ordenador", "style.spain_words"),
        ("Un zumo fresco", "style.spain_words"),
        ("Es hora de coger el tuyo", "style.spain_words"),
        ("El 15 de Noviembre", "style.month_capital"),
        ("Por $1.299,00 MXN", "style.number_format"),
        ("Por 1.299.500,5", "style.number_format"),
    ],
)
def test_what_is_written_otherwise_in_mexico_is_advice(text: str, rule: str) -> None:
    assert _rules(text) == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "Una computadora, un jugo y papas",
        "Recoger y escoger",
        "El 15 de noviembre",
        "Mayo de 2026",
        "$1,299.00 MXN",
        "Versión 1.299",
        "IP 192.168.100.200, 1",
    ],
)
def test_the_usual_ways_of_mexico_have_no_advice(text: str) -> None:
    assert _rules(text) == []
