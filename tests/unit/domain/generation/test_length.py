"""How long a copy may be: two limits, each in its own measure."""

from __future__ import annotations

from llama_marketing.domain.compliance.measures import Measure
from llama_marketing.domain.generation.length import LengthTarget


def test_the_hard_limit_counts_in_its_own_measure_and_the_requests_in_utf16() -> None:
    """Whichever is broken first is told."""
    target = LengthTarget(3, Measure.CODEPOINTS, max_length=4)

    assert target.overflow("😀😀") is None
    assert target.overflow("😀😀😀") == (6, 4)
    assert target.overflow("abcd") == (4, 3)
    assert LengthTarget(3, Measure.CODEPOINTS).overflow("😀😀😀") is None


def test_a_text_is_shortened_until_both_limits_hold() -> None:
    """At a safe place."""
    text = "Un café de altura"

    assert LengthTarget(12, Measure.UTF16).shortened(text) == "Un café de…"
    assert LengthTarget(12, Measure.UTF16, 20).shortened(text) == "Un café de…"
    assert LengthTarget(20, Measure.UTF16, 12).shortened(text) == "Un café de…"
