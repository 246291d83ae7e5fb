"""Reading a query: known names only, each once, in either case."""

from __future__ import annotations

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from llama_marketing.adapters.flask.query import LONGEST_VALUE, read_query
from llama_marketing.domain.errors import InvalidRequest

NAMES = ("useCase", "host")


def read(query: str) -> dict[str, str]:
    """The query as read."""
    return read_query(Request(EnvironBuilder(query_string=query).get_environ()), NAMES)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {}),
        ("useCase=a", {"useCase": "a"}),
        ("use_case=a&host=b", {"useCase": "a", "host": "b"}),
        ("host=", {"host": ""}),
        ("host=caf%C3%A9+x", {"host": "café x"}),
        ("host=" + "x" * LONGEST_VALUE, {"host": "x" * LONGEST_VALUE}),
    ],
)
def test_known_names_are_read_in_either_case(query: str, found: dict[str, str]) -> None:
    """Their values as they are."""
    assert read(query) == found


@pytest.mark.parametrize(
    "query",
    [
        "x=1",
        "UseCase=a",
        "usecase=a",
        "useCase=a&use_case=a",
        "host=a&host=a",
        "host=a%00",
        "host=" + "x" * (LONGEST_VALUE + 1),
        "=1",
        "%FF=1",
    ],
)
def test_anything_else_is_refused(query: str) -> None:
    """With a name that is safe to show."""
    with pytest.raises(InvalidRequest) as raised:
        read(query)

    assert raised.value.user_message.startswith("El parámetro «")


def test_an_unknown_name_is_shown_tamely() -> None:
    """It is the caller's text."""
    with pytest.raises(InvalidRequest) as raised:
        read("<script>alert(1)</script>" + "x" * 1000 + "=1")

    assert "<" not in raised.value.user_message
    assert len(raised.value.user_message) < 80
