"""Endpoints: what a client may type, what is called, and the origin that a key belongs to."""

from __future__ import annotations

import pytest

from llama_marketing.domain.config.endpoint import (
    names_private_address,
    normalise_endpoint,
    origin_of,
)
from llama_marketing.domain.errors import InvalidRequest


@pytest.mark.parametrize(
    ("typed", "endpoint", "origin"),
    [
        ("http://localhost:8080/v1", "http://localhost:8080/v1", "http://localhost:8080"),
        ("https://API.Example.com", "https://api.example.com/v1", "https://api.example.com:443"),
        ("  HTTPS://h/v1/chat/completions/\n", "https://h/v1", "https://h:443"),
        ("https://h/v1/chat/completions/chat/completions", "https://h/v1", "https://h:443"),
        ("http://h/chat/completions", "http://h/v1", "http://h:80"),
        ("http://h:080/openai/v1/", "http://h:80/openai/v1", "http://h:80"),
        ("http://[::1]:9/v1", "http://[::1]:9/v1", "http://[::1]:9"),
        ("http://[2001:DB8::1]", "http://[2001:db8::1]/v1", "http://[2001:db8::1]:80"),
        ("http://my_box-1.local.", "http://my_box-1.local./v1", "http://my_box-1.local.:80"),
        ("https://h:65535/v1", "https://h:65535/v1", "https://h:65535"),
        ("https://h/a@b/v1", "https://h/a@b/v1", "https://h:443"),
    ],
)
def test_an_endpoint_is_a_base_url(typed: str, endpoint: str, origin: str) -> None:
    """Case, a trailing slash and a pasted path do not matter."""
    assert normalise_endpoint(typed) == endpoint
    assert origin_of(endpoint) == origin


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "h", "//h", "http:", "http://", "http:///v1", "http:/h", "ftp://h", "file:///x"),
        *("http://u@h", "http://u:p@h", "http://@h", "http://h@evil", "https://h:80@evil:443"),
        *("http://h:/v1", "http://h:0", "http://h:65536", "http://h:99999", "http://h:-1"),
        *("http://h:1e1", "http://h:8_0", "http://h:+80", "http://h:80:80", "http://h:٨٠"),
        *("http://h?", "http://h/v1?key=x", "http://h#", "http://h/#x", "http://h\\@evil"),
        *("http://[::1", "http://::1", "http://[::1]x:80", "http://x[::1]:80", "http://[v1.a]"),
        *("http://[fe80::1%25eth0]", "http://[1.2.3.4]", "http://[]", "http://[:::]"),
        *(
            "http://a b",
            "http://a\tb",
            "http://h\r\nX: y",
            "http://h/\x00",
            "http://hñ",
            "http://\u212a",
        ),
        *(
            "http://ex%61mple.com",
            "http://a%2fb",
            "http://a,b",
            "http://.",
            "http://..",
            "http://a..b",
        ),
        "javascript:alert(1)",
        "http://" + "a" * 100_000,
        "http://h/" + "?" * 100_000,
    ],
    ids=lambda text: repr(text[:30]),
)
def test_anything_else_is_refused_without_repeating_it(typed: str) -> None:
    """One Spanish sentence says what is wanted."""
    with pytest.raises(InvalidRequest) as caught:
        normalise_endpoint(typed)
    error = caught.value

    assert error.issues[0][0] == "apiEndpoint"
    assert len(str(error)) < 100
    assert error.user_message.startswith("El endpoint debe ser una URL http o https válida")
    assert error.__cause__ is None


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("http://user:pw@h", "must have no user info"),
        ("http://h/v1?x", "must have no query or fragment"),
        ("http://h:0", "must have a valid port"),
        ("http://h:x", "must have a valid host and port"),
        ("h:80", "must be an http or https URL with a host"),
        ("http://h/a\\b", "must be visible ASCII of at most 2048 characters"),
    ],
)
def test_a_refusal_says_what_is_wrong(typed: str, reason: str) -> None:
    """For whoever reads the issues."""
    with pytest.raises(InvalidRequest) as caught:
        normalise_endpoint(typed)
    assert caught.value.issues == (("apiEndpoint", reason),)


def test_another_port_scheme_or_host_is_another_origin() -> None:
    """The default port is the same whether it is said or not."""
    assert origin_of("https://h/v1") == origin_of("https://H:443/other")
    assert (
        len(
            {
                origin_of(f"{url}/v1")
                for url in ("http://h", "https://h", "https://h:8", "https://i")
            }
        )
        == 4
    )


@pytest.mark.parametrize(
    ("endpoint", "private"),
    [
        ("http://127.0.0.1:8080/v1", True),
        ("http://localhost:8080/v1", True),
        ("http://LOCALHOST./v1", True),
        ("http://10.1.2.3/v1", True),
        ("http://[::1]:1/v1", True),
        ("https://8.8.8.8/v1", False),
        ("https://llm.example/v1", False),
        ("https://10.1.2.3.example/v1", False),
        ("", False),
    ],
)
def test_only_a_literal_address_is_the_clients_own_network(endpoint: str, private: bool) -> None:
    """A name may resolve to anything."""
    assert names_private_address(endpoint) is private
