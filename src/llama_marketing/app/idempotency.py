"""Writes that may come twice: the same key and request get the first answer."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

import attrs

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.idempotency import KeptAnswer, answer_again
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import timestamp
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.idempotency import IdempotencyKeys

KEPT = timedelta(hours=48)
_KEY = re.compile(r"[!-~]{1,255}")


@attrs.frozen
class Claim:
    """A key that this request took, and has to keep an answer under or give back."""

    tenant: TenantRef
    key: str
    taken: KeptAnswer


@attrs.frozen(kw_only=True)
class IdempotencyService:
    """Keeps the first answer of a write for 48 hours. Safe between threads."""

    keys: IdempotencyKeys
    clock: Clock
    lease_seconds: float
    """How long a request may run before its key is taken for a dead process's."""

    def claim(self, tenant: TenantRef, key: str, request: bytes) -> Claim | KeptAnswer:
        """Take the key for a request, or answer what the first one was answered.

        ``request`` is everything that makes the request what it is; only its hash is kept.
        Raises InvalidRequest for a key that is not 1-255 visible ASCII characters,
        IdempotencyMismatch and IdempotencyRunning.
        """
        if not _KEY.fullmatch(key):
            raise InvalidRequest(
                "the idempotency key must be 1 to 255 visible ASCII characters",
                user_message="La clave de idempotencia no es válida.",
                issues=(("X-Idempotency-Key", "must be 1-255 visible ASCII characters"),),
            )
        hashed = hashlib.sha256(key.encode()).hexdigest()
        fingerprint = hashlib.sha256(request).hexdigest()
        now = self.clock.now()
        claim = KeptAnswer(
            fingerprint=fingerprint,
            lease_until=timestamp(now + timedelta(seconds=self.lease_seconds)),
            expires_at=timestamp(now + KEPT),
        )
        kept = self.keys.take(tenant, hashed, claim, timestamp(now))
        if kept is None:
            return Claim(tenant, hashed, claim)
        return answer_again(kept, fingerprint)

    def keep(self, claim: Claim, status: int, media_type: str, body: str) -> None:
        """Keep the answer for the next 48 hours, unless another request has the key by now."""
        now = self.clock.now()
        answer = KeptAnswer(
            fingerprint=claim.taken.fingerprint,
            lease_until=timestamp(now),
            expires_at=timestamp(now + KEPT),
            status=status,
            media_type=media_type,
            body=body,
        )
        self.keys.keep(claim.tenant, claim.key, claim.taken, answer)

    def free(self, claim: Claim) -> None:
        """Give the key back: nothing happened that could be repeated."""
        self.keys.free(claim.tenant, claim.key, claim.taken)
