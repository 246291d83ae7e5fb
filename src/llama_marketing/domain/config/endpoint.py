"""A host's endpoint: the base URL a client may give, and the origin a key is bound to."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from llama_marketing.domain.errors import InvalidRequest

MAX_LENGTH = 2048
_CHAT_PATH = "/chat/completions"
_CLEAN = re.compile(r"[!-\[\]-~]+")  # visible ASCII without the backslash
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalise_endpoint(text: str) -> str:
    """The base URL of a typed endpoint: no trailing slash, no pasted ``/chat/completions``.

    A URL without any path gets ``/v1``, where every OpenAI-shaped server lives. Raises
    InvalidRequest unless it is an http(s) URL with a host, a valid port and neither user info,
    query nor fragment.
    """
    parts = _split(text.strip())
    path = parts.path.rstrip("/").removesuffix(_CHAT_PATH).rstrip("/")
    host = parts.hostname or ""
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None:
        netloc = f"{netloc}:{parts.port}"
    return urlunsplit((parts.scheme, netloc, path or "/v1", "", ""))


def origin_of(endpoint: str) -> str:
    """``scheme://host:port`` of an endpoint, lower case, the port always said."""
    parts = _split(endpoint)
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{parts.hostname}:{port}"


def _split(text: str) -> SplitResult:
    if not _CLEAN.fullmatch(text) or len(text) > MAX_LENGTH:
        raise _wrong("must be visible ASCII of at most 2048 characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _wrong("must be a URL with a valid port") from None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise _wrong("must be an http or https URL with a host")
    if port == 0 or parts.netloc.endswith(":"):
        raise _wrong("must have a valid port")
    if "@" in parts.netloc or "?" in text or "#" in text:
        raise _wrong("must have no user info, query or fragment")
    return parts


def _wrong(reason: str) -> InvalidRequest:
    return InvalidRequest(
        f"apiEndpoint {reason}",
        user_message="El endpoint debe ser una URL http o https válida, "
        "sin usuario, parámetros ni fragmento.",
        issues=(("apiEndpoint", reason),),
    )
