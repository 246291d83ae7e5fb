"""What a generated copy must not bring along."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.models import LimitKind
from llama_marketing.domain.compliance.safety import safety_findings

ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("hola <b>ya</b>", "safety.html"),
        ("<br/>", "safety.html"),
        ("<IMG SRC=x onerror=alert(1)", "safety.html"),
        ("a<!-- b", "safety.html"),
        ("clic javascript:alert(1)", "safety.script_link"),
        ("data:text/html;base64,xx", "safety.script_link"),
        ("data:,x", "safety.script_link"),
        ("![foto](https://a.mx/x.png)", "safety.markdown_image"),
        ("![foto][1]", "safety.markdown_image"),
        ("a\u202eb", "safety.bidi_control"),
        ("a\u2066b", "safety.bidi_control"),
        ("hola\U000e0061\U000e0062", "safety.hidden_tags"),
        ("\U0001f3f4\U000e0061\U000e0062", "safety.hidden_tags"),
        (ENGLAND + "\U000e0061", "safety.hidden_tags"),
        ("a\ufffdb", "safety.damaged"),
    ],
)
def test_what_acts_or_hides_is_flagged_for_a_person(text: str, rule: str) -> None:
    (finding,) = safety_findings(text)
    assert finding.rule_id == rule
    assert finding.kind is LimitKind.POLICY
    start, end = finding.span
    assert 0 <= start < end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "Te queremos <3, 2 < 3 y 5 > 4",
        "Big data: 5 ideas. Curso de JavaScript: aprende hoy",
        "[foto](https://a.mx) ¡!",
        "escribe a <hola@mail.mx> o <https://a.mx>",
        ENGLAND + " 👨‍👩‍👧‍👦 é",
    ],
)
def test_ordinary_copy_is_not_flagged(text: str) -> None:
    assert safety_findings(text) == []


def test_many_places_are_one_finding() -> None:
    """So that a hostile text cannot make a huge answer."""
    (finding,) = safety_findings("<b>" * 1000)
    assert (finding.measured, finding.span) == (1000, (0, 3))
