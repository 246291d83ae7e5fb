"""Port: how the comments of each moderation came out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from llama_marketing.domain.moderation.tallies import ModerationTally
from llama_marketing.domain.tenant import TenantRef


class ModerationTallies(Protocol):
    """Keeps tallies. Every method may raise StoreUnavailable."""

    @abstractmethod
    def add(self, tenant: TenantRef, tally: ModerationTally) -> None:
        """Keep a tally; one of the same day and id that is there already is left as it is."""

    @abstractmethod
    def between(
        self, tenant: TenantRef, first_day: str, last_day: str, now: str
    ) -> Sequence[ModerationTally]:
        """The tallies of the days, both included, in order of day and id.

        An expired one (``expires_at`` not after ``now``) is never answered.
        """
