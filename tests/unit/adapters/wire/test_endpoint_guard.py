"""Which addresses the server may be sent to."""

from __future__ import annotations

from ipaddress import ip_address

import pytest

from llama_marketing.adapters.wire.endpoint_guard import (
    EndpointGuard,
    is_public,
    literal_address,
)
from llama_marketing.domain.errors import SettingsError
from tests.hosts.addresses import CLOSED, NEVER, PUBLIC

EVERYTHING = EndpointGuard.parse("0.0.0.0/0,::/0,a.test:80,169.254.169.254:80,[fd00:ec2::254]:80")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_open_to_https_alone(address: str) -> None:
    """Plain http needs an entry."""
    guard = EndpointGuard()

    assert is_public(ip_address(address))
    assert guard.allows("a.test", 8443, True, [ip_address(address)])
    assert not guard.allows("a.test", 443, False, [ip_address(address)])


@pytest.mark.parametrize("address", CLOSED)
def test_an_address_that_is_not_public_is_closed(address: str) -> None:
    """To https and http, by itself and beside a public one."""
    guard = EndpointGuard()
    public = ip_address("1.1.1.1")

    for addresses in (
        [ip_address(address)],
        [public, ip_address(address)],
        [ip_address(address), public],
    ):
        assert not guard.allows("a.test", 443, True, addresses)
        assert not guard.allows("a.test", 80, False, addresses)
    assert guard.literal_is_closed(address, 443, True)


def test_a_name_without_an_address_is_closed() -> None:
    """Nothing is no proof."""
    assert not EVERYTHING.allows("a.test", 80, True, [])


@pytest.mark.parametrize("address", NEVER)
def test_the_metadata_of_the_clouds_never_opens(address: str) -> None:
    """Whatever the operator wrote, in any form that leads there."""
    assert not EVERYTHING.allows("a.test", 80, True, [ip_address(address)])
    assert EVERYTHING.literal_is_closed(address, 80, True)


@pytest.mark.parametrize("address", [a for a in CLOSED if a not in NEVER])
def test_the_operator_may_open_everything_else(address: str) -> None:
    """By CIDR, plain http too."""
    assert EVERYTHING.allows("b.test", 8000, False, [ip_address(address)])


@pytest.mark.parametrize(
    ("entries", "host", "port", "address", "is_open"),
    [
        # host:port as typed, whatever it resolves to.
        ("llm.internal:8000", "llm.internal", 8000, "10.0.0.5", True),
        ("LLM.Internal:8000", "llm.INTERNAL", 8000, "10.0.0.5", True),
        ("llm.internal:8000", "llm.internal.", 8000, "10.0.0.5", True),
        ("llm.internal.:8000", "llm.internal", 8000, "10.0.0.5", True),
        ("bücher.test:8000", "xn--bcher-kva.test", 8000, "10.0.0.5", True),
        ("xn--bcher-kva.test:8000", "Bücher.test", 8000, "10.0.0.5", True),
        ("bücher.test:8000", "bucher.test", 8000, "10.0.0.5", False),
        ("llm.internal:8000", "llm.internal", 8001, "10.0.0.5", False),
        ("llm.internal:8000", "other.internal", 8000, "10.0.0.5", False),
        ("llm.internal:8000", "xllm.internal", 8000, "10.0.0.5", False),
        ("localhost:11434", "localhost", 11434, "127.0.0.1", True),
        ("localhost:11434", "localhost", 11434, "::1", True),
        ("localhost:11434", "127.0.0.1", 11434, "127.0.0.1", False),
        # An address as the host: as typed, and as what a name resolves to.
        ("127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1", True),
        ("127.0.0.1:8080", "127.0.0.1", 8081, "127.0.0.1", False),
        ("127.0.0.1:8080", "a.test", 8080, "127.0.0.1", True),
        ("127.0.0.1:8080", "127.0.0.2", 8080, "127.0.0.2", False),
        ("[::1]:8080", "::1", 8080, "::1", True),
        ("[0:0::1]:8080", "::1", 8080, "::1", True),
        ("[::1]:8080", "::1", 80, "::1", False),
        # CIDR: any port.
        ("10.0.0.0/8", "a.test", 1, "10.9.9.9", True),
        ("10.0.0.0/8", "10.9.9.9", 65535, "10.9.9.9", True),
        ("10.0.0.0/8", "a.test", 80, "11.0.0.1", False),
        ("10.0.0.0/8", "a.test", 80, "::ffff:10.0.0.1", False),
        ("127.0.0.1/32", "a.test", 80, "127.0.0.2", False),
        ("10.0.0.7", "a.test", 80, "10.0.0.7", True),
        ("fd12::/16", "a.test", 80, "fd12::5", True),
        ("fd12::/16", "a.test", 80, "fd13::5", False),
        (" 10.0.0.0/8 , , a.test:80 ", "a.test", 80, "192.168.0.1", True),
        # Plain http to the open internet.
        ("api.test:8000", "api.test", 8000, "8.8.8.8", True),
        ("8.8.8.0/24", "api.test", 80, "8.8.8.8", True),
        ("", "api.test", 80, "8.8.8.8", False),
    ],
)
def test_an_entry_opens_what_it_names(
    entries: str, host: str, port: int, address: str, is_open: bool
) -> None:
    """Over plain http; nothing else comes with it."""
    guard = EndpointGuard.parse(entries)

    assert guard.allows(host, port, False, [ip_address(address)]) is is_open


def test_a_name_is_closed_if_one_of_its_addresses_is() -> None:
    """An entry for one address opens no other."""
    guard = EndpointGuard.parse("10.0.0.1:80")
    mixed = [ip_address("10.0.0.1"), ip_address("10.0.0.2")]

    assert guard.allows("a.test", 80, False, mixed[:1])
    assert not guard.allows("a.test", 80, False, mixed)


@pytest.mark.parametrize(
    "entry",
    [
        "localhost", "localhost:", "localhost:0", "localhost:99999", "localhost:x", ":8080",
        "http://localhost:8080", "localhost:8080/v1", "user@localhost:80", "a b:80",
        "10.0.0.0/33", "10.0.0.1/8", "::1/200", "[::1]", "*:80?x", "a:80#x", "a.test/24",
    ],
)  # fmt: skip
def test_an_entry_that_is_neither_is_an_error_that_names_it(entry: str) -> None:
    """A typo must not open or close anything in silence."""
    with pytest.raises(SettingsError) as caught:
        EndpointGuard.parse(f"10.0.0.0/8,{entry},127.0.0.1:80")

    assert repr(entry) in str(caught.value)
    assert "LLAMA_MARKETING_ALLOWED_ENDPOINTS" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("127.0.0.1.", "127.0.0.1"),
        ("::1", "::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("2852039166", "169.254.169.254"),
        ("localhost", None),
        ("a.test", None),
        ("1.2.3.4.5", None),
        ("", None),
        ("ñ.test", None),
    ],
)
def test_any_spelling_of_an_address_is_one(text: str, address: str | None) -> None:
    """As the system's resolver takes it."""
    assert literal_address(text) == (None if address is None else ip_address(address))


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0", "2852039166"])
def test_an_odd_spelling_is_judged_like_the_plain_one(host: str) -> None:
    """Closed, and open where the operator says so (link-local never)."""
    assert EndpointGuard().literal_is_closed(host, 80, True)
    loopback = EndpointGuard.parse("127.0.0.0/8,0.0.0.0/8")
    assert loopback.literal_is_closed(host, 80, False) is (host == "2852039166")


def test_a_name_is_no_literal() -> None:
    """It is judged by what it resolves to, where the line is made."""
    assert not EndpointGuard().literal_is_closed("localhost", 80, False)


@pytest.mark.parametrize(
    ("host", "port", "named"),
    [
        ("a.test", 4566, True),
        ("A.TEST", 4566, True),
        ("a.test.", 4566, True),
        ("\ud800.test", 4566, False),
        ("a.test", 443, False),
        ("b.a.test", 4566, False),
        ("127.0.0.1", 4566, True),
        ("127.1", 4566, True),
        ("127.0.0.1", 80, False),
        ("10.0.0.7", 4566, False),
    ],
)
def test_only_an_entry_of_its_own_names_a_host(host: str, port: int, named: bool) -> None:
    """A network that holds its address opens it, and does not name it."""
    guard = EndpointGuard.parse("a.test:4566,127.0.0.1:4566,10.0.0.0/8")

    assert guard.names(host, port) is named
