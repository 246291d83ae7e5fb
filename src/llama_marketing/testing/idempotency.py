"""The contract of the port ``IdempotencyKeys``, as tests for any adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor

from llama_marketing.domain.idempotency import KeptAnswer
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.idempotency import IdempotencyKeys
from llama_marketing.testing.samples import AFTERWARDS, TENANT, TIMESTAMP

NOW = TIMESTAMP
LEASE_UNTIL = "2026-02-14T18:10:00.000000Z"
EXPIRES_AT = "2026-02-16T18:00:00.000000Z"
THREADS = 8


def sample_claim(fingerprint: str = "hash1", lease_until: str = LEASE_UNTIL) -> KeptAnswer:
    """The claim of a request that runs."""
    return KeptAnswer(fingerprint=fingerprint, lease_until=lease_until, expires_at=EXPIRES_AT)


def sample_answer(fingerprint: str = "hash1", body: str = "¡Hola! ☕\n\n") -> KeptAnswer:
    """What such a request was answered."""
    return KeptAnswer(
        fingerprint=fingerprint,
        lease_until=NOW,
        expires_at=EXPIRES_AT,
        status=201,
        media_type="application/json",
        body=body,
    )


class IdempotencyKeysContract(ABC):
    """Derive a class whose name starts with Test and say how an empty store is made."""

    @abstractmethod
    def make(self) -> IdempotencyKeys:
        """An empty store."""

    def test_a_free_key_is_taken_once(self) -> None:
        """The next one is told who has it."""
        keys = self.make()

        assert keys.take(TENANT, "k1", sample_claim(), NOW) is None
        assert keys.take(TENANT, "k1", sample_claim("hash2"), NOW) == sample_claim()
        assert keys.take(TENANT, "k2", sample_claim("hash2"), NOW) is None

    def test_a_kept_answer_is_read_back_the_same(self) -> None:
        """Text with accents, emoji and line ends; any number of times."""
        keys = self.make()
        keys.take(TENANT, "k1", sample_claim(), NOW)
        keys.keep(TENANT, "k1", sample_claim(), sample_answer())

        for _ in range(2):
            assert keys.take(TENANT, "k1", sample_claim(), AFTERWARDS) == sample_answer()

    def test_a_key_given_back_is_free(self) -> None:
        """As if it had never been used."""
        keys = self.make()
        keys.take(TENANT, "k1", sample_claim(), NOW)
        keys.free(TENANT, "k1", sample_claim())

        assert keys.take(TENANT, "k1", sample_claim("hash2"), NOW) is None

    def test_the_lease_of_a_dead_request_passes(self) -> None:
        """From the very moment of ``lease_until`` on."""
        keys = self.make()
        keys.take(TENANT, "k1", sample_claim(), NOW)
        before = "2026-02-14T18:09:59.999999Z"

        assert keys.take(TENANT, "k1", sample_claim("hash2"), before) == sample_claim()
        assert keys.take(TENANT, "k1", sample_claim("hash2"), LEASE_UNTIL) is None

    def test_an_answer_expires(self) -> None:
        """From the very moment of ``expires_at`` on, and not before."""
        keys = self.make()
        keys.take(TENANT, "k1", sample_claim(), NOW)
        keys.keep(TENANT, "k1", sample_claim(), sample_answer())
        before = "2026-02-16T17:59:59.999999Z"

        assert keys.take(TENANT, "k1", sample_claim(), before) == sample_answer()
        assert keys.take(TENANT, "k1", sample_claim(), EXPIRES_AT) is None

    def test_who_lost_the_key_neither_keeps_nor_frees_it(self) -> None:
        """A request that outlived its lease must not speak for the one that took its key."""
        keys = self.make()
        late, other = sample_claim(), sample_claim("hash2", lease_until=AFTERWARDS)
        keys.take(TENANT, "k1", late, NOW)
        keys.take(TENANT, "k1", other, LEASE_UNTIL)

        keys.keep(TENANT, "k1", late, sample_answer())
        keys.free(TENANT, "k1", late)
        assert keys.take(TENANT, "k1", late, LEASE_UNTIL) == other
        keys.keep(TENANT, "k1", other, sample_answer("hash2"))
        keys.keep(TENANT, "k1", late, sample_answer())
        keys.free(TENANT, "k1", late)
        assert keys.take(TENANT, "k1", late, LEASE_UNTIL) == sample_answer("hash2")

    def test_an_answer_under_a_key_given_back_is_not_kept(self) -> None:
        """Nor under one that nobody took."""
        keys = self.make()
        keys.keep(TENANT, "k1", sample_claim(), sample_answer())
        keys.free(TENANT, "k1", sample_claim())

        assert keys.take(TENANT, "k1", sample_claim(), NOW) is None

    def test_tenants_do_not_see_each_other(self) -> None:
        """The same key elsewhere is another key."""
        keys = self.make()
        keys.take(TENANT, "k1", sample_claim(), NOW)
        keys.keep(TENANT, "k1", sample_claim(), sample_answer())
        for other in (TenantRef("org1", "cli2"), TenantRef("org2", "cli1")):
            assert keys.take(other, "k1", sample_claim(), NOW) is None
            keys.free(other, "k1", sample_claim())

        assert keys.take(TENANT, "k1", sample_claim(), NOW) == sample_answer()

    def test_of_many_at_once_exactly_one_takes_the_key(self) -> None:
        """Also where the key was a dead request's."""
        keys = self.make()
        keys.take(TENANT, "k1", sample_claim("dead"), NOW)
        claims = [sample_claim(f"hash{n}", lease_until=AFTERWARDS) for n in range(THREADS)]
        with ThreadPoolExecutor(THREADS) as threads:
            taken = list(
                threads.map(lambda claim: keys.take(TENANT, "k1", claim, LEASE_UNTIL), claims)
            )

        winner = claims[taken.index(None)]
        assert [kept for kept in taken if kept is not None] == [winner] * (THREADS - 1)
