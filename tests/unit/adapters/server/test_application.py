"""The app of ``serve``: the token, the loopback names, and its own refusals."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from llama_marketing.adapters.server.application import create_app
from llama_marketing.domain.secret import Secret
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.app.samples import container_over

HOSTS = "/api/v1/ai-providers/meta/hosts"


def app_of(token: str | None, **options: Any) -> Flask:
    """The app over a memory store."""
    with container_over(FakeChatHosts()) as container:
        return create_app(container.services(), Secret(token) if token else None, **options)


@pytest.fixture
def client() -> FlaskClient:
    """A client of an app with a token."""
    return app_of("secret-token").test_client()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401),
        ("", 401),
        ("secret-token", 401),
        ("Bearer", 401),
        ("Bearer ", 401),
        ("Bearer secret-tokeN", 401),
        ("Basic secret-token", 401),
        ("Bearer secret-token", 200),
        ("BEARER  secret-token ", 200),
    ],
)
def test_only_the_token_opens(client: FlaskClient, header: str | None, status: int) -> None:
    """From the Authorization header, whole."""
    headers = {} if header is None else {"Authorization": header}

    assert client.get(HOSTS, headers=headers).status_code == status


@pytest.mark.parametrize("token", ["señal-ñ", "raw-\udcff"])
def test_a_token_beyond_ascii_is_its_bytes(token: str) -> None:
    """As the variable has them, UTF-8 or not; WSGI shows a header's bytes as Latin-1."""
    client = app_of(token).test_client()
    sent = token.encode(errors="surrogateescape").decode("latin-1")
    environ = {"HTTP_AUTHORIZATION": f"Bearer {sent}"}

    assert client.get(HOSTS, environ_base=environ).status_code == 200
    assert client.get(HOSTS, headers={"Authorization": "Bearer x"}).status_code == 401


def test_with_a_token_any_name_is_answered(client: FlaskClient) -> None:
    """A proxy in front brings its own."""
    assert client.get("/healthz", headers={"Host": "llm.example"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", 200),
        ("localhost:8080", 200),
        ("LOCALHOST.", 200),
        ("127.0.0.1:8080", 200),
        ("127.9.9.9", 200),
        ("[::1]", 200),
        ("[::1]:8080", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("10.0.0.1", 403),
        ("127.0.0.1.evil.example", 403),
    ],
)
def test_without_a_token_only_loopback_names_are_answered(host: str, status: int) -> None:
    """So that no page in a browser reaches it by a name of its own."""
    client = app_of(None).test_client()

    assert client.get(HOSTS, headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:3000", 200),
        ("http://127.0.0.1:8080", 200),
        ("https://evil.example", 403),
        ("null", 403),
        ("", 403),
    ],
)
def test_without_a_token_no_page_of_another_origin_is_answered(origin: str, status: int) -> None:
    """A page may reach loopback by its own name, and a POST without a body asks no preflight."""
    client = app_of(None).test_client()

    assert client.get(HOSTS, headers={"Origin": origin}).status_code == status
    assert app_of("t").test_client().get("/healthz", headers={"Origin": origin}).status_code == 200


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (400, 400, "invalid_request"),
        (401, 401, "unauthorized"),
        (403, 403, "forbidden"),
        (404, 404, "not_found"),
        (405, 405, "method_not_allowed"),
        (413, 413, "too_large"),
        (415, 415, "unsupported_media"),
        (418, 400, "invalid_request"),
    ],
)
def test_the_routers_refusals_are_problems(raised: int, status: int, code: str) -> None:
    """Whatever refuses, the answer has one shape."""
    app = app_of(None)
    app.add_url_rule("/raise", view_func=lambda: abort(raised))

    answer = app.test_client().get("/raise")

    assert (answer.status_code, answer.json["code"]) == (status, code)  # type: ignore[index]  # it is JSON
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_a_wrong_method_names_the_right_ones() -> None:
    """As the standard asks."""
    answer = app_of(None).test_client().post("/healthz")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
