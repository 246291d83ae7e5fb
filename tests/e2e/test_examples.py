"""The examples and the README's commands do what they say."""

from __future__ import annotations

import base64
import hmac
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from examples.covacha_core import app_with_blueprint, app_with_own_routes
from examples.covacha_core.claims import read_claims, write_token
from llama_marketing import Container, Settings
from llama_marketing.testing.hosts import FakeChatHosts
from tests.e2e.embedded import needs_the_model, process_environment

ROOT = Path(__file__).parents[2]
TOKEN_KEY = b"an example's key"
ENVIRONMENT = {
    "AI_ENCRYPTION_KEY": "ZmFrZS1mYWtlLWZha2UtZmFrZS1mYWtlLWZha2UtZmE=",
    "LLAMA_MARKETING_STORE": "memory://",
}
REPLY = {"content": "2x1 en capuchinos hasta el viernes.", "hashtags": ["CaféAzul"], "emojis": []}
CONFIG = {"enabled": True, "hostingProvider": "groq", "apiKey": "gsk_0123456789abcdef"}
POST = {"platform": "instagram", "prompt": "Buen Fin en Café Azul"}
PERMISSIONS = ("config:read", "config:write", "generation:create", "usage:read", "catalog:read")
MOUNTED = "/api/v1/organization/org1/clients/cli1"
OWN = "/organizations/org1/clients/cli1/meta-ai"


@pytest.fixture
def container() -> Iterator[Container]:
    """The library over fake hosts and a store in memory."""
    hosts = FakeChatHosts(otherwise=json.dumps(REPLY))
    with Container.from_settings(Settings.from_env(ENVIRONMENT), chat=hosts) as container:
        yield container


@pytest.fixture
def mounted(container: Container) -> Flask:
    """The app that mounts the blueprint."""
    return app_with_blueprint.create_app(container.services(), TOKEN_KEY)


@pytest.fixture
def own(container: Container) -> Flask:
    """The app with routes of its own."""
    return app_with_own_routes.create_app(container.services(), TOKEN_KEY)


def claims(**changed: Any) -> dict[str, Any]:
    """The claims of a user of the client, with some changed."""
    known = {"sub": "u1", "org_id": "org1", "client_id": "cli1", "exp": time.time() + 600}
    return {**known, "permissions": list(PERMISSIONS), **changed}


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"}


def signed_in(app: Flask, **changed: Any) -> FlaskClient:
    """A client of the app that sends a token with these claims."""
    client = app.test_client()
    header = bearer(write_token(claims(**changed), TOKEN_KEY))
    client.environ_base["HTTP_AUTHORIZATION"] = header["Authorization"]
    return client


def test_the_mounted_blueprint_configures_generates_and_counts(
    mounted: Flask, container: Container
) -> None:
    """The main job through the app's own door, and the user's id in the books."""
    client = signed_in(mounted)

    assert client.get("/").get_json() == {"success": True}
    assert client.get("/api/v1/ai-providers/meta/models").status_code == 200
    assert client.post(f"{MOUNTED}/ai-providers/meta", json=CONFIG).status_code == 201
    answer = client.post(f"{MOUNTED}/ai/meta/generate", json={**POST, "useCase": "social_post"})
    assert answer.get_json()["content"] == REPLY["content"]
    usage = client.get(f"{MOUNTED}/ai-providers/meta/usage").get_json()
    assert usage["totalRequests"] == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"org_id": "org2"}, 403),
        ({"client_id": "cli2"}, 403),
        ({"permissions": ["config:write"]}, 403),
        ({"exp": time.time() - 1}, 401),
    ],
    ids=["another organization", "another client", "no permission", "expired"],
)
def test_the_mounted_blueprint_refuses_a_token(
    mounted: Flask, changed: dict[str, Any], status: int
) -> None:
    """A token opens its own client, for what it permits, until it expires."""
    answer = signed_in(mounted, **changed).get(f"{MOUNTED}/ai-providers/meta")

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"


def with_algorithm(algorithm: str, key: bytes) -> str:
    """A token with valid claims, signed as in HS256, whose header names another algorithm."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm}).encode()).rstrip(b"=")
    signed = f"{header.decode()}.{write_token(claims(), key).split('.')[1]}"
    signature = hmac.digest(key, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nothing",
        "a.b.c",
        "á.é.í",
        write_token(claims(), b"another key"),
        write_token(claims(exp="never"), TOKEN_KEY),
        with_algorithm("none", TOKEN_KEY),
        with_algorithm("none", TOKEN_KEY).rpartition(".")[0] + ".",
    ],
)
def test_a_token_that_the_key_did_not_sign_is_none(token: str) -> None:
    """Neither rubbish, nor another key, nor "none" as its algorithm opens anything."""
    assert read_claims(token, TOKEN_KEY) is None


def test_nobody_gets_in_without_a_token(mounted: Flask, own: Flask) -> None:
    """Both apps answer 401."""
    for app, path in ((mounted, f"{MOUNTED}/ai-providers/meta"), (own, f"{OWN}/config")):
        assert app.test_client().get(path).status_code == 401


def succeeded(answer: TestResponse, status: int = 200) -> Any:
    """The data of the envelope."""
    body = answer.get_json()
    assert (answer.status_code, body["success"]) == (status, True), body
    return body["data"]


def test_routes_of_ones_own_speak_their_own_envelope(own: Flask, container: Container) -> None:
    """The same job under other paths, in snake_case, and never a key."""
    client = signed_in(own)

    config = succeeded(client.post(f"{OWN}/config", json=CONFIG), 201)
    assert config["api_key"].startswith("*") or "****" in config["api_key"]
    assert succeeded(client.get(f"{OWN}/config")) == config
    post = succeeded(client.post(f"{OWN}/posts", json=POST), 201)
    assert post["content"] == REPLY["content"]
    assert post["metadata"]["suggested_hashtags"] == ["#CaféAzul"]
    assert [kept["id"] for kept in succeeded(client.get(f"{OWN}/posts"))] == [post["id"]]
    assert succeeded(client.get(f"{OWN}/usage"))["total_requests"] == 1


def test_routes_of_ones_own_tell_our_errors_in_their_words(own: Flask) -> None:
    """Status, code and Spanish sentence come from the library's error."""
    client = signed_in(own)

    missing = client.get(f"{OWN}/config")
    assert missing.status_code == 404
    assert missing.get_json()["error"] == "CONFIG_NOT_FOUND"
    refused = client.post(f"{OWN}/config", json={"temperatura": 1})
    assert refused.status_code == 422
    assert refused.get_json() == {
        "success": False,
        "error": "INVALID_REQUEST",
        "message": refused.get_json()["message"],
    }
    assert signed_in(own, client_id="cli2").get(f"{OWN}/config").status_code == 403


def test_the_example_of_a_unit_test_passes() -> None:
    """It runs as its owners would run it: pytest on the folder, in a process of its own."""
    tests = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "examples"],
        cwd=ROOT,
        env=process_environment({}),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert tests.returncode == 0, tests.stdout + tests.stderr
    assert "3 passed" in tests.stdout


def shell_blocks(document: Path) -> list[str]:
    """The ``sh`` blocks of a document."""
    text = document.read_text(encoding="utf-8")
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@contextmanager
def running(command: list[str]) -> Iterator[list[str]]:
    """The lines that a server prints until it listens; it is stopped at the end."""
    process = subprocess.Popen(
        command, cwd=ROOT, env=process_environment({}), stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None, "it is a pipe"
        lines = []
        for line in process.stdout:
            lines.append(line.strip())
            if line.startswith("Sin "):
                break
        yield lines
    finally:
        process.terminate()
        process.wait(timeout=20)
        if process.stdout is not None:
            process.stdout.close()


def free_port() -> int:
    """A port of loopback that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.slow
@needs_the_model
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_readme_works_with_curl_and_on_the_command_line() -> None:
    """Its commands, as they stand there, do the whole epic over HTTP and in a terminal."""
    serve, curl, command_line = shell_blocks(ROOT / "README.md")
    port = free_port()
    assert serve == ".venv/bin/python examples/serve_embedded.py\n"

    with running([sys.executable, "examples/serve_embedded.py", "--port", str(port)]) as told:
        environment = next(line for line in told if line.startswith(". "))
        wait = f"until curl -s -o /dev/null http://127.0.0.1:{port}/healthz; do sleep 0.2; done"
        over_http = shell([environment, wait, curl.replace(":8080", f":{port}")])
        by_command = shell([environment, command_line])

    seen = over_http.stdout
    assert over_http.returncode == 0, seen + over_http.stderr
    assert '"enabled": true' in seen
    assert seen.count("event: done") == 1, seen
    assert seen.count("event: delta") > 1, seen
    assert '"useCase": "ad_copy"' in seen
    assert '"commentId": "178_2"' in seen
    assert '"period": "20' in seen
    assert "TOTAL" in seen
    assert '"recommendation"' in seen
    assert '"not_found"' in seen

    seen = by_command.stdout
    assert by_command.returncode == 0, seen + by_command.stderr
    for shown in ("smollm2-135m-instruct", "Anuncio 1", "Comentario", "TOTAL", "Meta AI"):
        assert shown in seen
    assert "meta_ai: smollm2-135m-instruct" in seen


def shell(lines: list[str]) -> subprocess.CompletedProcess[str]:
    """Commands in a shell that stops at the first fault."""
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(lines)],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
