"""A write that may come twice: what is kept of the first time."""

from __future__ import annotations

from llama_marketing.domain.errors import IdempotencyMismatch, IdempotencyRunning
from llama_marketing.domain.model import Model


class KeptAnswer(Model):
    """What is kept under one idempotency key.

    ``fingerprint`` is the hash of the request, never the request. ``status`` is None while the
    first one runs. Timestamps are UTC of fixed width: a running one whose ``lease_until`` has
    passed belongs to a dead process, and a key whose ``expires_at`` has passed is free again.
    """

    fingerprint: str
    lease_until: str
    expires_at: str
    status: int | None = None
    media_type: str = ""
    body: str = ""
    version: int = 1

    def is_free(self, now: str) -> bool:
        """Whether the key may be taken again."""
        dead = self.status is None and self.lease_until <= now
        return dead or self.expires_at <= now


def answer_again(kept: KeptAnswer, fingerprint: str) -> KeptAnswer:
    """The first answer for the same request.

    Raises IdempotencyMismatch for another request, IdempotencyRunning while the first one runs.
    """
    if kept.fingerprint != fingerprint:
        raise IdempotencyMismatch("the idempotency key was used with another request")
    if kept.status is None:
        raise IdempotencyRunning("the first request with this idempotency key is still running")
    return kept
