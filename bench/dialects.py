"""CPU of each dialect, whole and streamed, against bare httpx that reads the same bytes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
from botocore.eventstream import EventStreamBuffer

from bench.host import CHUNKS
from bench.ratios import compare
from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.package_data.catalog import PackagedCatalog
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.chat.models import ChatCall, HostTarget, Message, Role
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.secret import Secret

CALLS = 100
STREAMS = 4
ROWS = {
    "openai": "self_hosted",
    "anthropic": "anthropic",
    "gemini": "gemini",
    "meta_native": "meta_ai",
    "bedrock": "bedrock",
}
"""A bundled host of each dialect."""
CALL = ChatCall(
    model="llama-3.3-70b-instruct",
    messages=(Message(Role.SYSTEM, "x" * 900), Message(Role.USER, "y" * 60)),
    max_tokens=2048,
)


def compare_dialects(port: int) -> None:
    """Print the ratios of every dialect, for a call and for a streamed chunk."""
    hosts = HttpChatHosts.over(EndpointGuard.parse(f"127.0.0.1:{port}"))
    catalog = PackagedCatalog().catalog()
    with httpx.Client() as client:
        for name, host_id in ROWS.items():
            row = catalog.host(host_id)
            assert row is not None, "the bundled catalog has it"
            target = _target(row, name, port)
            compare(
                f"{name}: complete (CPU per call)",
                lambda target=target: hosts.complete(target, CALL, _soon()),
                _bare(client, hosts, target, stream=False),
                CALLS,
                CALLS,
            )
            compare(
                f"{name}: stream (CPU per chunk)",
                lambda target=target: _drain(hosts, target),
                _bare(client, hosts, target, stream=True),
                STREAMS,
                STREAMS * CHUNKS,
            )
    hosts.close()


def _target(row: HostRow, dialect: str, port: int) -> HostTarget:
    path = urlsplit(row.base_url).path if row.base_url else "/v1"
    return HostTarget(row, f"http://127.0.0.1:{port}/{dialect}{path}", Secret("bench-key"))


def _soon() -> Deadline:
    return Deadline(time.monotonic() + 60.0, time.monotonic)


def _drain(hosts: HttpChatHosts, target: HostTarget) -> None:
    for _ in hosts.stream(target, CALL, _soon()):
        pass


def _bare(
    client: httpx.Client, hosts: HttpChatHosts, target: HostTarget, *, stream: bool
) -> Callable[[], None]:
    """The same request by httpx alone, with every JSON of the answer parsed."""
    request = hosts.dialects[target.row.dialect].request(target, CALL, stream=stream)
    body = json.loads(request.body)
    if not stream:
        return lambda: json.loads(client.post(request.url, json=body).content)
    read = _read_messages if target.row.dialect == "bedrock" else _read_lines

    def ask() -> None:
        with client.stream("POST", request.url, json=body) as response:
            read(response)

    return ask


def _read_lines(response: httpx.Response) -> None:
    for line in response.iter_lines():
        if line.startswith("data: ") and line != "data: [DONE]":
            json.loads(line[6:])


def _read_messages(response: httpx.Response) -> None:
    buffer = EventStreamBuffer()
    for data in response.iter_bytes():
        buffer.add_data(data)
        for message in buffer:
            json.loads(message.payload)
