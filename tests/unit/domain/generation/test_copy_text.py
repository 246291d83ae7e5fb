"""The copy: NFC, LF, no outer blanks; a stream holds back what may still change."""

from __future__ import annotations

import pytest

from llama_marketing.domain.generation.copy_text import CopyStream, copy_text


def fed(*pieces: str) -> list[str]:
    """What each piece shows, and the end."""
    stream = CopyStream()
    return [*(stream.feed(piece) for piece in pieces), stream.end()]


@pytest.mark.parametrize(
    ("raw", "copy"),
    [
        (" \r\n Café\r\nde\raltura \n", "Café\nde\naltura"),
        ("Cafe\u0301", "Café"),
        ("a\ud800b", "a\ufffdb"),
        ("\u00a0\u3000x\u2028", "x"),
        ("👩\u200d👧 x ", "👩\u200d👧 x"),
        (" \n", ""),
    ],
)
def test_a_copy_is_what_a_person_reads(raw: str, copy: str) -> None:
    """Inside, blanks and joiners stay."""
    assert copy_text(raw) == copy
    assert "".join(fed(raw)) == "".join(fed(*raw)) == copy


def test_a_stream_holds_back_the_last_character_and_blanks() -> None:
    """A mark may follow the one, the end the others."""
    assert fed("Hola", " ", " mundo", "", "!") == ["Hol", "a", "  mund", "", "o", "!"]
    assert fed("cafe", "\u0301", " x") == ["caf", "", "é", " x"]
    assert fed("a\r", "\n", "b") == ["a", "", "", "\nb"]
    assert fed("  ", "\n", "x") == ["", "", "", "x"]
    assert fed("\u1100", "\u1161", "\u11a8", "x") == ["", "", "", "각", "x"]
    assert fed() == [""]
