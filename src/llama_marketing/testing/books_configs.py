"""The contract of ``UsageBooks``: a reservation that also confirms a configuration."""

from __future__ import annotations

import pytest

from llama_marketing.domain.errors import RevisionConflict
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.testing.books_suite import BooksSuite
from llama_marketing.testing.invariants import assert_books_agree, open_holds
from llama_marketing.testing.samples import (
    MONTH,
    TENANT,
    dollars,
    sample_config,
    sample_hold,
    sample_settlement,
)


class ConfirmedConfigsContract(BooksSuite):
    """``reserve`` with the revision by which its caller decided."""

    def test_a_reservation_under_the_current_configuration_is_admitted(self) -> None:
        """Whatever its revision is."""
        books, configs = self.make_with_configs()
        configs.create(TENANT, sample_config())
        first = books.reserve(TENANT, sample_hold("gen1"), dollars("5"), 1)
        configs.replace(TENANT, sample_config(revision=2), seen_revision=1)

        second = books.reserve(TENANT, sample_hold("gen2"), dollars("5"), 2)

        assert (first.admitted, second.admitted) == (True, True)
        assert {hold.id for hold in open_holds(books, TENANT)} == {"gen1", "gen2"}

    @pytest.mark.parametrize("revision", [1, 3])
    def test_a_reservation_under_another_revision_opens_and_counts_nothing(
        self, revision: int
    ) -> None:
        """Neither an older nor a newer one; also where the quota would have refused it."""
        books, configs = self.make_with_configs()
        configs.create(TENANT, sample_config())
        configs.replace(TENANT, sample_config(revision=2), seen_revision=1)
        books.reserve(TENANT, sample_hold("gen1"), dollars("0.15"), 2)
        before = self.counter_of(books)

        with pytest.raises(RevisionConflict):
            books.reserve(TENANT, sample_hold("gen2"), dollars("5"), revision)
        with pytest.raises(RevisionConflict):
            books.reserve(TENANT, sample_hold("gen3"), dollars("0.15"), revision)

        assert self.counter_of(books) == before
        assert [hold.id for hold in open_holds(books, TENANT)] == ["gen1"]
        assert_books_agree(books, TENANT, MONTH)

    def test_a_reservation_without_a_configuration_is_refused(self) -> None:
        """One that was never there, and one that is gone; the month's first use opens nothing."""
        books, configs = self.make_with_configs()
        with pytest.raises(RevisionConflict):
            books.reserve(TENANT, sample_hold("gen1"), dollars("5"), 1)
        configs.create(TENANT, sample_config())
        configs.delete(TENANT)

        with pytest.raises(RevisionConflict):
            books.reserve(TENANT, sample_hold("gen2"), dollars("5"), 1)

        assert books.counter(TENANT, MONTH) is None
        assert open_holds(books, TENANT) == []

    def test_another_clients_configuration_confirms_nothing(self) -> None:
        """Its revision may well be the one that was asked for."""
        books, configs = self.make_with_configs()
        other = TenantRef(TENANT.organization_id, "cli2")
        configs.create(other, sample_config(other))

        with pytest.raises(RevisionConflict):
            books.reserve(TENANT, sample_hold("gen1"), dollars("5"), 1)

        assert books.reserve(other, sample_hold("gen1"), dollars("5"), 1).admitted

    def test_what_was_reserved_is_settled_whatever_became_of_the_configuration(self) -> None:
        """The host has answered; the client may have been deleted meanwhile."""
        books, configs = self.make_with_configs()
        configs.create(TENANT, sample_config())
        books.reserve(TENANT, sample_hold("gen1"), dollars("5"), 1)
        configs.delete(TENANT)

        entry = books.settle(TENANT, sample_settlement(sample_hold("gen1")))

        assert entry.id == "gen1"
        assert_books_agree(books, TENANT, MONTH)
