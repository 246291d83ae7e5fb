"""The contract of the port ``AnswerCache``, as tests for any adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from decimal import Decimal
from typing import Any

import pytest

from llama_marketing.domain.errors import NotFound, RevisionConflict
from llama_marketing.domain.generation.cache import CachedAnswer, CacheItem
from llama_marketing.domain.generation.history import ReviewDecision
from llama_marketing.domain.generation.models import TokenUsage
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.steps import swept
from llama_marketing.ports.cache import AnswerCache
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.generations import Generations
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.samples import (
    AFTERWARDS,
    TENANT,
    TIMESTAMP,
    dollars,
    sample_config,
    sample_hold,
    sample_record,
    sample_response,
    sample_settlement,
)

NOW = AFTERWARDS
KEY, OTHER_KEY = "a" * 64, "b" * 64
EXPIRES_AT = "2026-02-15T18:00:00.000000Z"
OTHERS = (TenantRef("org1", "cli2"), TenantRef("org2", "cli1"))


def sample_item(generation_id: str = "gen1", key: str = KEY, **fields: Any) -> CacheItem:
    """The answer of a generation, kept for a day unless told otherwise."""
    given: dict[str, Any] = {
        "response": sample_response(generation_id),
        "created_at": TIMESTAMP,
        "expires_at": EXPIRES_AT,
    }
    return CacheItem(key, CachedAnswer(**{**given, **fields}))


class AnswerCacheContract(ABC):
    """Derive a class whose name starts with Test and say how an empty store is made."""

    @abstractmethod
    def make(self) -> tuple[UsageBooks, AnswerCache, Generations]:
        """The books, which keep the answers, the cache and the history over one empty store."""

    @abstractmethod
    def make_with_configs(self) -> tuple[UsageBooks, AnswerCache, Configs]:
        """The books, the cache and the configurations over one empty store."""

    def test_an_answer_kept_with_its_settlement_is_read_back_the_same(self) -> None:
        """Text with accents and emoji, an exact cost, an unknown one, nested findings."""
        books, cache, _ = self.make()
        cost = TokenUsage(total_tokens=3, estimated_cost_usd=Decimal("0.000000000001"))
        priced = sample_response("gen1", tokens_used=cost)
        unpriced = sample_response("gen2", tokens_used=TokenUsage(estimated_cost_usd=None))
        generate(books, sample_item("gen1", KEY, response=priced))
        generate(books, sample_item("gen2", OTHER_KEY, response=unpriced))

        assert cache.get(TENANT, KEY, NOW) == sample_item(response=priced).answer
        assert cache.get(TENANT, OTHER_KEY, NOW) == sample_item(response=unpriced).answer

    def test_a_key_without_an_answer_has_none(self) -> None:
        """Also where an operation ended without one to keep."""
        books, cache, _ = self.make()
        hold = sample_hold("gen1")
        books.reserve(TENANT, hold, dollars(None))
        books.settle(TENANT, sample_settlement(hold), sample_record("gen1"))

        assert cache.get(TENANT, KEY, NOW) is None

    def test_an_expired_answer_is_never_given(self) -> None:
        """From the very moment of ``expires_at`` on, and not before."""
        books, cache, _ = self.make()
        generate(books, sample_item())

        assert cache.get(TENANT, KEY, "2026-02-15T17:59:59.999999Z") is not None
        assert cache.get(TENANT, KEY, EXPIRES_AT) is None

    def test_a_later_answer_takes_the_place_of_the_one_before(self) -> None:
        """And another operation's end without an answer leaves it alone."""
        books, cache, _ = self.make()
        generate(books, sample_item("gen1"))
        generate(books, sample_item("gen2"))
        generate(books, None, "gen3")

        assert cache.get(TENANT, KEY, NOW) == sample_item("gen2").answer

    def test_an_answer_kept_when_others_have_expired_leaves_the_rest_alone(self) -> None:
        """Room is made for it, by no more than what nobody may be given."""
        books, cache, _ = self.make()
        generate(books, sample_item("gen1", KEY, expires_at=NOW))
        generate(books, sample_item("gen2", "c" * 64))
        generate(books, sample_item("gen3", OTHER_KEY, created_at=NOW))

        assert cache.get(TENANT, "c" * 64, TIMESTAMP) is not None
        assert cache.get(TENANT, OTHER_KEY, NOW) is not None

    def test_a_repeated_settlement_keeps_nothing(self) -> None:
        """Only the call that ends the hold does."""
        books, cache, _ = self.make()
        generate(books, sample_item("gen1"))
        again = sample_item("gen1", expires_at="2026-03-15T18:00:00.000000Z")
        generate(books, again)

        assert cache.get(TENANT, KEY, NOW) == sample_item("gen1").answer

    def test_an_end_that_cannot_be_booked_keeps_nothing(self) -> None:
        """One transaction: no answer without its entry."""
        books, cache, _ = self.make()
        with pytest.raises(NotFound):
            books.settle(TENANT, sample_settlement(sample_hold()), None, sample_item())

        assert cache.get(TENANT, KEY, NOW) is None

    def test_an_operation_that_ends_after_its_sweep_is_kept_too(self) -> None:
        """It was answered late, but well."""
        books, cache, _ = self.make()
        hold = sample_hold("gen1")
        books.reserve(TENANT, hold, dollars(None))
        books.settle(TENANT, swept(hold))
        books.settle(TENANT, sample_settlement(hold), None, sample_item())

        assert cache.get(TENANT, KEY, NOW) == sample_item().answer

    def test_a_deleted_generation_is_not_given_again(self) -> None:
        """Whoever deletes a text does not want to see it come back."""
        books, cache, generations = self.make()
        generate(books, sample_item("gen1", KEY))
        generate(books, sample_item("gen2", OTHER_KEY))
        generations.delete(TENANT, "gen1")

        assert cache.get(TENANT, KEY, NOW) is None
        assert cache.get(TENANT, OTHER_KEY, NOW) == sample_item("gen2").answer

    def test_a_deleted_generation_takes_no_later_answer_with_it(self) -> None:
        """Another generation's answer took the place of its own before."""
        books, cache, generations = self.make()
        generate(books, sample_item("gen1"))
        generate(books, sample_item("gen2"))
        generations.delete(TENANT, "gen1")

        assert cache.get(TENANT, KEY, NOW) == sample_item("gen2").answer

    def test_a_reviewed_generation_is_given_again_until_it_is_deleted(self) -> None:
        """The review is the record's; which answer belongs to it is not forgotten."""
        books, cache, generations = self.make()
        generate(books, sample_item("gen1"))
        seen = sample_record("gen1")
        decided = seen.reviewed(ReviewDecision(approved=True), "ana", NOW)
        assert generations.replace(TENANT, seen, decided) is True

        assert cache.get(TENANT, KEY, NOW) == sample_item("gen1").answer
        generations.delete(TENANT, "gen1")
        assert cache.get(TENANT, KEY, NOW) is None

    def test_tenants_do_not_see_each_other(self) -> None:
        """The same key elsewhere is another answer, and another's deletion is not ours."""
        books, cache, generations = self.make()
        generate(books, sample_item())
        for other in OTHERS:
            assert cache.get(other, KEY, NOW) is None
            generations.delete(other, "gen1")

        assert cache.get(TENANT, KEY, NOW) == sample_item().answer

    def test_an_answer_under_the_current_configuration_is_given(self) -> None:
        """And that there is none is said under it too."""
        books, cache, configs = self.make_with_configs()
        configs.create(TENANT, sample_config())
        configs.replace(TENANT, sample_config(revision=2), seen_revision=1)
        generate(books, sample_item())

        assert cache.get(TENANT, KEY, NOW, 2) == sample_item().answer
        assert cache.get(TENANT, OTHER_KEY, NOW, 2) is None

    @pytest.mark.parametrize("key", [KEY, OTHER_KEY])
    @pytest.mark.parametrize("revision", [1, 3])
    def test_a_configuration_at_another_revision_is_said(self, key: str, revision: int) -> None:
        """Whether there is an answer or not: the caller read what is no longer so."""
        books, cache, configs = self.make_with_configs()
        configs.create(TENANT, sample_config())
        configs.replace(TENANT, sample_config(revision=2), seen_revision=1)
        generate(books, sample_item())

        with pytest.raises(RevisionConflict):
            cache.get(TENANT, key, NOW, revision)

    def test_a_configuration_that_is_gone_is_said(self) -> None:
        """Nothing is given in its name."""
        books, cache, configs = self.make_with_configs()
        generate(books, sample_item())

        with pytest.raises(RevisionConflict):
            cache.get(TENANT, KEY, NOW, 1)
        configs.create(TENANT, sample_config())
        configs.delete(TENANT)
        with pytest.raises(RevisionConflict):
            cache.get(TENANT, KEY, NOW, 1)


def generate(books: UsageBooks, item: CacheItem | None, generation_id: str = "") -> None:
    """Book an operation of the sample tenant whose answer is kept."""
    generation_id = generation_id if item is None else item.answer.response.id
    hold = sample_hold(generation_id)
    books.reserve(TENANT, hold, dollars(None))
    books.settle(TENANT, sample_settlement(hold), sample_record(generation_id), item)
