"""Mentions as Instagram reads them."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.mentions import count_mentions, mention_spans


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("con @cafe.azul_mx y (@ana)", ["@cafe.azul_mx", "@ana"]),
        ("@user. sigue", ["@user"]),
        ("@a..b", ["@a"]),
        ("hola@mail.mx ñandú@mail.mx .@x", []),
        ("@" + "a" * 30, ["@" + "a" * 30]),
        ("@" + "a" * 31, []),
        ("@" + "a." * 15 + "b", []),
        ("@niño", []),
        ("https://x.com/@user www.a.mx/?u=@user", []),
        ("@.user @@x @", []),
    ],
)
def test_a_mention_is_a_handle_after_an_at_sign(text: str, mentions: list[str]) -> None:
    """The seeds of T23, and what is glued to a word or stands in a link."""
    assert [text[start:end] for start, end in mention_spans(text)] == mentions


def test_repeated_mentions_count_each_time() -> None:
    assert count_mentions("@ana @ana") == 2
    assert count_mentions("nadie") == 0
