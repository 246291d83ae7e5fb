"""The contract of the port ``ModerationTallies``, as tests for any adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod

from llama_marketing.domain.moderation.tallies import ModerationTally
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.moderation_tallies import ModerationTallies
from llama_marketing.testing.samples import AFTERWARDS, DAY, TENANT

NOW = AFTERWARDS
OTHERS = (TenantRef("org1", "cli2"), TenantRef("org2", "cli1"))


class ModerationTalliesContract(ABC):
    """Derive a class whose name starts with Test and say how an empty store is made."""

    @abstractmethod
    def make(self) -> ModerationTallies:
        """An empty store."""

    def test_tallies_of_the_days_are_read_back_in_order(self) -> None:
        """Both days included, whatever the order in which they came."""
        tallies = self.make()
        days = ("2026-02-15", "2026-02-13", "2026-02-14", "2026-02-16", "2026-02-12")
        for day in days:
            for name in ("b", "a"):
                tallies.add(TENANT, sample_tally(name, day=day))

        found = tallies.between(TENANT, "2026-02-13", "2026-02-15", NOW)

        expected = [(day, name) for day in sorted(days)[1:4] for name in ("a", "b")]
        assert [(tally.day, tally.id) for tally in found] == expected
        assert found[0] == sample_tally("a", day="2026-02-13")

    def test_the_first_of_an_id_stays(self) -> None:
        """A part that is judged again counts once."""
        tallies = self.make()
        tallies.add(TENANT, sample_tally("a"))
        tallies.add(TENANT, sample_tally("a", total=99))

        assert list(tallies.between(TENANT, DAY, DAY, NOW)) == [sample_tally("a")]

    def test_an_expired_tally_is_never_answered(self) -> None:
        """From the very moment of ``expires_at`` on."""
        tallies = self.make()
        tallies.add(TENANT, sample_tally("a", expires_at=NOW))
        tallies.add(TENANT, sample_tally("b"))

        assert [tally.id for tally in tallies.between(TENANT, DAY, DAY, NOW)] == ["b"]

    def test_tenants_do_not_see_each_other(self) -> None:
        """The same id elsewhere is another tally."""
        tallies = self.make()
        tallies.add(TENANT, sample_tally("a"))

        assert [list(tallies.between(other, DAY, DAY, NOW)) for other in OTHERS] == [[], []]


def sample_tally(tally_id: str, **fields: object) -> ModerationTally:
    """Three comments of 2026-02-14, of which one was not judged."""
    given: dict[str, object] = {
        "id": tally_id,
        "day": DAY,
        "expires_at": "2028-02-14T18:00:00.000000Z",
        "total": 3,
        "not_judged": 1,
        "by_label": {"negative": 2},
        "by_action": {"reply": 2, "escalate": 1},
    }
    return ModerationTally.read(given | fields)
