"""Model: our own errors for every wrong input, and never the input inside them."""

from __future__ import annotations

import copy
import pickle
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import Field

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.model import AS_NUMBER, Model

CANARY = "gsk_canary0123456789canary0123456789canary0123456789"


class Inner(Model):
    """A nested value."""

    how_many: int = Field(default=1, ge=0)


class Outer(Model):
    """A value with a nested one."""

    inner: Inner = Inner()
    many: tuple[Inner, ...] = ()
    price: Decimal = Decimal(0)


@pytest.mark.parametrize(
    "data",
    [
        {"inner": {"howMany": CANARY}},
        {"inner": {"how_many": -1}},
        {"many": [{"howMany": 1}, {"howMany": [CANARY]}]},
        {CANARY: 1},
        {"inner": {"x": CANARY}},
        {"price": "NaN"},
        {"price": float("inf")},
        {1: 2},
        CANARY,
        None,
        [CANARY],
    ],
)
def test_a_wrong_input_is_an_invalid_request_without_the_input(data: object) -> None:
    """Neither text, repr, issues, pickle nor any frame below the call holds what was sent."""
    with pytest.raises(InvalidRequest) as caught:
        Outer.read(data)
    error = caught.value

    shown = f"{error} {error!r} {error.issues} {error.user_message} {pickle.dumps(error)!r}"
    assert CANARY not in shown
    assert error.__context__ is None
    assert error.__cause__ is None
    assert error.issues
    assert isinstance(error, ValueError)


def test_building_a_value_raises_the_same_error_also_for_nested_ones() -> None:
    """A constructor, and a constructor inside of one."""
    nested: dict[str, Any] = {"inner": {"how_many": "x"}}
    unknown: dict[str, Any] = {"nothing": 1}
    with pytest.raises(InvalidRequest) as caught:
        Outer(**nested)
    assert caught.value.__context__ is None

    with pytest.raises(InvalidRequest, match="Inner is invalid"):
        Outer(inner=Inner(how_many=-1))
    with pytest.raises(InvalidRequest, match="Outer is invalid: nothing"):
        Outer(**unknown)


def test_issues_name_the_path_and_the_reason() -> None:
    """The path has the JSON's names, which the user's sentence repeats."""
    with pytest.raises(InvalidRequest) as caught:
        Outer.read({"many": [{"howMany": -1}]})

    assert caught.value.issues == (
        ("many.0.howMany", "Input should be greater than or equal to 0"),
    )
    assert caught.value.user_message == ("La solicitud no es válida: revisa «many.0.howMany».")


def test_an_unknown_field_is_named_tamely_and_at_most_ten_are_told() -> None:
    """Names of unknown fields are the caller's text: 40 plain characters of it, no more."""
    with pytest.raises(InvalidRequest) as caught:
        Outer.read({"<b>\n\x00ñ" + "y" * 60: 1})
    assert caught.value.issues[0][0] == "?b????" + "y" * 34

    with pytest.raises(InvalidRequest) as caught:
        Outer.read({f"f{number}": 1 for number in range(40)})
    assert len(caught.value.issues) == 10


def test_a_value_takes_both_cases_and_is_frozen() -> None:
    """snake_case and camelCase are the same field, and nothing can be set."""
    assert Inner.read({"howMany": 2}) == Inner.read({"how_many": 2}) == Inner(how_many=2)
    assert Inner.read(Inner(how_many=2)) == Inner(how_many=2)
    with pytest.raises(ValueError, match="frozen"):
        Inner().how_many = 3


def test_values_are_copied_pickled_and_hashed_as_values() -> None:
    """Equal values stay equal whichever way they travel."""
    value = Outer(inner=Inner(how_many=3), many=(Inner(),), price=Decimal("0.10"))

    for other in (
        pickle.loads(pickle.dumps(value)),
        copy.deepcopy(value),
        copy.copy(value),
        value.model_copy(),
        Outer.model_validate(value.model_dump()),
        Outer.model_validate_json(value.model_dump_json(by_alias=True)),
    ):
        assert other == value
        assert hash(other) == hash(value)


class Strict(Model):
    """Two numbers that are read strictly."""

    whole: Annotated[int, AS_NUMBER] = 0
    real: Annotated[float, AS_NUMBER] | None = None


def test_numbers_are_no_texts_and_no_booleans() -> None:
    """Where AS_NUMBER stands, only a number is a number."""
    assert Strict.read({"whole": 2.0, "real": 1}) == Strict(whole=2, real=1.0)
    for wrong in (True, False, "1", b"1", 1.5, None):
        with pytest.raises(InvalidRequest):
            Strict.read({"whole": wrong})
    with pytest.raises(InvalidRequest):
        Strict.read({"real": "0.5"})
