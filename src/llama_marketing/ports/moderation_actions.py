"""Port: the actions that moderations want done."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from llama_marketing.domain.moderation.actions import PendingAction
from llama_marketing.domain.tenant import TenantRef


class ModerationActions(Protocol):
    """Keeps suggested actions with their audit.

    Ids sort by ``created_at``. An expired one (``expires_at`` not after ``now``) is never answered.
    """

    @abstractmethod
    def add(self, tenant: TenantRef, actions: Sequence[PendingAction]) -> None:
        """Keep new actions, any number; one whose id is there already is left as it is."""

    @abstractmethod
    def get(self, tenant: TenantRef, action_id: str, now: str) -> PendingAction | None:
        """One action in whatever status, or None."""

    @abstractmethod
    def pending(
        self, tenant: TenantRef, now: str, before: str = "", limit: int = 20
    ) -> Sequence[PendingAction]:
        """Those still pending, in descending order of id, below ``before`` when it is given."""

    @abstractmethod
    def made_since(
        self, tenant: TenantRef, now: str, since: str, limit: int = 1000
    ) -> Sequence[PendingAction]:
        """Those made (``created_at``) after ``since``, in whatever status, the newest first."""

    @abstractmethod
    def replace(self, tenant: TenantRef, seen: PendingAction, decided: PendingAction) -> bool:
        """Put ``decided`` in the place of ``seen``; False when another stands there by now.

        Doing it again after a lost answer is True as well.
        """
