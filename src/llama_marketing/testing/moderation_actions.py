"""The contract of the port ``ModerationActions``, as tests for any adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod

from llama_marketing.domain.moderation.actions import Decision, PendingAction, Resolution
from llama_marketing.domain.moderation.models import (
    CommentLabel,
    ModerationAction,
    ModerationFlag,
)
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.ports.moderation_actions import ModerationActions
from llama_marketing.testing.samples import AFTERWARDS, TENANT, TIMESTAMP

NOW = AFTERWARDS
OTHERS = (TenantRef("org1", "cli2"), TenantRef("org2", "cli1"))


class ModerationActionsContract(ABC):
    """Derive a class whose name starts with Test and say how an empty store is made."""

    @abstractmethod
    def make(self) -> ModerationActions:
        """An empty store."""

    def test_an_action_is_read_back_the_same(self) -> None:
        """Text with accents and emoji, an unknown sentiment, flags."""
        actions = self.make()
        kept = [sample_action("a1"), sample_action("a2", sentiment=None, flags=())]
        actions.add(TENANT, kept)

        assert [actions.get(TENANT, each.id, NOW) for each in kept] == kept
        assert actions.get(TENANT, "a3", NOW) is None

    def test_nothing_added_is_nothing_kept(self) -> None:
        """An empty list is fine."""
        actions = self.make()
        actions.add(TENANT, [])

        assert list(actions.pending(TENANT, NOW)) == []

    def test_many_actions_are_added_at_once(self) -> None:
        """As many as one request has comments."""
        actions = self.make()
        actions.add(TENANT, [sample_action(f"a{number:03}") for number in range(200)])

        assert len(actions.pending(TENANT, NOW, limit=300)) == 200

    def test_adding_again_changes_nothing(self) -> None:
        """Neither what was decided since."""
        actions = self.make()
        action = sample_action("a1")
        actions.add(TENANT, [action])
        actions.replace(TENANT, action, hidden(action))
        actions.add(TENANT, [action, sample_action("a2")])

        assert actions.get(TENANT, "a1", NOW) == hidden(action)
        assert actions.get(TENANT, "a2", NOW) == sample_action("a2")

    def test_the_newest_come_first_and_page_by_page(self) -> None:
        """``before`` is the last id of the page before, ``limit`` the size of a page."""
        actions = self.make()
        actions.add(TENANT, [sample_action(f"a{number}") for number in (3, 1, 5, 2, 4)])

        first = actions.pending(TENANT, NOW, limit=2)
        second = actions.pending(TENANT, NOW, before=first[-1].id, limit=2)
        third = actions.pending(TENANT, NOW, before=second[-1].id, limit=2)

        pages = [[action.id for action in page] for page in (first, second, third)]
        assert pages == [["a5", "a4"], ["a3", "a2"], ["a1"]]

    def test_what_was_decided_is_pending_no_more_and_can_still_be_read(self) -> None:
        """With its audit; pages are filled up with others."""
        actions = self.make()
        kept = [sample_action(f"a{number}") for number in range(4)]
        actions.add(TENANT, kept)

        assert actions.replace(TENANT, kept[2], hidden(kept[2])) is True
        assert [each.id for each in actions.pending(TENANT, NOW, limit=2)] == ["a3", "a1"]
        assert actions.get(TENANT, "a2", NOW) == hidden(kept[2])

    def test_an_expired_action_is_never_answered(self) -> None:
        """From the very moment of ``expires_at`` on."""
        actions = self.make()
        actions.add(TENANT, [sample_action("a1", expires_at=NOW), sample_action("a2")])

        assert actions.get(TENANT, "a1", NOW) is None
        assert [action.id for action in actions.pending(TENANT, NOW)] == ["a2"]

    def test_what_was_made_since_a_moment_is_found_in_whatever_status(self) -> None:
        """Of the moment itself nothing; the newest first, at most so many."""
        actions = self.make()
        times = {f"a{hour}": f"2026-02-14T{hour}:00:00.000000Z" for hour in range(10, 15)}
        kept = [sample_action(name, created_at=time) for name, time in times.items()]
        gone = sample_action("a15", created_at="2026-02-14T15:00:00.000000Z", expires_at=NOW)
        actions.add(TENANT, [*kept, gone])
        actions.replace(TENANT, kept[3], hidden(kept[3]))

        since = [action.id for action in actions.made_since(TENANT, NOW, times["a11"])]
        newest = actions.made_since(TENANT, NOW, "", limit=2)

        assert since == ["a14", "a13", "a12"]
        assert [action.id for action in newest] == ["a14", "a13"]
        assert list(actions.made_since(OTHERS[0], NOW, "")) == []

    def test_of_two_who_decide_at_once_one_is_told(self) -> None:
        """Nothing is overwritten unseen; a repetition of the one that won is no conflict."""
        actions = self.make()
        action = sample_action("a1")
        approved = action.decided(Resolution(action=Decision.APPROVE), "eva", NOW)
        actions.add(TENANT, [action])

        assert actions.replace(TENANT, action, hidden(action)) is True
        assert actions.replace(TENANT, action, approved) is False
        assert actions.replace(TENANT, action, hidden(action)) is True
        assert actions.get(TENANT, "a1", NOW) == hidden(action)

    def test_what_is_not_there_is_not_replaced(self) -> None:
        """A decision makes no action."""
        actions = self.make()
        action = sample_action("a1")

        assert actions.replace(TENANT, action, hidden(action)) is False
        assert actions.get(TENANT, "a1", NOW) is None

    def test_tenants_do_not_see_each_other(self) -> None:
        """The same id elsewhere is another action."""
        actions = self.make()
        action = sample_action("a1")
        actions.add(TENANT, [action])
        for other in OTHERS:
            assert actions.get(other, "a1", NOW) is None
            assert list(actions.pending(other, NOW)) == []
            assert actions.replace(other, action, hidden(action)) is False

        assert actions.get(TENANT, "a1", NOW) == action


def sample_action(action_id: str, **fields: object) -> PendingAction:
    """An offensive comment that is to be hidden, until March 2026."""
    given: dict[str, object] = {
        "id": action_id,
        "comment_id": "178_1",
        "text": "¡Qué barbaridad! ☕",
        "label": CommentLabel.OFFENSIVE,
        "label_text": "ofensivo",
        "sentiment": -0.75,
        "confidence": 0.9,
        "action": ModerationAction.HIDE,
        "flags": (ModerationFlag.COMPLAINT,),
        "written_at": TIMESTAMP,
        "created_at": TIMESTAMP,
        "expires_at": "2026-03-14T18:00:00.000000Z",
    }
    return PendingAction.read(given | fields)


def hidden(action: PendingAction) -> PendingAction:
    """The action after Ana decided to hide the comment."""
    return action.decided(Resolution(action=Decision.HIDE, reason="Insulto"), "ana", NOW)
