"""The contract of the port ``JobQueue``, as tests for any adapter."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from functools import partial

from llama_marketing.domain.jobs.models import PartRef, QueuedPart
from llama_marketing.ports.job_queue import JobQueue
from llama_marketing.testing.races import run_together
from llama_marketing.testing.samples import TENANT, TIMESTAMP

NOW = datetime.fromisoformat(TIMESTAMP)
LONG = 600
"""Seconds that no test lasts."""


class JobQueueContract(ABC):
    """Derive a class whose name starts with Test and say how an empty queue is made.

    A queue may go by its own clock: ``NOW`` stands still in these tests.
    """

    @abstractmethod
    def make(self) -> JobQueue:
        """An empty queue."""

    def test_what_was_put_is_taken_once(self) -> None:
        """More than one call takes, of several clients, in any order."""
        queue = self.make()
        parts = [sample_ref(number) for number in range(23)]
        parts += [sample_ref(0, client_id="cli2"), sample_ref(0, job_id="job2")]
        queue.put(parts, NOW)

        taken = take_all(queue)

        assert sorted(str(one.ref) for one in taken) == sorted(str(part) for part in parts)
        assert {one.tries for one in taken} == {1}
        assert list(queue.take(NOW, LONG, 10)) == []

    def test_nothing_put_is_nothing_taken(self) -> None:
        """An empty list is fine."""
        queue = self.make()
        queue.put([], NOW)

        assert list(queue.take(NOW, LONG, 10)) == []

    def test_no_more_are_taken_than_are_wanted(self) -> None:
        """The rest waits for others."""
        queue = self.make()
        queue.put([sample_ref(number) for number in range(3)], NOW)

        assert len(queue.take(NOW, LONG)) == 1
        assert len(take_all(queue)) == 2

    def test_what_was_not_acknowledged_comes_again(self) -> None:
        """Once the time is over for which it was hidden, and with one more try."""
        queue = self.make()
        queue.put([sample_ref(0)], NOW)

        assert [one.tries for one in queue.take(NOW, 0)] == [1]
        (again,) = queue.take(NOW, LONG)

        assert (again.ref, again.tries) == (sample_ref(0), 2)

    def test_what_was_given_back_comes_again_and_what_is_kept_does_not(self) -> None:
        """``hide`` counts from now on."""
        queue = self.make()
        queue.put([sample_ref(0), sample_ref(1)], NOW)
        back, kept = sorted(take_all(queue), key=lambda one: one.ref.number)

        queue.hide(kept, NOW, LONG)
        queue.hide(back, NOW, 0)

        assert [one.ref.number for one in take_all(queue)] == [0]

    def test_what_was_acknowledged_never_comes_again(self) -> None:
        """Acknowledging it again is no fault, nor is hiding it."""
        queue = self.make()
        queue.put([sample_ref(0), sample_ref(1)], NOW)
        for one in take_all(queue):
            queue.acknowledge(one)
        queue.acknowledge(one)
        queue.hide(one, NOW, 0)

        assert list(queue.take(NOW, LONG, 10)) == []

    def test_workers_at_once_share_the_parts(self) -> None:
        """Each goes to one of them."""
        queue = self.make()
        queue.put([sample_ref(number) for number in range(20)], NOW)

        shares = run_together([partial(take_all, queue)] * 4)

        numbers = [one.ref.number for share in shares for one in share]
        rest = [one.ref.number for one in take_all(queue)]
        assert sorted(numbers + rest) == list(range(20))


def sample_ref(number: int, **fields: str) -> PartRef:
    """A part of a job of the sample tenant."""
    given = {
        "organization_id": TENANT.organization_id,
        "client_id": TENANT.client_id,
        "job_id": "job1",
    }
    return PartRef.read({**given, **fields, "number": number})


def take_all(queue: JobQueue) -> list[QueuedPart]:
    """Everything that can be taken."""
    taken: list[QueuedPart] = []
    while some := queue.take(NOW, LONG, 10):
        taken += some
    return taken
