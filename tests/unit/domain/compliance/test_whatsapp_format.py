"""Formatting marks."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.models import Formatting
from llama_marketing.domain.compliance.whatsapp_format import (
    formatting_findings,
    paired_spans,
    unpaired_asterisks,
)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("*Buen Fin* y _hoy_ o ~ayer~.", ["*Buen Fin*", "_hoy_", "~ayer~"]),
        ("*_x_*", ["*_x_*"]),
        ("(*sí*)", ["(*sí*)"[1:-1]]),
        ("2*3*4", []),
        ("* no * ni *esto *", []),
        ("* no*", []),
        ("**doble**", []),
        ("*a\nb*", []),
        ("pre*x* *x*pos", []),
        ("_a_b cafe_azul_mx", []),
        ("nada", []),
    ],
)
def test_only_what_whatsapp_shows_as_formatted_is_a_pair(text: str, pairs: list[str]) -> None:
    """The seeds of T31."""
    assert [text[start:end] for start, end in paired_spans(text)] == pairs


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("*Oferta hoy", 1),
        ("Envío gratis*", 1),
        ("*Oferta* hoy", 0),
        ("*uno *dos* tres", 1),
        ("* punto\n* otro", 0),
        ("5 * 3 y 2*3*4", 0),
        ("**doble**", 0),
        ("nada", 0),
    ],
)
def test_an_asterisk_without_partner_is_found(text: str, count: int) -> None:
    assert len(unpaired_asterisks(text)) == count


def _rules(text: str, formatting: Formatting) -> list[str]:
    return [finding.rule_id for finding in formatting_findings(text, formatting)]


def test_markdown_is_told_where_it_is_not_understood() -> None:
    text = "# Oferta\n**Hoy** en [tienda](https://a.mx)"
    expected = ["format.markdown_bold", "format.heading", "format.markdown_link"]
    assert _rules(text, Formatting.WHATSAPP) == expected
    assert _rules(text, Formatting.PLAIN) == expected
    assert _rules(text, Formatting.RICH) == []
    assert all(each.affects_status for each in formatting_findings(text, Formatting.PLAIN))


def test_a_stray_asterisk_is_told_on_whatsapp_only_and_changes_no_status() -> None:
    """It may be the footnote that it was meant to be."""
    (finding,) = formatting_findings("Gratis*", Formatting.WHATSAPP)
    assert finding.rule_id == "format.unpaired_mark"
    assert finding.span == (6, 7)
    assert not finding.affects_status
    assert _rules("Gratis*", Formatting.PLAIN) == []


@pytest.mark.parametrize("text", ["#BuenFin", "## ", "a # b", "****", "![x](y)", "[a] (b)", "[]()"])
def test_what_only_looks_like_markdown_is_none(text: str) -> None:
    assert _rules(text, Formatting.PLAIN) == []
