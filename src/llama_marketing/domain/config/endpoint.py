"""A host's endpoint: the base URL a client may give, and the origin a key is bound to."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

import attrs

from llama_marketing.domain.errors import InvalidRequest

MAX_LENGTH = 2048
_CHAT_PATH = "/chat/completions"
_CLEAN = re.compile(r"[!-\[\]-~]+")  # visible ASCII without the backslash
_URL = re.compile(r"(?P<scheme>https?)://(?P<netloc>[^/]+)(?P<path>.*)", re.IGNORECASE)
_NAME = r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?"
_NETLOC = re.compile(rf"(?P<host>{_NAME}|\[(?P<ipv6>[0-9a-f:.]+)\])(?::(?P<port>[0-9]{{1,5}}))?")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@attrs.frozen
class _Parts:
    scheme: str
    host: str
    """Lower case; an IPv6 address keeps its brackets."""
    port: int | None
    path: str


def normalise_endpoint(text: str, base_path: str = "/v1") -> str:
    """The base URL of a typed endpoint: no trailing slash, no pasted ``/chat/completions``.

    A URL without any path gets ``base_path``: every OpenAI-shaped server lives at ``/v1``, and a
    host with an address of its own where its row says. Idempotent, so
    that a form which sends an endpoint back changes nothing. Raises InvalidRequest unless it is
    an http(s) URL with a host, a valid port and neither user info, query nor fragment.
    """
    parts = _split(text.strip())
    path = parts.path.rstrip("/")
    while path.endswith(_CHAT_PATH):
        path = path.removesuffix(_CHAT_PATH).rstrip("/")
    netloc = parts.host if parts.port is None else f"{parts.host}:{parts.port}"
    return f"{parts.scheme}://{netloc}{path or base_path}"


@lru_cache(maxsize=1024)
def origin_of(endpoint: str) -> str:
    """``scheme://host:port`` of an endpoint, lower case, the port always said."""
    parts = _split(endpoint)
    return f"{parts.scheme}://{parts.host}:{parts.port or _DEFAULT_PORTS[parts.scheme]}"


def names_private_address(endpoint: str) -> bool:
    """Whether an endpoint stands literally at an address of the client's own network.

    A name may resolve to anything, so only an address counts, and ``localhost``.
    """
    if not endpoint:
        return False
    host = _split(endpoint).host.strip("[]").rstrip(".")
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_private
    except ValueError:
        return False


def _split(text: str) -> _Parts:
    if len(text) > MAX_LENGTH or not _CLEAN.fullmatch(text):
        raise _wrong("must be visible ASCII of at most 2048 characters")
    if "?" in text or "#" in text:
        raise _wrong("must have no query or fragment")
    url = _URL.fullmatch(text)
    if url is None:
        raise _wrong("must be an http or https URL with a host")
    if "@" in url["netloc"]:
        raise _wrong("must have no user info")
    return _Parts(url["scheme"].lower(), *_host_and_port(url["netloc"].lower()), url["path"])


def _host_and_port(netloc: str) -> tuple[str, int | None]:
    # Matched as a whole, where urlsplit reads ``[::1]x`` and ``x[::1]`` as the host ``::1``.
    match = _NETLOC.fullmatch(netloc)
    if match is None or (match["ipv6"] is not None and not _is_ipv6(match["ipv6"])):
        raise _wrong("must have a valid host and port")
    port = None if match["port"] is None else int(match["port"])
    if port is not None and not 1 <= port <= 65535:
        raise _wrong("must have a valid port")
    return match["host"], port


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _wrong(reason: str) -> InvalidRequest:
    return InvalidRequest(
        f"apiEndpoint {reason}",
        user_message="El endpoint debe ser una URL http o https válida, "
        "sin usuario, parámetros ni fragmento.",
        issues=(("apiEndpoint", reason),),
    )
