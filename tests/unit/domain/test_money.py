"""Money: whole pico-USD inside, exact Decimal outside."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.model import Model
from llama_marketing.domain.money import NonNegativeUsd, Usd, json_number, pico_usd, usd


class Priced(Model):
    """An amount."""

    amount: Usd
    least: NonNegativeUsd = Decimal(0)


@given(st.integers(-(10**30), 10**30))
def test_pico_usd_and_back_is_exact(pico: int) -> None:
    """Also beyond the 28 digits of Python's usual context."""
    assert pico_usd(usd(pico)) == pico


@pytest.mark.parametrize(
    ("amount", "pico"),
    [
        ("1", 10**12),
        ("0.000000000001", 1),
        ("0.0000000000005", 0),
        ("0.0000000000015", 2),
        ("-0.1", -(10**11)),
        ("1E+3", 10**15),
    ],
)
def test_amounts_are_rounded_half_even_behind_twelve_decimals(amount: str, pico: int) -> None:
    """Nothing is lost before that."""
    assert pico_usd(Decimal(amount)) == pico


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(amount: str) -> None:
    """It would poison every sum."""
    with pytest.raises(InvalidRequest):
        pico_usd(Decimal(amount))
    with pytest.raises(InvalidRequest):
        Priced(amount=Decimal(amount))


def test_json_shows_a_number() -> None:
    """Whole amounts without a point, and Python keeps the Decimal."""
    assert json_number(Decimal("50.00")) == 50
    assert isinstance(json_number(Decimal("50.00")), int)
    assert json_number(Decimal("0.1")) == 0.1
    priced = Priced(amount=Decimal("0.10"))
    assert priced.model_dump_json() == '{"amount":0.1,"least":0}'
    assert priced.model_dump() == {"amount": Decimal("0.10"), "least": Decimal(0)}
    with pytest.raises(InvalidRequest):
        Priced(amount=Decimal(1), least=Decimal("-0.01"))
