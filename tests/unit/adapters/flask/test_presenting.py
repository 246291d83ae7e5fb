"""Models as JSON, in the operator's case."""

from __future__ import annotations

import json

import pytest

from llama_marketing.adapters.flask.presenting import Presenter, as_json
from llama_marketing.domain.model import Model


class Inner(Model):
    """Has a field with a data key."""

    by_model: dict[str, int]


class Outer(Model):
    """Has a model inside."""

    latency_ms: int
    inner: Inner


VALUE = Outer(latency_ms=5, inner=Inner(by_model={"some_model": 1, "otherModel": 2}))


def test_field_names_have_the_case_and_data_keys_their_own() -> None:
    """At every depth."""
    data = {"some_model": 1, "otherModel": 2}

    assert Presenter().data(VALUE) == {"latencyMs": 5, "inner": {"byModel": data}}
    assert Presenter(camel=False).data(VALUE) == {"latency_ms": 5, "inner": {"by_model": data}}


@pytest.mark.parametrize(("camel", "name"), [(True, "nextCursor"), (False, "next_cursor")])
def test_plain_names_have_the_case_too(camel: bool, name: str) -> None:
    """Those of answers that are no model."""
    assert Presenter(camel=camel).names({"next_cursor": 1}) == {name: 1}


def test_models_inside_a_mapping_are_written_out() -> None:
    """Alone, in lists and in tuples."""
    answer = Presenter().answer({"one": VALUE, "all": (VALUE,), "n": [1]}, 201)

    shown = Presenter().data(VALUE)
    assert (answer.status_code, answer.mimetype) == (201, "application/json")
    assert json.loads(answer.get_data()) == {"one": shown, "all": [shown], "n": [1]}


def test_json_is_utf_8_and_never_holds_what_is_no_number() -> None:
    """A reader in another language must be able to parse it."""
    assert as_json({"a": "ñ☕"}) == '{"a": "ñ☕"}'.encode()
    with pytest.raises(ValueError, match="JSON compliant"):
        as_json({"a": float("nan")})
