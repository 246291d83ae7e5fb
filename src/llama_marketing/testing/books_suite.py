"""What the parts of the contract of ``UsageBooks`` share."""

from __future__ import annotations

from abc import ABC, abstractmethod

from llama_marketing.domain.usage.books import Counter, Reservation
from llama_marketing.ports.configs import Configs
from llama_marketing.ports.usage import UsageBooks
from llama_marketing.testing.samples import MONTH, TENANT


class BooksSuite(ABC):
    """Tests that ask for empty books."""

    @abstractmethod
    def make(self) -> UsageBooks:
        """An adapter on a new, empty store."""

    @abstractmethod
    def make_with_configs(self) -> tuple[UsageBooks, Configs]:
        """The books and the configurations over one new, empty store."""

    def counter_of(self, books: UsageBooks, month: str = MONTH) -> Counter:
        """The sample tenant's counter, which must be there."""
        counter = books.counter(TENANT, month)
        assert counter is not None
        return counter

    def counter_at(self, answer: Reservation) -> Counter:
        """The counter of a refusal, which always tells it."""
        assert not answer.admitted
        assert answer.counter is not None
        return answer.counter
