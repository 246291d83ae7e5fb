"""CPU of one ``generate``, of one streamed chunk and of each dialect, against bare httpx.

The books, the compliance checks, the history and the cache are on, every prompt is new, and the
store is the memory one. Only ratios of one run mean something.
"""

from __future__ import annotations

import json

import httpx
from cryptography.fernet import Fernet

from bench.dialects import compare_dialects
from bench.host import CHUNKS, running_host
from bench.ratios import compare
from llama_marketing import Container, GenerationRequest, Platform, Settings, TenantRef
from llama_marketing.domain.vocabulary import GenerationUseCase

TENANT = TenantRef("bench", "client")
CALLS = 150
STREAMS = 6


def main() -> None:
    """Run all comparisons and print them."""
    with running_host() as port:
        compare_dialects(port)
        settings = Settings.from_env(
            {
                "AI_ENCRYPTION_KEY": Fernet.generate_key().decode(),
                "LLAMA_MARKETING_STORE": "memory://",
                "LLAMA_MARKETING_ALLOWED_ENDPOINTS": f"127.0.0.1:{port}",
            }
        )
        with Container.from_settings(settings) as container, httpx.Client() as client:
            _configure(container, port)
            body = _wire_body(container)
            url = f"http://127.0.0.1:{port}/v1/chat/completions"
            compare(
                "generate (CPU per call)",
                lambda: _generate(container),
                lambda: _post(client, url, body),
                CALLS,
                CALLS,
            )
            compare(
                "stream (CPU per chunk)",
                lambda: _stream(container),
                lambda: _post_stream(client, url, body),
                STREAMS,
                STREAMS * CHUNKS,
            )


def _configure(container: Container, port: int) -> None:
    container.config_service().create(
        TENANT,
        {
            "hostingProvider": "self_hosted",
            "apiEndpoint": f"http://127.0.0.1:{port}/v1",
            "apiKey": "bench-key",
            "enabled": True,
            "quotaMonthly": 1_000_000,
            "cacheHours": 0,
        },
    )


_numbers = iter(range(10**9))


def _request() -> GenerationRequest:
    return GenerationRequest(
        use_case=GenerationUseCase.SOCIAL_POST,
        platform=Platform.INSTAGRAM,
        prompt=f"Buen Fin en Café Azul, pedido número {next(_numbers)}",
    )


def _generate(container: Container) -> None:
    container.generation_service().generate(TENANT, _request(), user_id="bench")


def _stream(container: Container) -> None:
    for _ in container.generation_service().stream(TENANT, _request(), user_id="bench"):
        pass


def _wire_body(container: Container) -> dict[str, object]:
    """The very body that we send, for the bare client to send as well."""
    from llama_marketing.adapters.hosts.dialects.openai import OpenAiDialect
    from llama_marketing.domain.chat.models import ChatCall, HostTarget, Message, Role

    catalog = container.catalog_service().catalog.catalog()
    row = catalog.host("self_hosted")
    assert row is not None, "the bundled catalog has it"
    call = ChatCall(
        model="llama-3.3-70b-instruct",
        messages=(Message(Role.SYSTEM, "x" * 900), Message(Role.USER, "y" * 60)),
        max_tokens=2048,
    )
    request = OpenAiDialect().request(HostTarget(row, "http://h/v1"), call, stream=False)
    return dict(json.loads(request.body))


def _post(client: httpx.Client, url: str, body: dict[str, object]) -> None:
    json.loads(client.post(url, json=body).content)


def _post_stream(client: httpx.Client, url: str, body: dict[str, object]) -> None:
    with client.stream("POST", url, json={**body, "stream": True}) as response:
        for line in response.iter_lines():
            if line.startswith("data: ") and line != "data: [DONE]":
                json.loads(line[6:])


if __name__ == "__main__":
    main()
