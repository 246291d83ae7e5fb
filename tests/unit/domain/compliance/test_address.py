"""How a text speaks to its reader."""

from __future__ import annotations

import pytest

from llama_marketing.domain.compliance.address import addresses
from llama_marketing.domain.vocabulary import Address


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("¿Tienes hambre? Tu mesa está lista", [Address.TU, Address.TU]),
        ("Pase usted", [Address.USTED]),
        ("Vos sabés", [Address.VOS, Address.VOS]),
        ("Disfruta de su sabor, ustedes deciden", []),
        ("Estudio y virtud", []),
    ],
)
def test_a_form_that_only_one_way_has_tells_it(text: str, found: list[Address]) -> None:
    assert [address for address, _ in addresses(text)] == found


def test_each_has_its_place() -> None:
    assert list(addresses("Es para ti")) == [(Address.TU, (8, 10))]
