"""Names: resolved once, judged whole, connected to the checked address, TLS kept to the name."""

from __future__ import annotations

import datetime
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from llama_marketing.adapters.hosts.client import HttpChatHosts
from llama_marketing.adapters.hosts.dialects.openai import OpenAiDialect
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.adapters.wire.transport import HostTransport
from llama_marketing.domain.chat.models import HostTarget
from llama_marketing.domain.errors import (
    BlockedEndpoint,
    DeadlineExceeded,
    HostError,
    HostUnreachable,
    HostWork,
)
from llama_marketing.domain.secret import Secret
from tests.fake_host import (
    Answer,
    FakeHost,
    Stall,
    chat_call,
    chunk_object,
    completion_object,
    event,
    head,
    host_row,
    raw,
    stream_steps,
    within,
)

Answers = Sequence[tuple[Any, ...]]


class FakeNames:
    """A resolver that says what it is told and remembers what it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked: list[tuple[str, int]] = []
        self._answers = list(answers)

    def __call__(self, host: str, port: int) -> Answers:
        """The next answer; the last one stays."""
        self.asked.append((host, port))
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [entry(address, port) for address in addresses]


def entry(address: str, port: int) -> tuple[Any, ...]:
    """One line of getaddrinfo."""
    version_6 = ip_address(address).version == 6
    family = socket.AF_INET6 if version_6 else socket.AF_INET
    where = (address, port, 0, 0) if version_6 else (address, port)
    return (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where)


Make = Callable[..., HttpChatHosts]


@pytest.fixture
def make() -> Iterator[Make]:
    """Make adapters that are closed at the end."""
    made: list[HttpChatHosts] = []

    def adapter(
        allowed: str, names: Callable[[str, int], Answers], tls: ssl.SSLContext | None = None
    ) -> HttpChatHosts:
        transport = HostTransport(EndpointGuard.parse(allowed), resolver=names, ssl_context=tls)
        made.append(HttpChatHosts(transport, {"openai": OpenAiDialect()}))
        return made[-1]

    yield adapter
    for one in made:
        one.close()


@pytest.fixture
def host() -> Iterator[FakeHost]:
    """A host on loopback."""
    with FakeHost() as fake:
        yield fake


def ask(hosts: HttpChatHosts, base_url: str, seconds: float = 5.0) -> str:
    """One whole answer from there."""
    target = HostTarget(host_row(), base_url, Secret("sk-CANARY"))
    return hosts.complete(target, chat_call(), within(seconds)).text


def test_a_named_host_is_called_by_its_name(host: FakeHost, make: Make) -> None:
    """Host stays the name; the line goes to the address that was judged."""
    names = FakeNames(["127.0.0.1"])
    hosts = make(f"llm.test:{host.port}", names)

    assert ask(hosts, f"http://llm.test:{host.port}/v1") == "Hola"
    assert host.requests[0].headers["host"] == f"llm.test:{host.port}"
    assert names.asked == [("llm.test", host.port)]


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["1.1.1.1", "127.0.0.1"],
        ["127.0.0.1", "1.1.1.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["64:ff9b::7f00:1"],
        ["2002:7f00:1::"],
        ["169.254.169.254"],
        ["10.0.0.1"],
        [],
    ],
)
def test_a_name_that_leads_to_a_closed_address_is_unreachable(
    host: FakeHost, make: Make, addresses: list[str]
) -> None:
    """One sentence with refused and unknown names; nothing is connected to."""
    hosts = make("", FakeNames(addresses))

    for scheme in ("http", "https"):
        with pytest.raises(HostUnreachable) as caught:
            ask(hosts, f"{scheme}://llm.test:{host.port}/v1")
        assert caught.value.work is HostWork.NONE
        assert caught.value.user_message == BlockedEndpoint().user_message

    assert host.connections == 0


def test_userinfo_in_a_url_is_not_sent(host: FakeHost, make: Make) -> None:
    """Only our own key speaks for us."""
    hosts = make(host.endpoint, FakeNames(["127.0.0.1"]))

    assert ask(hosts, f"http://user:pass@127.0.0.1:{host.port}/v1") == "Hola"
    assert host.requests[0].headers["authorization"] == "Bearer sk-CANARY"
    assert host.requests[0].headers["host"] == f"127.0.0.1:{host.port}"


def test_a_name_that_changes_is_judged_again_at_every_new_line(host: FakeHost, make: Make) -> None:
    """Rebinding: the entry is for the first address alone."""
    names = FakeNames(["127.0.0.1"], ["127.0.0.2"])
    hosts = make("127.0.0.1/32", names)
    host.otherwise = _closing()

    assert ask(hosts, f"http://llm.test:{host.port}/v1") == "Hola"
    with pytest.raises(HostUnreachable):
        ask(hosts, f"http://llm.test:{host.port}/v1")

    assert host.connections == 1
    assert len(names.asked) == 2


def test_a_name_is_resolved_once_a_line(host: FakeHost, make: Make) -> None:
    """What was judged is what is connected to; a second answer would be a second chance."""
    names = FakeNames(["127.0.0.1"], ["169.254.169.254"])
    hosts = make("127.0.0.1/32", names)

    assert ask(hosts, f"http://llm.test:{host.port}/v1") == "Hola"
    assert ask(hosts, f"http://llm.test:{host.port}/v1") == "Hola"
    assert len(names.asked) == 1
    assert host.connections == 1


def test_a_line_is_used_again_only_for_the_same_host_and_port(host: FakeHost, make: Make) -> None:
    """Two names for one address are two hosts."""
    hosts = make("127.0.0.1/32", FakeNames(["127.0.0.1"]))

    for name in ("a.test", "b.test", "a.test", "b.test"):
        ask(hosts, f"http://{name}:{host.port}/v1")

    assert host.connections == 2


def test_the_next_address_is_tried_when_one_refuses(host: FakeHost, make: Make) -> None:
    """A dead IPv6 must not hide a living IPv4."""
    hosts = make("127.0.0.0/8,::1/128", FakeNames(["::1", "127.0.0.9", "127.0.0.1"]))

    assert ask(hosts, f"http://llm.test:{host.port}/v1") == "Hola"


def test_a_resolver_that_hangs_is_cut_to_the_deadline(make: Make) -> None:
    """getaddrinfo itself knows no timeout."""
    over = threading.Event()
    caught: list[HostError] = []

    def hang(_host: str, _port: int) -> Answers:
        over.wait(60.0)
        return []

    hosts = make("", hang)

    def call() -> None:
        try:
            ask(hosts, "https://llm.test/v1", 0.4)
        except HostError as error:
            caught.append(error)

    caller = threading.Thread(target=call)
    caller.start()
    caller.join(10.0)
    still_waiting = caller.is_alive()
    over.set()
    caller.join()

    assert not still_waiting
    assert [(type(error), error.work) for error in caught] == [(DeadlineExceeded, HostWork.NONE)]


def test_a_resolver_with_a_name_that_has_no_encoding_is_unreachable(make: Make) -> None:
    """getaddrinfo raises UnicodeError for labels that are too long."""

    def refuse(host: str, _port: int) -> Answers:
        raise UnicodeError(f"label too long: {host}")

    with pytest.raises(HostUnreachable):
        ask(make("", refuse), "https://llm.test/v1")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS for a server called llm.test, and a client that trusts its certificate."""
    folder = tmp_path_factory.mktemp("tls")
    certificate = _self_signed("llm.test", folder)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, folder / "key.pem")
    return server, ssl.create_default_context(cafile=str(certificate))


def test_tls_is_kept_to_the_name_over_the_checked_address(
    authority: tuple[ssl.SSLContext, ssl.SSLContext], make: Make
) -> None:
    """SNI, Host and the certificate are the name's; the address is loopback."""
    server, client = authority
    names_seen: list[str | None] = []
    server.sni_callback = lambda _socket, name, _context: names_seen.append(name)
    with FakeHost(tls=server) as host:
        hosts = make(f"llm.test:{host.port}", FakeNames(["127.0.0.1"]), client)

        assert ask(hosts, f"https://llm.test:{host.port}/v1") == "Hola"
        assert ask(hosts, f"https://llm.test:{host.port}/v1") == "Hola"
        assert host.connections == 1
    assert names_seen == ["llm.test"]


def test_a_certificate_for_another_name_is_refused(
    authority: tuple[ssl.SSLContext, ssl.SSLContext], make: Make
) -> None:
    """And the key is not sent."""
    server, client = authority
    with FakeHost(tls=server) as host:
        hosts = make("127.0.0.1/32", FakeNames(["127.0.0.1"]), client)

        with pytest.raises(HostUnreachable) as caught:
            ask(hosts, f"https://other.test:{host.port}/v1")

        assert caught.value.work is HostWork.NONE
        assert not host.requests


def test_a_certificate_that_nobody_vouches_for_is_refused(
    authority: tuple[ssl.SSLContext, ssl.SSLContext], make: Make
) -> None:
    """By the usual authorities."""
    with FakeHost(tls=authority[0]) as host:
        hosts = make("127.0.0.1/32", FakeNames(["127.0.0.1"]))

        with pytest.raises(HostUnreachable):
            ask(hosts, f"https://llm.test:{host.port}/v1")
        assert not host.requests


def test_a_handshake_that_hangs_is_cut_to_the_deadline(make: Make) -> None:
    """A server that accepts and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        hosts = make("127.0.0.1/32", FakeNames(["127.0.0.1"]))

        with pytest.raises(DeadlineExceeded) as caught:
            ask(hosts, f"https://llm.test:{port}/v1", 0.4)

    assert caught.value.work is HostWork.NONE


def test_a_stream_over_tls_is_closed_from_another_thread(
    authority: tuple[ssl.SSLContext, ssl.SSLContext], make: Make
) -> None:
    """The reader inside TLS wakes at once."""
    server, client = authority
    with FakeHost(tls=server) as host:
        hosts = make("127.0.0.1/32", FakeNames(["127.0.0.1"]), client)
        host.script(stream_steps(event(chunk_object("Ho")), Stall()))
        target = HostTarget(host_row(), f"https://llm.test:{host.port}/v1")
        stream = hosts.stream(target, chat_call(), within(30.0))
        deltas = iter(stream)
        next(deltas)
        closer = threading.Timer(0.1, stream.close)
        closer.start()

        with pytest.raises(HostError):
            list(deltas)

        closer.join()
        assert host.wait_for_hang_ups(1)


def _closing() -> Answer:
    """The host's usual answer, after which it closes the line."""
    body = json.dumps(completion_object()).encode()
    return raw(head(length=len(body)) + body)


def _self_signed(name: str, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    path = folder / "certificate.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return path
