"""Short texts are lines: one each, bounded, whole characters."""

from __future__ import annotations

import pytest

from llama_marketing.domain.generation.short_texts import line_of, lines_of


@pytest.mark.parametrize(
    ("said", "line"),
    [
        (" uno\r\ndos\t tres ", "uno dos tres"),
        ("uno dos tres cuatro", "uno dos…"),
        ("👩‍👧" * 200, "👩‍👧" * 11 + "…"),
        ("👩‍👩‍👧" * 200, "👩‍👩‍👧" * 9 + "…"),
        (None, ""),
        (["uno"], ""),
    ],
    ids=["lines", "words", "pairs", "families", "none", "list"],
)
def test_a_text_becomes_one_line(said: object, line: str) -> None:
    """Cut after a word, or between characters where there is none."""
    assert line_of({"a": said}, "a", 12) == line


def test_a_list_becomes_lines_each_once() -> None:
    """In the order given, as many as asked for; a text alone is a list of one."""
    said = ["uno", "UNO", " ", 7, "d\no", "tres", "cuatro"]

    assert lines_of({"a": said}, "a", 3, 12) == ("uno", "d o", "tres")
    assert lines_of({"a": "uno"}, "a", 3, 12) == ("uno",)
    assert lines_of({"a": {"b": 1}}, "a", 3, 12) == lines_of({}, "a", 3, 12) == ()
