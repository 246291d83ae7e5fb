"""The playground against four servers on real sockets: dead, slow, refusing, and fine."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings
from llama_marketing.domain.usage.entries import Outcome
from tests.fake_host import Answer, FakeHost, Stall, completion, status, streamed
from tests.integration.test_faults_over_sockets import FERNET, FIRST_KEY, TENANT

DEADLINE, GRACE = 2.0, 0.5
"""Seconds that one column may take, and that the whole may end later (issue 8)."""
COLUMNS = [{"provider": name, "model": "m"} for name in ("dead", "slow", "refusing")]
ASKED = {"prompt": "Hola", "columns": [{"provider": "meta_ai"}, *COLUMNS]}
ROW = """
[[hosts]]
id = "{name}"
role = "comparator"
name = "{name}"
description = "Un servidor de prueba."
key_hint = "Cualquiera."
docs_url = "https://example.test/docs"
status = "live"
base_url = "{url}"
as_of = 2026-11-29
source = "this test"
"""


def dead_url() -> str:
    """An address that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/v1"


@contextmanager
def four_servers(folder: Path, fine_answer: Any) -> Iterator[Container]:
    """A client of all four; each column may take two seconds."""
    with ExitStack() as stack:
        fine, slow, refusing = (stack.enter_context(FakeHost()) for _ in range(3))
        fine.otherwise, slow.otherwise, refusing.otherwise = (
            fine_answer,
            Answer([Stall()]),
            status(401),
        )
        urls = {"dead": dead_url(), "slow": slow.base_url, "refusing": refusing.base_url}
        rows = "".join(ROW.format(name=name, url=url) for name, url in urls.items())
        (folder / "hosts.toml").write_text(rows, encoding="utf-8")
        places = [url.split("/")[2] for url in (*urls.values(), fine.base_url)]
        settings = Settings.from_env(
            {
                "AI_ENCRYPTION_KEY": FERNET,
                "LLAMA_MARKETING_STORE": f"sqlite:///{folder / 'store.db'}",
                "LLAMA_MARKETING_CATALOG": str(folder),
                "LLAMA_MARKETING_ALLOWED_ENDPOINTS": ",".join(places),
                "LLAMA_MARKETING_DEADLINE": str(DEADLINE),
            }
        )
        container = stack.enter_context(Container.from_settings(settings))
        config = {"hostingProvider": "self_hosted", "apiEndpoint": fine.base_url, "enabled": True}
        service = container.config_service()
        service.create(TENANT, {**config, "apiKey": FIRST_KEY, "fallbackModelId": None})
        for name in urls:
            service.set_provider_key(TENANT, name, {"apiKey": f"canario-{name}-0123456789"})
        yield container


def check(columns: Any, container: Container) -> None:
    """Each column tells the truth, and is booked once."""
    entries = list(container._wiring.books().entries(TENANT, "2000-01-01", "2100-01-01"))
    codes = [None if each["error"] is None else each["error"]["code"] for each in columns]
    assert codes == [None, "host_unreachable", "deadline", "bad_key"]
    assert [each["outcome"] for each in columns] == ["ok", "failed", "failed", "failed"]
    assert columns[0]["content"] == "Hola, Café Azul"
    assert all(each["error"] is None or each["error"]["message"] for each in columns)
    assert columns[2]["latencyMs"] >= 1000 * DEADLINE - 100
    assert sorted(entry.id for entry in entries) == sorted(each["id"] for each in columns)
    assert {entry.outcome for entry in entries} == {Outcome.OK, Outcome.FAILED}
    assert container._wiring.books().expired_holds("9999") == []
    assert "canario" not in repr(columns)


@pytest.mark.slow
def test_three_columns_that_fail_take_nothing_from_the_fourth(tmp_path: Path) -> None:
    """The whole takes as long as the slowest may, and half a second."""
    with four_servers(tmp_path, completion("Hola, Café Azul")) as container:
        started = time.monotonic()
        answer = container.comparison_service().playground(TENANT, ASKED)
        took = time.monotonic() - started
        check(answer.model_dump(mode="json", by_alias=True)["columns"], container)

    assert took <= DEADLINE + GRACE


@pytest.mark.slow
def test_a_stream_tells_the_same(tmp_path: Path) -> None:
    """Its text comes while the slow column is still waited for; threads end with it."""
    before = threading.active_count()
    with four_servers(tmp_path, streamed("Hola, ", "Café ", "Azul")) as container:
        started = time.monotonic()
        *deltas, done = container.comparison_service().stream_playground(TENANT, ASKED)
        took = time.monotonic() - started
        check(done.data["columns"], container)

    assert [event.data["text"] for event in deltas] == ["Hola, ", "Café ", "Azul"]
    assert {event.data["column"] for event in deltas} == {0}
    assert took <= DEADLINE + GRACE
    assert threading.active_count() <= before + 1
