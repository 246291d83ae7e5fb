"""Reading a body: one JSON object, within its size, by the letter of the standard."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import ClientDisconnected
from werkzeug.test import EnvironBuilder

from llama_marketing.adapters.flask.reading import (
    MAX_JSON,
    check_client,
    prefers_stream,
    read_body,
    read_object,
)
from llama_marketing.domain.errors import (
    InvalidRequest,
    LlamaMarketingError,
    TooLarge,
    UnreadableRequest,
    UnsupportedMedia,
)
from tests.unit.app.samples import TENANT


def made(body: bytes = b"", media_type: str = "application/json", **options: Any) -> Request:
    """A request with a body."""
    environ = EnvironBuilder(method="POST", data=body, content_type=media_type, **options)
    return Request(environ.get_environ())


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "Application/JSON", "application/json; charset=utf-8"],
)
def test_an_object_is_read(media_type: str) -> None:
    """Whatever the spelling of the type."""
    body = '{"text": "Café ☕", "n": [1, 2.5, null, true]}'.encode()

    assert read_object(made(body, media_type)) == {"text": "Café ☕", "n": [1, 2.5, None, True]}


def test_only_where_it_is_optional_no_body_is_an_empty_object() -> None:
    """With any type or none."""
    assert read_object(made(media_type=""), optional=True) == {}
    with pytest.raises(UnsupportedMedia):
        read_object(made(media_type=""))
    with pytest.raises(UnreadableRequest):
        read_object(made(b" "), optional=True)


def test_a_body_of_exactly_the_limit_is_read() -> None:
    """One byte more is not."""
    body = b'"' + b"x" * (MAX_JSON - 2) + b'"'

    assert len(read_body(made(body))) == MAX_JSON
    with pytest.raises(TooLarge):
        read_body(made(body + b" "))


def test_a_body_without_a_length_is_cut_at_the_limit() -> None:
    """Chunks of a server that ends its input by itself."""
    request = made(b"")
    request.environ.pop("CONTENT_LENGTH", None)
    request.environ["wsgi.input"] = io.BytesIO(b"x" * (MAX_JSON + 1))
    request.environ["wsgi.input_terminated"] = True

    with pytest.raises(TooLarge):
        read_body(request)


def test_a_body_may_be_read_twice() -> None:
    """First for the idempotency key, then for the view."""
    request = made(b'{"a": 1}')

    assert read_body(request) == b'{"a": 1}'
    assert read_object(request) == {"a": 1}


def test_a_client_that_hangs_up_sent_no_request() -> None:
    """The server tells by an exception of its own."""

    class HungUp(io.BytesIO):
        """Breaks off."""

        def read(self, size: int | None = -1, /) -> bytes:
            raise ClientDisconnected

    request = made(b"")
    request.environ["CONTENT_LENGTH"] = "9"
    request.environ["wsgi.input"] = HungUp()

    with pytest.raises(UnreadableRequest):
        read_body(request)


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    """Never another exception, and what they were is not in the error."""
    error: LlamaMarketingError | None = None
    try:
        assert isinstance(read_object(made(body)), dict)
    except LlamaMarketingError as raised:
        error = raised
    assert error is None or (error.__cause__ is None and error.__context__ is None)


@pytest.mark.parametrize("name", ["clientId", "client_id"])
@pytest.mark.parametrize("value", ["cli1", None])
def test_the_path_s_own_client_is_taken_out_of_the_body(name: str, value: str | None) -> None:
    assert check_client({name: value, "x": 1}, TENANT) == {"x": 1}


@pytest.mark.parametrize("value", ["cli2", "", 5, [], {}, True])
def test_another_client_is_refused(value: object) -> None:
    for fields in (
        {"clientId": value},
        {"client_id": value},
        {"clientId": "cli1", "client_id": value},
    ):
        with pytest.raises(InvalidRequest):
            check_client(fields, TENANT)


@pytest.mark.parametrize(
    ("accepted", "streamed"),
    [
        (None, False),
        ("", False),
        ("*/*", False),
        ("text/event-stream", True),
        ("text/*", True),
        ("text/event-stream, */*;q=0.1", True),
        ("application/json, text/event-stream;q=0.9", False),
        ("nonsense", False),
    ],
)
def test_the_accept_header_asks_for_a_stream(accepted: str | None, streamed: bool) -> None:
    """JSON where both are as welcome."""
    headers = {} if accepted is None else {"Accept": accepted}

    assert prefers_stream(made(headers=headers)) is streamed
