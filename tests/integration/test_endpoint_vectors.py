"""Server-side request forgery: some hundreds of endpoints against a spy that counts connections.

Every connect of this process is counted, and loopback listens besides, on all its addresses.
The proxy variables are set throughout, and every name resolves to loopback. What a name that
changes its address may do, and TLS over a checked address, is in test_hosts_behind_names.py.
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.hosts.dialects.openai import OpenAiDialect
from llama_marketing.adapters.media.http import HttpMediaSource
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.transport import HostTransport
from llama_marketing.app.container import Container
from llama_marketing.app.settings import Settings
from llama_marketing.domain.chat.models import HostTarget
from llama_marketing.domain.errors import (
    BadPayload,
    BlockedEndpoint,
    HostError,
    HostUnreachable,
    HostWork,
    InvalidRequest,
    LlamaMarketingError,
)
from llama_marketing.domain.media import NOT_FETCHED
from llama_marketing.domain.secret import Secret
from llama_marketing.domain.tenant import TenantRef
from tests.fake_host import (
    Answer,
    FakeHost,
    chat_call,
    completion,
    host_row,
    models_list,
    raw,
    status,
    within,
)
from tests.hosts.addresses import CLOSED, LOOPBACK_NAMES, LOOPBACK_SPELLINGS, NEVER, ODD_URLS

KEY = "sk-CANARY-0123456789abcdef"
TENANT = TenantRef("org1", "cli1")
ASKED = {"use_case": "social_post", "platform": "instagram", "prompt": "Buen Fin en Café Azul"}
COPY = '{"content": "Hola", "hashtags": [], "emojis": []}'
FERNET = "k6e5Yk0bqQ0m2fM1oPfr0yY4mC1q7wq3mJm5m6n7o8Q="

TLS = ssl.create_default_context()

connected: list[Any] = []
"""Where this process connected to since a test began."""
watching = threading.Event()


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and watching.is_set():
        connected.append(arguments[1])


sys.addaudithook(_note)


class Spy:
    """Listens on every address of this machine, IPv4 and IPv6, and counts who comes."""

    def __init__(self) -> None:
        self.connections = 0
        self._listener = socket.create_server(
            ("::", 0), family=socket.AF_INET6, dualstack_ipv6=True
        )
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            line.close()

    def close(self) -> None:
        """Stop listening."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5.0)


def to_loopback(_name: str, port: int) -> Sequence[tuple[Any, ...]]:
    """A resolver that sends every name home."""
    return socket.getaddrinfo("127.0.0.1", port, type=socket.SOCK_STREAM)


@pytest.fixture(scope="module")
def spy() -> Iterator[Spy]:
    """One spy for all vectors."""
    listening = Spy()
    yield listening
    listening.close()


@pytest.fixture(autouse=True)
def watched(spy: Spy, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A proxy that the environment names would be the spy; nothing is connected to yet."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        for spelled in (name, name.lower()):
            monkeypatch.setenv(spelled, f"http://127.0.0.1:{spy.port}")
    connected.clear()
    spy.connections = 0
    watching.set()
    yield
    watching.clear()


@contextmanager
def calling(allowed: str) -> Iterator[HttpChatHosts]:
    """The adapter behind an allow-list, with the resolver that sends every name home."""
    transport = HostTransport(EndpointGuard.parse(allowed), resolver=to_loopback, ssl_context=TLS)
    hosts = HttpChatHosts(transport, {"openai": OpenAiDialect()})
    yield hosts
    hosts.close()


def fault_of(hosts: HttpChatHosts, url: str) -> list[HostError]:
    """How a whole call, a stream and a list of models end; all of them must fail."""
    target = HostTarget(host_row(), url, Secret(KEY))
    ended: list[HostError] = []
    for ask in (
        lambda: hosts.complete(target, chat_call(), within(5.0)),
        lambda: hosts.stream(target, chat_call(), within(5.0)),
        lambda: hosts.models(target, within(5.0)),
    ):
        with pytest.raises(HostError) as caught:
            ask()
        ended.append(caught.value)
    return ended


def in_brackets(address: str) -> str:
    """An address as the host of a URL."""
    return f"[{address}]" if ":" in address else address


LITERALS = sorted({*LOOPBACK_SPELLINGS, *map(in_brackets, CLOSED)})
VECTORS = [*LITERALS, *LOOPBACK_NAMES, *ODD_URLS]


def test_there_are_more_than_a_hundred_vectors_and_none_is_twice() -> None:
    """A promise of the number."""
    assert len(LITERALS) >= 80
    assert len(LOOPBACK_SPELLINGS) >= 12
    assert len(VECTORS) == len(set(VECTORS)) >= 130


@pytest.mark.parametrize("literal", LITERALS)
def test_a_closed_address_is_blocked_in_any_spelling_without_a_line(spy: Spy, literal: str) -> None:
    """Over http and https, with a port and without; before anything is resolved."""
    with calling("") as hosts:
        for scheme in ("http", "https"):
            for port in (f":{spy.port}", ""):
                for fault in fault_of(hosts, f"{scheme}://{literal}{port}/v1"):
                    assert type(fault) is BlockedEndpoint
                    assert fault.work is HostWork.NONE
    assert (connected, spy.connections) == ([], 0)


@pytest.mark.parametrize("name", LOOPBACK_NAMES, ids=ascii)
def test_a_name_that_leads_home_is_unreachable_without_a_line(spy: Spy, name: str) -> None:
    """In the one sentence for blocked, refused and unknown."""
    with calling("") as hosts:
        for scheme in ("http", "https"):
            for fault in fault_of(hosts, f"{scheme}://{name}:{spy.port}/v1"):
                assert type(fault) in (HostUnreachable, BlockedEndpoint)
                assert fault.work is HostWork.NONE
                assert fault.user_message == BlockedEndpoint().user_message
    assert (connected, spy.connections) == ([], 0)


@pytest.mark.parametrize("url", ODD_URLS, ids=lambda url: ascii(url)[:40])
def test_an_odd_url_gets_no_line(spy: Spy, url: str) -> None:
    """Neither a crash nor a connection: a fault that costs nothing."""
    with calling("") as hosts:
        for fault in fault_of(hosts, url):
            assert type(fault) in (BlockedEndpoint, HostUnreachable)
            assert fault.work is HostWork.NONE
            assert KEY not in f"{fault}{fault!r}"
    assert (connected, spy.connections) == ([], 0)


@pytest.mark.parametrize("address", NEVER)
def test_the_metadata_of_the_clouds_gets_no_line_whatever_is_allowed(
    spy: Spy, address: str
) -> None:
    """In every form that leads there."""
    with calling("0.0.0.0/0,::/0") as hosts:
        for fault in fault_of(hosts, f"http://{in_brackets(address)}:{spy.port}/v1"):
            assert type(fault) is BlockedEndpoint
    assert (connected, spy.connections) == ([], 0)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:{spy}/v1", "/v1/x"]
)
def test_a_redirect_leads_nowhere(spy: Spy, code: int, location: str) -> None:
    """Not to the metadata, not to the spy that everything is allowed for, not home."""
    with FakeHost() as host, calling("127.0.0.0/8") as hosts:
        host.otherwise = status(code, {"Location": location.format(spy=spy.port)})
        connected.clear()
        for fault in fault_of(hosts, host.base_url):
            assert type(fault) is BadPayload
        assert {where[1] for where in connected} == {host.port}
        assert len(host.requests) == 3
    assert spy.connections == 0


@pytest.mark.parametrize("spelled", ["127.0.0.1", "localhost", "127.1", "2130706433", "llm.test"])
def test_an_allowed_host_works_in_any_spelling(spy: Spy, spelled: str) -> None:
    """The control of all vectors: the spies see it, the proxy does not."""
    with FakeHost() as host, calling("127.0.0.1/32") as hosts:
        connected.clear()
        target = HostTarget(host_row(), f"http://{spelled}:{host.port}/v1", Secret(KEY))
        assert hosts.complete(target, chat_call(), within(5.0)).text == "Hola"
        assert connected == [("127.0.0.1", host.port)]
        assert host.connections == 1
    assert spy.connections == 0


def test_the_spy_sees_a_line_that_is_allowed(spy: Spy) -> None:
    """Its own control, over IPv4 and IPv6."""
    with calling("127.0.0.0/8,::1/128") as hosts:
        for literal in ("127.0.0.1", "127.255.255.254", "[::1]"):
            for fault in fault_of(hosts, f"http://{literal}:{spy.port}/v1"):
                assert type(fault) is HostUnreachable
    assert len(connected) == 9
    assert spy.connections == 9


# Images that clients name by URL ---------------------------------------------------------------


def fetch_fault(url: str, allowed: str = "") -> LlamaMarketingError:
    """How fetching an image ends; it must fail."""
    media = HttpMediaSource(
        EndpointGuard.parse(allowed),
        lambda guard: HostTransport(guard, resolver=to_loopback, ssl_context=TLS),
    )
    with pytest.raises((InvalidRequest, BlockedEndpoint)) as caught:
        media.fetch(url, within(5.0))
    return caught.value


@pytest.mark.parametrize("literal", LITERALS)
def test_an_image_at_a_closed_address_is_not_fetched(spy: Spy, literal: str) -> None:
    """In one sentence for all that can go wrong."""
    for scheme in ("http", "https"):
        fault = fetch_fault(f"{scheme}://{literal}:{spy.port}/a.png")
        assert type(fault) is BlockedEndpoint
        assert fault.user_message == NOT_FETCHED
    assert (connected, spy.connections) == ([], 0)


@pytest.mark.parametrize("name", LOOPBACK_NAMES, ids=ascii)
def test_an_image_at_a_name_that_leads_home_is_not_fetched(spy: Spy, name: str) -> None:
    """A name is an invalid request whatever is wrong with it."""
    for scheme in ("http", "https"):
        fault = fetch_fault(f"{scheme}://{name}:{spy.port}/a.png")
        assert fault.user_message == NOT_FETCHED
    assert (connected, spy.connections) == ([], 0)


@pytest.mark.parametrize("url", ODD_URLS, ids=lambda url: ascii(url)[:40])
def test_an_image_at_an_odd_url_is_not_fetched(spy: Spy, url: str) -> None:
    """Neither a crash nor a connection."""
    assert fetch_fault(url).user_message
    assert (connected, spy.connections) == ([], 0)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_an_image_that_moved_is_not_followed(spy: Spy, code: int) -> None:
    """Not to the spy either, which is allowed."""
    with FakeHost() as host:
        host.otherwise = status(code, {"Location": f"http://127.0.0.1:{spy.port}/a.png"})
        fault = fetch_fault(f"http://127.0.0.1:{host.port}/a.png", "127.0.0.0/8")
        assert fault.user_message == NOT_FETCHED
        assert len(host.requests) == 1
    assert spy.connections == 0


# The service ---------------------------------------------------------------------------------


@pytest.fixture
def host() -> Iterator[FakeHost]:
    """The host that the client configures first."""
    with FakeHost() as fake:
        fake.otherwise = completion(COPY)
        yield fake


@pytest.fixture
def container(tmp_path: Path) -> Iterator[Container]:
    """Real parts; the operator allows 127.0.0.1."""
    environ = {
        "AI_ENCRYPTION_KEY": FERNET,
        "LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}",
        "LLAMA_MARKETING_ALLOWED_ENDPOINTS": "127.0.0.1/32",
        "LLAMA_MARKETING_DEADLINE": "4",
    }
    with Container.from_settings(Settings.from_env(environ)) as made:
        yield made


def configure(container: Container, endpoint: str) -> None:
    """A self-hosted host with a key."""
    container.config_service().create(
        TENANT,
        {
            "hostingProvider": "self_hosted",
            "apiEndpoint": endpoint,
            "apiKey": KEY,
            "enabled": True,
            "fallbackModelId": None,
        },
    )


def test_a_name_that_changed_since_it_was_saved_is_judged_again(
    container: Container, host: FakeHost, spy: Spy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was validated at an allowed address; at the call it leads to another one."""
    leads_to = ["127.0.0.1"]
    real = socket.getaddrinfo

    def lookup(name: str, port: Any, *rest: Any, **named: Any) -> Any:
        return real(leads_to[0] if name == "llm.test" else name, port, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    configure(container, f"http://llm.test:{host.port}/v1")
    host.script(closing(models_list("m")), closing(completion("Hi")))
    assert container.config_service().validate(TENANT).outcome == "ok"
    seen = len(host.requests)

    leads_to[0] = "127.0.0.2"
    connected.clear()
    with pytest.raises(LlamaMarketingError) as raised:
        container.generation_service().generate(TENANT, ASKED)

    assert raised.value.code == "host_unreachable"
    assert (len(host.requests), connected) == (seen, [])


@pytest.mark.parametrize(
    ("changed", "key_is_kept"),
    [
        ({"apiEndpoint": "http://127.0.0.1:{second}/v1"}, False),
        ({"apiEndpoint": "http://localhost:{first}/v1"}, False),
        ({"apiEndpoint": "http://127.0.0.1:{second}/v1", "apiKey": "********cdef"}, False),
        (
            {"hostingProvider": "openai_compatible", "apiEndpoint": "http://127.0.0.1:{first}/v1"},
            False,
        ),
        ({"apiEndpoint": "http://127.0.0.1:{first}/other/v1"}, True),
        ({"apiEndpoint": "http://127.0.0.1:{first}/v1", "apiKey": "********cdef"}, True),
    ],
    ids=["port", "host", "port and mask", "provider", "path", "nothing"],
)
def test_the_stored_key_never_goes_to_a_changed_origin(
    container: Container, host: FakeHost, changed: dict[str, str], key_is_kept: bool
) -> None:
    """C2, on the raw socket: neither by validation, nor by a call after the change was saved."""
    configure(container, host.base_url)
    with FakeHost() as second:
        second.otherwise = completion(COPY)
        form = {
            name: value.format(first=host.port, second=second.port)
            for name, value in changed.items()
        }
        asked = second if "{second}" in changed["apiEndpoint"] else host
        asked.script(models_list("m"), completion("Hi"))
        assert container.config_service().validate(TENANT, form).outcome == "ok"
        container.config_service().update(TENANT, form)
        container.generation_service().generate(TENANT, ASKED)

        requests = [*host.requests, *second.requests]
    assert len(requests) == 3
    carried = [KEY.encode() in request.raw_head + request.body for request in requests]
    assert carried == [key_is_kept] * 3


def closing(answer: Answer) -> Answer:
    """An answer after which the line is closed, so that the next call makes a new one."""
    (step,) = answer.steps
    assert isinstance(step, bytes)
    return raw(step.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
