"""How a Spanish text speaks to its reader."""

from __future__ import annotations

import re
from collections.abc import Iterator

from llama_marketing.domain.compliance.spans import Span
from llama_marketing.domain.vocabulary import Address

# Forms that two of them share (su, disfruta) tell nothing.
_ADDRESS = re.compile(
    r"\b(?:(?P<tu>tú|ti|tus?|contigo|eres|estás|tienes|puedes|quieres|sabes|vienes|necesitas)"
    r"|(?P<usted>usted)|(?P<vos>vos|sos|tenés|podés|querés|sabés|venís))\b",
    re.IGNORECASE,
)


def addresses(text: str) -> Iterator[tuple[Address, Span]]:
    """Each word that tells how the reader is spoken to, and where it stands."""
    for match in _ADDRESS.finditer(text):
        yield Address(str(match.lastgroup)), match.span()
