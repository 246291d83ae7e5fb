"""The reader of a stream: the copy as it arrives, and nothing else."""

from __future__ import annotations

import pytest

from llama_marketing.domain.generation.copy_reader import CopyReader


def shown(*pieces: str, field: str = "content") -> list[str]:
    """What each piece shows, and the end."""
    reader = CopyReader(field)
    return [*(reader.feed(piece) for piece in pieces), reader.end()]


def test_a_copy_is_shown_as_it_arrives() -> None:
    """Piece by piece, up to its closing quote."""
    assert shown('{"con', 'tent": "Ho', "la ", 'ñ"', ', "hashtags": ["x"]}') == [
        *("", "Ho", "la ", "ñ", "", ""),
    ]


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"a\nb\t\r\b\f", "a\nb\t\r\b\f"),
        (r"\"\\\/", '"\\/'),
        (r"\u00e1\u00E1", "áá"),
        (r"\ud83d\ude00", "😀"),
        (r"\ud83dx", "\ufffdx"),
        (r"\ud83d\n", "\ufffd\n"),
        (r"\ud83d\u0041", "\ufffdA"),
        (r"\ud83d\ud83d\ude00", "\ufffd😀"),
        (r"\ude00", "\ufffd"),
        (r"\x\_", r"\x\_"),
        (r"\u12G4", r"\u12G4"),
        (r"\ud83d\uzzzz", "\ufffd\\uzzzz"),
        ("raw\nline", "raw\nline"),
        ("", ""),
    ],
)
def test_escapes_are_decoded_wherever_they_are_cut(body: str, text: str) -> None:
    """Also the ones that are no escapes, as the reading of the whole reply does."""
    reply = '{"content": "' + body + '"}'
    assert "".join(shown(reply)) == text
    assert "".join(shown(*reply)) == text


@pytest.mark.parametrize(
    "reply",
    [
        '{"text": "x"}',
        '{"nested": {"content": "x"}}',
        '{"list": ["content", ":", {"content": "x"}]}',
        '{"a": "content", "b": ": \\"x\\""}',
        '{"content": null, "content": "x"}',
        '{"content": 5, "x": "y"}',
        '{"content": ["x"]}',
        '{"content": {"content": "x"}}',
        '{"contents": "x", "conten": "y", "con\\tent": "z"}',
        '{}{"content": "x"}',
        '"content": "x"',
        '{"content" "x"}',
        "}{]",
        "",
    ],
)
def test_nothing_but_the_objects_own_copy_is_shown(reply: str) -> None:
    """Neither syntax, nor other properties, nor what stands deeper."""
    assert "".join(shown(reply)) == "".join(shown(*reply)) == ""


def test_an_escape_that_never_ended_is_no_text() -> None:
    """Nor is half of a pair; after the end nothing is shown any more."""
    for cut in ("\\", "\\u00", "\\ud83d", "\\ud83d\\ude"):
        reader = CopyReader()
        assert reader.feed('{"content": "a' + cut) == "a"
        assert reader.end() == ""
        assert reader.feed('0"') == ""


def test_another_field_may_be_the_copy() -> None:
    """Each use case has its own."""
    assert "".join(shown('{"content": "no", "body": "sí"}', field="body")) == "sí"


def test_the_first_of_two_counts() -> None:
    """As in the reading of the whole reply."""
    assert "".join(shown('{"content": "a", "content": "b"}')) == "a"
