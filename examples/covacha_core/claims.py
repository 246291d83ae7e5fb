"""The claims of a signed token, kept in ``g`` for the length of a request.

An example, with the standard library alone: HS256 and nothing else. Cognito signs with RS256;
there a library that knows its public keys takes the place of ``read_claims``, and the rest stays.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from flask import Flask, g, request


def remember_claims(app: Flask, key: bytes) -> None:
    """Read the claims before each request; without a valid token ``g.claims`` is None."""

    @app.before_request
    def keep_claims() -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        g.claims = read_claims(token.strip(), key) if scheme.lower() == "bearer" else None


def read_claims(token: str, key: bytes) -> dict[str, Any] | None:
    """The claims of a token that this key signed and that has not expired, else None."""
    signed, _, signature = token.rpartition(".")
    try:
        if not hmac.compare_digest(_sign(signed, key), _decoded(signature)):
            return None
        header, claims = (json.loads(_decoded(part)) for part in signed.split("."))
        # The token never chooses how it is checked: "none" and every other algorithm are refused.
        valid = header["alg"] == "HS256" and claims["exp"] > time.time()
    except (ValueError, KeyError, TypeError):
        return None
    return claims if valid else None


def write_token(claims: dict[str, Any], key: bytes) -> str:
    """A token with these claims; in production the identity provider writes it."""
    header = {"alg": "HS256", "typ": "JWT"}
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_encoded(_sign(signed, key))}"


def _sign(signed: str, key: bytes) -> bytes:
    return hmac.new(key, signed.encode(), hashlib.sha256).digest()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
