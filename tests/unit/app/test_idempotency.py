"""The service that keeps the first answer of a write."""

from __future__ import annotations

import pytest

from llama_marketing.adapters.memory.database import MemoryDatabase
from llama_marketing.adapters.memory.idempotency import MemoryIdempotencyKeys
from llama_marketing.app.idempotency import Claim, IdempotencyService
from llama_marketing.domain.errors import IdempotencyMismatch, IdempotencyRunning, InvalidRequest
from llama_marketing.domain.idempotency import KeptAnswer
from tests.unit.app.samples import OTHER, TENANT, StandingClock

HOURS = 3600.0
LEASE = 660.0


class Kept:
    """A service over a memory store and a standing clock."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        self.database = MemoryDatabase()
        self.service = IdempotencyService(
            keys=MemoryIdempotencyKeys(self.database), clock=self.clock, lease_seconds=LEASE
        )

    def claim(self, key: str = "k1", request: bytes = b"request") -> Claim:
        """Take a key that must be free."""
        claim = self.service.claim(TENANT, key, request)
        assert isinstance(claim, Claim)
        return claim

    def answered(self, key: str = "k1", request: bytes = b"request") -> KeptAnswer:
        """The answer that must be kept."""
        kept = self.service.claim(TENANT, key, request)
        assert isinstance(kept, KeptAnswer)
        return kept


@pytest.fixture
def kept() -> Kept:
    """A new one."""
    return Kept()


def test_the_first_answer_is_repeated_for_48_hours(kept: Kept) -> None:
    """Counted from when it was given."""
    claim = kept.claim()
    kept.clock.go_on(300)
    kept.service.keep(claim, 201, "application/json", "{}")
    kept.clock.go_on(48 * HOURS - 0.001)

    again = kept.answered()
    assert (again.status, again.media_type, again.body) == (201, "application/json", "{}")
    kept.clock.go_on(0.001)
    kept.claim()


def test_another_request_with_the_key_is_refused_until_it_expires(kept: Kept) -> None:
    """Then the key is free for any."""
    kept.service.keep(kept.claim(), 200, "", "")
    with pytest.raises(IdempotencyMismatch):
        kept.service.claim(TENANT, "k1", b"another")
    kept.clock.go_on(48 * HOURS)

    kept.claim(request=b"another")


def test_a_running_request_holds_its_key_for_the_lease(kept: Kept) -> None:
    """After that it is taken for a dead process's."""
    kept.claim()
    kept.clock.go_on(LEASE - 0.001)
    with pytest.raises(IdempotencyRunning):
        kept.service.claim(TENANT, "k1", b"request")
    kept.clock.go_on(0.001)

    kept.claim(request=b"another")


def test_a_late_answer_does_not_replace_the_one_that_took_over(kept: Kept) -> None:
    """The first request lived on after its lease."""
    late = kept.claim()
    kept.clock.go_on(LEASE)
    kept.service.keep(kept.claim(), 200, "", "second")

    kept.service.keep(late, 200, "", "first")
    kept.service.free(late)

    assert kept.answered().body == "second"


def test_a_key_given_back_is_free(kept: Kept) -> None:
    """Nothing is left of it."""
    kept.service.free(kept.claim())

    kept.claim(request=b"another")


def test_each_client_has_its_own_keys(kept: Kept) -> None:
    """The same key and request elsewhere is a first one."""
    kept.service.keep(kept.claim(), 200, "", "")

    assert isinstance(kept.service.claim(OTHER, "k1", b"request"), Claim)


@pytest.mark.parametrize("key", ["", "a b", "\n", "k\n", "ñ", "x" * 256, "\x7f"])
def test_an_unusable_key_is_refused(kept: Kept, key: str) -> None:
    """With the header's name, and nothing is taken."""
    with pytest.raises(InvalidRequest) as raised:
        kept.service.claim(TENANT, key, b"request")

    assert raised.value.issues[0][0] == "X-Idempotency-Key"
    assert kept.database.tenants == {}


@pytest.mark.parametrize("key", ["!", "~", "x" * 255, "4b1f0c3e-7d1c-4a5e-9c55-000000000000"])
def test_1_to_255_visible_characters_are_a_key(kept: Kept, key: str) -> None:
    """A UUID is the usual one."""
    kept.claim(key)


def test_neither_key_nor_request_is_kept_in_the_clear(kept: Kept) -> None:
    """Only hashes are."""
    kept.claim("the-key-itself", b"the secret request")

    stored = repr(kept.database.tenants)
    assert "the-key-itself" not in stored
    assert "secret" not in stored
