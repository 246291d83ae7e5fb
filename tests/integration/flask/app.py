"""A plain Flask app around the blueprint, over a container of fakes."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import attrs
from flask import Flask, Request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from llama_marketing.adapters.dynamodb import keys
from llama_marketing.adapters.dynamodb.configs import DynamoConfigs
from llama_marketing.adapters.flask import Action, Authorize, Principal, create_blueprint
from llama_marketing.adapters.memory.configs import MemoryConfigs
from llama_marketing.app.container import Container
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.chat import ChatHosts
from llama_marketing.ports.clock import Clock
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.app.samples import (
    API_KEY,
    TENANT,
    StandingClock,
    container_over,
    entries_of,
    hosts_of,
    post,
)

PREFIX = "/api/v1"
CATALOG = f"{PREFIX}/ai-providers/meta"
CONFIGURED: dict[str, Any] = {
    "hostingProvider": "deepinfra",
    "apiKey": API_KEY,
    "enabled": True,
    "fallbackModelId": None,
    "cacheHours": 0,
}
"""Keeps no answers, so that equal requests are operations of their own."""
ASKED: dict[str, Any] = {
    "useCase": "social_post",
    "platform": "instagram",
    "prompt": "Buen Fin en Café Azul",
}
SSE = {"Accept": "text/event-stream"}
USER = "ana@cafeazul.mx"


def new_store() -> str:
    """Where the next door keeps its data; the fixture ``store`` says otherwise."""
    return "memory://"


def client_path(tenant: TenantRef = TENANT) -> str:
    """The path of a client, ``{o}`` in the interfaces."""
    return f"{PREFIX}/organization/{tenant.organization_id}/clients/{tenant.client_id}"


def config_path(tenant: TenantRef = TENANT) -> str:
    """The path of a client's configuration."""
    return f"{client_path(tenant)}/ai-providers/meta"


def meta_path(tenant: TenantRef = TENANT) -> str:
    """Where a client's generations lie."""
    return f"{client_path(tenant)}/ai/meta"


def everybody(
    request: Request, action: Action, organization_id: str | None, client_id: str | None
) -> Principal:
    """Lets everybody do everything."""
    return Principal(USER)


@attrs.frozen
class Door:
    """A client of the app, and the container behind it."""

    app: Flask
    http: FlaskClient
    container: Container

    @property
    def hosts(self) -> FakeChatHosts:
        """The fake hosts."""
        return hosts_of(self.container)

    @property
    def host_calls(self) -> int:
        """How often a host was asked anything."""
        return len(self.hosts.calls) + len(self.hosts.models_calls)

    def configure(self, tenant: TenantRef = TENANT, **fields: Any) -> None:
        """Configure a client over HTTP."""
        answer = self.http.post(config_path(tenant), json=CONFIGURED | fields)
        assert answer.status_code == 201, answer.text

    def generate(
        self, headers: Mapping[str, str] | None = None, tenant: TenantRef = TENANT, **fields: Any
    ) -> TestResponse:
        """Generate a post, read whole."""
        answer = self.http.post(
            f"{meta_path(tenant)}/generate", json=ASKED | fields, headers=dict(headers or {})
        )
        answer.get_data()
        return answer

    def entries(self, tenant: TenantRef = TENANT) -> int:
        """How many entries the month has."""
        return len(entries_of(self.container, tenant))

    def everything(self) -> dict[TenantRef, Any]:
        """All that the store keeps of each client."""
        configs = self.container._wiring.stores().configs
        if isinstance(configs, DynamoConfigs):
            items: dict[TenantRef, Any] = {}
            for item in configs.client.scan():
                owner = keys.tenant_of(item[keys.PK]["S"])
                assert owner is not None, item
                items.setdefault(owner, []).append(item)
            return items
        assert isinstance(configs, MemoryConfigs)
        kept = {
            tenant: attrs.asdict(rows, recurse=False)
            for tenant, rows in configs.database.tenants.items()
        }
        return {tenant: copy.deepcopy(rows) for tenant, rows in kept.items() if any(rows.values())}


def made_app(
    container: Container, authorize: Authorize = everybody, **options: Any
) -> tuple[Flask, FlaskClient]:
    """A plain app with the blueprint alone."""
    app = Flask("covacha")
    app.register_blueprint(create_blueprint(container.services(), authorize, **options))
    return app, app.test_client()


@contextmanager
def door(
    chat: ChatHosts | None = None,
    clock: Clock | None = None,
    authorize: Authorize = everybody,
    *,
    environ: Mapping[str, str] | None = None,
    configured: bool = True,
    **options: Any,
) -> Iterator[Door]:
    """An app over a fresh store and fake hosts, with one configured client."""
    chat = FakeChatHosts(otherwise=post()) if chat is None else chat
    clock = StandingClock() if clock is None else clock
    variables = {"LLAMA_MARKETING_STORE": new_store(), **dict(environ or {})}
    with container_over(chat, clock, **variables) as container:
        app, http = made_app(container, authorize, **options)
        if configured:
            container.config_service().create(TENANT, CONFIGURED)
        yield Door(app, http, container)


def sent_key(hosts: FakeChatHosts) -> str:
    """The key that the last call went out with."""
    key = hosts.calls[-1].target.key
    assert key is not None
    return key.reveal()


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait for what another thread is about to do."""
    give_up_at = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < give_up_at, "it never happened"
        time.sleep(0.005)


def assert_problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    """The answer is a whole problem of that status and code; answers its body."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert len(answer.data) <= 8192
    body: dict[str, Any] = json.loads(answer.data)
    assert set(body) == {"type", "title", "status", "detail", "code", "message", "requestId"}
    assert body["status"] == status
    assert body["code"] == code
    assert body["message"] == body["detail"]
    assert len(body["detail"].split()) >= 3
    assert body["requestId"] == answer.headers["X-Request-Id"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return body


def frames(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of an SSE body, comments left out."""
    found = []
    for block in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line)
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found
