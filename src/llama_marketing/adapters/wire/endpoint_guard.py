"""Where the server may be sent: judges addresses against the operator's allow-list.

Without an entry only https to public addresses is open. An entry ``host:port`` opens that
host and port as typed, or as the resolved address; a CIDR opens every address in it, on any
port, with plain http too. Link-local IPv4 (169.254.0.0/16, where the clouds keep their
metadata) and fd00:ec2::254 never open. A name is closed if any one of its addresses is.

IANA's special-purpose registries as of 2025-10 stand behind the lists below; `ipaddress`
calls some of them global.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, Self
from urllib.parse import urlsplit

import attrs
import httpx

from llama_marketing.domain.errors import SettingsError

IpAddress = IPv4Address | IPv6Address

_NEVER: Final = (ip_network("169.254.0.0/16"), ip_network("fd00:ec2::254/128"))
_CLOSED: Final = (
    ip_network("192.0.0.0/24"),  # protocol assignments; Oracle's metadata
    ip_network("192.88.99.0/24"),  # 6to4 relays
    ip_network("168.63.129.16/32"),  # Azure's metadata
    ip_network("2001::/23"),  # protocol assignments: Teredo, ORCHID
    ip_network("2002::/16"),  # 6to4
    ip_network("3fff::/20"),  # documentation
)
_PUBLIC_IPV6: Final = ip_network("2000::/3")
"""The only part of IPv6 that is handed out as public addresses; none of the mapped,
compatible, translated and NAT64 forms of an IPv4 address lies in it."""
_IPV4_AT_THE_END: Final = (
    ip_network("::/96"),  # compatible
    ip_network("::ffff:0:0/96"),  # mapped
    ip_network("::ffff:0:0:0/96"),  # translated
    ip_network("64:ff9b::/96"),  # NAT64
)
_LOCAL_NAT64: Final = ip_network("64:ff9b:1::/48")
_NAT64_PLACES: Final = ((6, 7, 9, 10), (7, 9, 10, 11), (9, 10, 11, 12), (12, 13, 14, 15))
"""The bytes that hold the IPv4 address under a prefix of 48, 56, 64 and 96 bits (RFC 6052,
section 2.2); nothing in an address of the local range says how long its prefix is."""
_ISATAP: Final = (b"\x00\x00\x5e\xfe", b"\x02\x00\x5e\xfe")
"""The middle of an interface that carries an IPv4 address at its end (RFC 5214)."""


@attrs.frozen
class EndpointGuard:
    """The operator's allow-list and the rules for everything that it does not name."""

    named: frozenset[tuple[str, int]] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a comma list of ``host:port`` and CIDR entries, an empty text as none.

        Raises SettingsError with the entry that is neither.
        """
        named: set[tuple[str, int]] = set()
        networks: list[IPv4Network | IPv6Network] = []
        for entry in filter(None, (part.strip() for part in text.split(","))):
            network = _network(entry)
            if network is not None:
                networks.append(network)
            else:
                named.add(_host_and_port(entry))
        return cls(frozenset(named), tuple(networks))

    def allows(self, host: str, port: int, secure: bool, addresses: Sequence[IpAddress]) -> bool:
        """Whether a line may go to ``host``, as typed, that has all these addresses."""
        return bool(addresses) and all(
            not _is_never_open(address)
            and (
                (host_name(host), port) in self.named
                or (str(address), port) in self.named
                or any(address in network for network in self.networks)
                or (secure and is_public(address))
            )
            for address in addresses
        )

    def names(self, host: str, port: int) -> bool:
        """Whether the operator lists this very host and port, as typed."""
        address = literal_address(host)
        return (host_name(host) if address is None else str(address), port) in self.named

    def literal_is_closed(self, host: str, port: int, secure: bool) -> bool:
        """Whether ``host`` is an address in itself, in any spelling, and a closed one."""
        address = literal_address(host)
        return address is not None and not self.allows(host, port, secure, (address,))


def is_public(address: IpAddress) -> bool:
    """Whether an address belongs to the open internet."""
    if isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6:
        return False
    return (
        address.is_global
        and not address.is_multicast
        and not any(address in network for network in _CLOSED)
    )


def literal_address(host: str) -> IpAddress | None:
    """The address that a host's text is, None for a name.

    Takes what the system's resolver takes for an address: 127.1, 2130706433, 0x7f.1.
    """
    try:
        return ip_address_of(host)
    except ValueError:
        try:
            return IPv4Address(socket.inet_aton(host.rstrip(".")))
        except (OSError, UnicodeError):
            return None


def host_name(host: str) -> str:
    """A name in the one form in which names are compared: ASCII, lower case, no last dot."""
    try:
        ascii_name = httpx.URL(scheme="https", host=host).raw_host.decode("ascii")
    except (httpx.InvalidURL, ValueError):
        # No name that could be called; as it stands it equals itself alone.
        ascii_name = host
    return ascii_name.lower().rstrip(".")


def ip_address_of(text: str) -> IpAddress:
    """Read an address, without its zone; raises ValueError."""
    return ip_address(text.partition("%")[0])


def _is_never_open(address: IpAddress) -> bool:
    forms: list[IpAddress] = [address]
    if isinstance(address, IPv6Address):
        forms.extend(_carried(address))
    return any(form in network for form in forms for network in _NEVER)


def _carried(address: IPv6Address) -> Iterator[IPv4Address]:
    """Every IPv4 address that an IPv6 address may lead to."""
    packed = address.packed
    if any(address in network for network in _IPV4_AT_THE_END) or packed[8:12] in _ISATAP:
        yield IPv4Address(packed[-4:])
    if address in _LOCAL_NAT64:
        for places in _NAT64_PLACES:
            yield IPv4Address(bytes(packed[place] for place in places))
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo


def _network(entry: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(entry)
    except ValueError:
        return None


def _host_and_port(entry: str) -> tuple[str, int]:
    failure = SettingsError(
        f"LLAMA_MARKETING_ALLOWED_ENDPOINTS: {entry!r} is neither host:port nor a CIDR"
    )
    if "/" in entry or "@" in entry or any(char.isspace() for char in entry):
        raise failure
    try:
        parts = urlsplit(f"//{entry}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise failure from None
    if not host or not port or parts.query or parts.fragment:
        raise failure
    address = literal_address(host)
    return (host_name(host) if address is None else str(address)), port
