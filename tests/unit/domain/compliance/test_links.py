"""Web addresses in a text."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.links import count_links, link_spans


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Compra aquí: https://tienda.mx/promo?utm=abc ¡hoy!", ["https://tienda.mx/promo?utm=abc"]),
        ("Visita tienda.com.mx.", ["tienda.com.mx"]),
        ("(www.tienda.mx)", ["www.tienda.mx"]),
        (
            "https://es.wikipedia.org/wiki/Sal_(mineral)",
            ["https://es.wikipedia.org/wiki/Sal_(mineral)"],
        ),
        ("a.mx/promo, b.com", ["a.mx/promo", "b.com"]),
        ("HTTPS://A.MX!", ["HTTPS://A.MX"]),
        ("http://localhost/x", ["http://localhost/x"]),
        ("hola@mail.mx juan.mx@mail.com", []),
        ("Llegó el fin.Hoy a las 3.5", []),
        ("sin enlaces", []),
    ],
)
def test_links_end_before_the_sentence_does(text: str, links: list[str]) -> None:
    assert [text[start:end] for start, end in link_spans(text)] == links


def test_the_same_link_twice_is_one() -> None:
    assert count_links("a.mx y a.mx y b.mx") == 2
