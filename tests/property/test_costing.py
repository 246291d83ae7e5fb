"""Laws of money: costs add up, never fall with more tokens, and equal the Decimal arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, localcontext

from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.chat.models import Message, Role
from llama_marketing.domain.costing.cost import cost
from llama_marketing.domain.costing.estimate import estimated_tokens, input_token_bound
from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.domain.money import usd

AMOUNTS = st.decimals(0, 1_000_000, places=6)
TOKENS = st.integers(0, 10**12)


@st.composite
def price_rows(draw: st.DrawFn) -> PriceRow:
    """Prices per token, with and without some of their own for cached and written tokens."""
    return PriceRow(
        host="cloud",
        model="small",
        input=draw(AMOUNTS),
        output=draw(AMOUNTS),
        cached_input=draw(st.none() | AMOUNTS),
        cache_write=draw(st.none() | AMOUNTS),
        valid_from=date(2026, 1, 1),
        as_of=date(2026, 1, 1),
        source="drawn",
    )


def paid(row: PriceRow, *numbers: int) -> int:
    found = cost(row, *numbers)
    assert found is not None
    return found


@given(price_rows(), TOKENS, TOKENS)
def test_a_cost_is_exactly_the_decimal_product(row: PriceRow, tokens: int, answer: int) -> None:
    assert row.input is not None
    assert row.output is not None
    with localcontext() as context:
        context.prec = 60
        expected = (tokens * row.input + answer * row.output) / 10**6
        assert usd(paid(row, tokens, answer)) == expected


@given(price_rows(), st.tuples(TOKENS, TOKENS), st.tuples(TOKENS, TOKENS))
def test_two_calls_cost_what_one_of_both_costs(
    row: PriceRow, first: tuple[int, int], second: tuple[int, int]
) -> None:
    both = tuple(a + b for a, b in zip(first, second, strict=True))
    assert paid(row, *first) + paid(row, *second) == paid(row, *both)


@given(price_rows(), TOKENS, TOKENS, TOKENS)
def test_more_tokens_never_cost_less(row: PriceRow, tokens: int, answer: int, more: int) -> None:
    before = paid(row, tokens, answer)
    assert 0 <= before <= paid(row, tokens + more, answer)
    assert before <= paid(row, tokens, answer + more)


@given(price_rows(), TOKENS, TOKENS)
def test_cached_tokens_stay_between_all_and_none(row: PriceRow, tokens: int, cached: int) -> None:
    found = paid(row, tokens, 0, cached)
    bounds = sorted((paid(row, tokens, 0, 0), paid(row, tokens, 0, tokens)))
    assert bounds[0] <= found <= bounds[1]


@given(price_rows(), TOKENS, TOKENS, TOKENS)
def test_tokens_read_from_and_written_to_a_cache_stay_between_the_three_prices(
    row: PriceRow, tokens: int, cached: int, written: int
) -> None:
    found = paid(row, tokens, 0, cached, 0, written)
    whole = [paid(row, tokens, 0, *parts) for parts in ((0,), (tokens,), (0, 0, tokens))]
    assert min(whole) <= found <= max(whole)


@given(AMOUNTS, st.integers(0, 10**9), st.integers(0, 10**9))
def test_by_the_hour_two_calls_cost_what_one_of_both_costs_but_for_a_rounding(
    amount: Decimal, first: int, second: int
) -> None:
    row = PriceRow(
        host="home",
        model="small",
        per_hour=amount,
        valid_from=date(2026, 1, 1),
        as_of=date(2026, 1, 1),
        source="drawn",
    )
    apart = paid(row, 0, 0, 0, first) + paid(row, 0, 0, 0, second)
    assert abs(apart - paid(row, 0, 0, 0, first + second)) <= 1


@given(st.lists(st.text(max_size=50), max_size=5))
def test_the_bound_covers_every_byte_and_grows_with_each_message(texts: list[str]) -> None:
    messages = [Message(Role.USER, text) for text in texts]
    bound = input_token_bound(messages)
    assert bound >= sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    assert input_token_bound([*messages, Message(Role.USER, "")]) > bound
    assert bound >= sum(map(estimated_tokens, texts))
