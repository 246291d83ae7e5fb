"""Usage as CSV."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.usage.export import Markup, entry_lines, read_kind, summary_lines
from llama_marketing.testing.samples import sample_entry

HOSTILE = ["=1+1", "+1", "-1+1|cmd", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－2＋3"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


def read(lines: list[str]) -> list[list[str]]:
    """The cells as a CSV reader sees them."""
    return list(csv.reader(io.StringIO("".join(lines), newline="")))


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_is_a_formula(name: str) -> None:
    """An apostrophe stands before it, and the text is kept."""
    lines = list(entry_lines([sample_entry("e1", user_id=name, model=name)], Markup()))
    header, row = read(lines)

    assert row[header.index("userId")] == row[header.index("model")] == f"'{name}"


@given(TEXTS, TEXTS)
def test_every_line_has_the_columns_of_the_header_and_reads_back(user: str, model: str) -> None:
    """Whatever stands in it: quotes, commas, line ends."""
    lines = list(entry_lines([sample_entry("e1", user_id=user, model=model)], Markup()))
    header, row = read(lines)

    assert len(header) == len(row)
    for name, text in (("userId", user), ("model", model)):
        assert row[header.index(name)].removeprefix("'") == text.removeprefix("'")
    assert all(line.endswith("\r\n") for line in lines)


def test_a_negative_amount_is_a_number() -> None:
    """An adjustment gives money back."""
    entry = sample_entry("ADJ-1", adjusts="e1", cost_usd=Decimal("-0.03"))
    header, row = read(list(entry_lines([entry], Markup(Decimal(10)))))

    assert row[header.index("costUsd")] == "-0.030000000000"
    assert row[header.index("priceUsd")] == "-0.033000000000"


def test_an_unknown_cost_is_an_empty_cell() -> None:
    """It is no zero."""
    header, row = read(list(entry_lines([sample_entry("e1", cost_usd=None)], Markup())))

    assert row[header.index("costUsd")] == row[header.index("priceUsd")] == ""


@pytest.mark.parametrize("text", ["", "0", "15", "15.5", "0.0001", "1000"])
def test_a_markup_is_a_plain_percentage(text: str) -> None:
    assert Markup.read(text).percent == Decimal(text or 0)


@pytest.mark.parametrize(
    "text", ["-1", "1000.01", "NaN", "inf", "1e2", "1.00001", "a", "15%", " 5", "٣", "1_0"]
)
def test_another_markup_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        Markup.read(text)


@given(st.integers(-(10**18), 10**18), st.integers(0, 10**7))
def test_a_price_is_exact_to_the_pico(cost: int, ten_thousandths: int) -> None:
    """Halves are rounded up."""
    percent = Decimal(ten_thousandths).scaleb(-4)
    exact = Decimal(cost) * (100 + percent) / 100

    assert abs(Markup(percent).price(cost) - exact) <= Decimal("0.5")


def test_another_kind_is_refused() -> None:
    with pytest.raises(InvalidRequest):
        read_kind("everything")


def test_a_summary_of_nothing_is_a_total_of_zeros() -> None:
    header, row = read(list(summary_lines([], "2026-02", "cli1", Markup())))

    assert row[:3] == ["2026-02", "cli1", "TOTAL"]
    assert Decimal(row[header.index("priceUsd")]) == 0
    assert row[header.index("requests")] == "0"
