"""The worker: each comment judged once in the books, whatever dies, fails or comes twice."""

from __future__ import annotations

import threading
from typing import Any

import attrs
import pytest

from llama_marketing.app import job_worker
from llama_marketing.app.comment_parts import CommentParts
from llama_marketing.app.container import Container
from llama_marketing.app.job_worker import (
    HIDDEN_SECONDS,
    MOST_TAKEN,
    JobWorker,
    WorkReport,
)
from llama_marketing.app.moderation_judging import PartJudging
from llama_marketing.domain.chat.models import ChatCall, HostTarget
from llama_marketing.domain.errors import HostUnreachable, Refused, StoreUnavailable
from llama_marketing.domain.jobs.models import JobKind, JobPage, JobStatus
from llama_marketing.domain.moderation.models import ModerationAction, ModerationFlag
from llama_marketing.domain.usage.entries import Outcome
from llama_marketing.testing.hosts import FakeChatHosts, Said
from llama_marketing.testing.invariants import assert_books_agree
from tests.unit.app.samples import (
    MONTH,
    TENANT,
    StandingClock,
    books_of,
    configure,
    container_over,
    entries_of,
    holds_of,
)
from tests.unit.app.test_moderation import asked, model, obedient

PATIENCE = 60


class Killed(BaseException):
    """The process dies here."""


def submit(container: Container, *texts: str) -> str:
    """A job; answers its id."""
    request = asked(*(texts or ("Hola", "Eres un idiota"))) | {"async": True}
    return container.moderation_service().submit(TENANT, request).job_id


def worker_of(container: Container, **changes: Any) -> JobWorker:
    """The container's worker, with some parts exchanged; ``judging`` is that of its comments."""
    worker = container.job_worker()
    if "judging" in changes:
        parts = attrs.evolve(comment_parts(worker), judging=changes.pop("judging"))
        changes["works"] = {**worker.works, JobKind.MODERATION: parts}
    return attrs.evolve(worker, **changes)


def comment_parts(worker: JobWorker) -> CommentParts:
    """What it does with comments."""
    parts = worker.works[JobKind.MODERATION]
    assert isinstance(parts, CommentParts)
    return parts


def judging_of(worker: JobWorker) -> PartJudging:
    """How it judges comments."""
    return comment_parts(worker).judging


def page_of(container: Container, job_id: str) -> JobPage:
    """The first page of a job."""
    return container.moderation_service().job(TENANT, job_id)


def rounds(container: Container, clock: StandingClock, count: int) -> list[str]:
    """How parts end in some rounds, with enough time between them."""
    ends: list[str] = []
    for _ in range(count):
        ends += container.job_worker().work_once()
        clock.go_on(HIDDEN_SECONDS + 1)
    return ends


def assert_agree(container: Container) -> None:
    """Nothing is open, and the books agree."""
    assert holds_of(container) == []
    assert_books_agree(books_of(container), TENANT, MONTH)


# What comes twice ----------------------------------------------------------------------------


def test_a_part_that_comes_again_after_it_ended_is_not_judged_again() -> None:
    """As when the acknowledgement was lost."""
    clock, chat = StandingClock(), FakeChatHosts(otherwise=model(obedient))
    with container_over(chat, clock) as container:
        configure(container)
        job_id = submit(container)
        queue = _Deaf(container._wiring.job_queue())
        assert list(worker_of(container, queue=queue).work_once()) == ["done"]
        clock.go_on(HIDDEN_SECONDS + 1)

        assert list(container.job_worker().work_once()) == ["gone"]
        assert list(container.job_worker().work_once()) == []
        assert len(chat.calls) == len(entries_of(container)) == 1
        assert page_of(container, job_id).processed == 2
        assert_agree(container)


@attrs.frozen
class _Deaf:
    """A queue that hears of nothing that was dealt with."""

    queue: Any

    def take(self, *arguments: Any) -> Any:
        return self.queue.take(*arguments)

    def acknowledge(self, _: object) -> None:
        pass


@pytest.mark.parametrize("dies_in", ["judge", "settle", "replace"])
def test_a_part_of_a_killed_worker_is_the_same_operation_when_it_is_taken_up(dies_in: str) -> None:
    """Whether it died before the call, before it was booked, or before verdicts were stored."""
    clock, chat = StandingClock(), FakeChatHosts(otherwise=model(obedient))
    with container_over(chat, clock) as container:
        configure(container, moderation={"automatic": True})
        job_id = submit(container)
        whole = container.job_worker()
        dying = (
            worker_of(container, store=_DyingStore(whole.store))
            if dies_in == "replace"
            else worker_of(container, judging=_DyingJudging(judging_of(whole), dies_in))
        )
        with pytest.raises(Killed):
            dying.work_once()
        assert list(whole.work_once()) == []
        clock.go_on(HIDDEN_SECONDS + 1)

        assert list(whole.work_once()) == ["done"]
        (entry,) = entries_of(container)
        page = page_of(container, job_id)
        waiting = container.moderation_service().pending_actions(TENANT).items
        assert entry.outcome is Outcome.OK
        assert (page.status, page.processed) == (JobStatus.COMPLETED, 2)
        wanted = [r for r in page.results if r.action is not ModerationAction.NONE]
        assert sorted(action.id for action in waiting) == sorted(str(r.action_id) for r in wanted)
        assert container.moderation_service().summary(TENANT).total == 2
        assert_agree(container)


@attrs.frozen
class _DyingJudging:
    """Dies at one step, leaving everything as it is."""

    judging: Any
    step: str

    def admit(self, *arguments: Any) -> Any:
        return self.judging.admit(*arguments)

    def judge(self, parts: Any) -> None:
        if self.step == "judge":
            raise Killed
        self.judging.judge(parts)

    def settle(self, _: object) -> None:
        raise Killed

    def abandon(self, *_: object) -> None:
        """The dead book nothing."""


@attrs.frozen
class _DyingStore:
    """Dies when verdicts are to be stored."""

    store: Any

    def get(self, *arguments: Any) -> Any:
        return self.store.get(*arguments)

    def parts(self, *arguments: Any) -> Any:
        return self.store.parts(*arguments)

    def replace(self, tenant: Any, seen: Any, changed: Any) -> bool:
        if changed.results:
            raise Killed
        done: bool = self.store.replace(tenant, seen, changed)
        return done


def test_an_operation_that_was_swept_meanwhile_still_is_one_operation() -> None:
    """Its late end becomes an adjustment."""
    clock, chat = StandingClock(), FakeChatHosts(otherwise=model(obedient))
    with container_over(chat, clock) as container:
        configure(container)
        job_id = submit(container)
        whole = container.job_worker()
        with pytest.raises(Killed):
            worker_of(container, judging=_DyingJudging(judging_of(whole), "judge")).work_once()
        clock.go_on(3600)
        assert container.usage_service().sweep(TENANT).swept == 1

        assert list(whole.work_once()) == ["done"]
        operations = [entry for entry in entries_of(container) if not entry.adjusts]
        assert len(operations) == 1
        assert page_of(container, job_id).status is JobStatus.COMPLETED
        assert_agree(container)


def test_two_workers_that_both_believe_to_have_a_part_book_it_once() -> None:
    """As when one was frozen for longer than its part was hidden."""
    clock, seen = StandingClock(), threading.Event()
    slow_may_go_on = threading.Event()
    first = [True]

    def said(target: HostTarget, call: ChatCall) -> Said:
        if first.pop() if first else False:
            seen.set()
            assert slow_may_go_on.wait(PATIENCE)
        return model(obedient)(target, call)

    with container_over(FakeChatHosts(otherwise=said), clock) as container:
        configure(container)
        job_id = submit(container)
        ends: list[str] = []
        slow = threading.Thread(
            target=lambda: ends.extend(container.job_worker().work_once()), daemon=True
        )
        slow.start()
        assert seen.wait(PATIENCE)
        clock.go_on(HIDDEN_SECONDS + 1)
        assert list(container.job_worker().work_once()) == ["done"]
        slow_may_go_on.set()
        slow.join(PATIENCE)

        assert ends == ["done"]
        assert len(entries_of(container)) == 1
        assert page_of(container, job_id).processed == 2
        assert_agree(container)


# What fails ----------------------------------------------------------------------------------


def test_a_part_is_tried_again_after_a_pause_and_each_try_is_booked() -> None:
    clock = StandingClock()
    failing = [True]

    def said(target: HostTarget, call: ChatCall) -> Said:
        return HostUnreachable("down") if failing else model(obedient)(target, call)

    with container_over(FakeChatHosts(otherwise=said), clock) as container:
        configure(container)
        job_id = submit(container)
        worker = container.job_worker()
        assert list(worker.work_once()) == ["again"]
        assert list(worker.work_once()) == []
        running = page_of(container, job_id)
        failing.clear()
        clock.go_on(5)

        assert list(worker.work_once()) == ["done"]
        outcomes = sorted(entry.outcome.value for entry in entries_of(container))
        assert (running.status, running.processed) == (JobStatus.RUNNING, 0)
        assert outcomes == ["failed", "ok"]
        assert page_of(container, job_id).status is JobStatus.COMPLETED
        assert_agree(container)


def test_after_three_tries_the_comments_go_to_a_person() -> None:
    """A job of which nothing was judged has failed."""
    clock, chat = StandingClock(), FakeChatHosts(otherwise=HostUnreachable("down"))
    with container_over(chat, clock) as container:
        configure(container)
        job_id = submit(container)
        ends = rounds(container, clock, 5)
        page = page_of(container, job_id)
        sums = container.moderation_service().summary(TENANT)
        assert_agree(container)

    assert ends == ["again", "again", "dead"]
    assert (page.status, page.processed) == (JobStatus.FAILED, 2)
    assert {result.action for result in page.results} == {ModerationAction.ESCALATE}
    assert (sums.total, sums.not_judged) == (2, 2)


def test_what_admission_refuses_is_tried_again_and_books_nothing() -> None:
    """A client may be switched on again."""
    clock, chat = StandingClock(), FakeChatHosts(otherwise=model(obedient))
    with container_over(chat, clock) as container:
        configure(container)
        job_id = submit(container)
        container.config_service().set_enabled(TENANT, False)
        refused = rounds(container, clock, 1)
        container.config_service().set_enabled(TENANT, True)

        assert refused + rounds(container, clock, 1) == ["again", "done"]
        assert len(entries_of(container)) == 1
        assert page_of(container, job_id).status is JobStatus.COMPLETED


@pytest.mark.parametrize("word", [Refused("no"), "Son comentarios muy bonitos."])
def test_a_refusal_and_nonsense_are_answers_and_not_tried_again(word: Said) -> None:
    with container_over(FakeChatHosts(otherwise=word), StandingClock()) as container:
        configure(container)
        job_id = submit(container)
        assert list(container.job_worker().work_once()) == ["done"]
        page = page_of(container, job_id)
        assert_agree(container)

    assert page.status is JobStatus.COMPLETED
    assert all(ModerationFlag.NOT_JUDGED in result.flags for result in page.results)


def test_a_part_that_kills_its_workers_is_given_up() -> None:
    clock, chat = StandingClock(), FakeChatHosts(otherwise=model(obedient))
    with container_over(chat, clock) as container:
        configure(container)
        job_id = submit(container)
        whole = container.job_worker()
        dying = worker_of(container, judging=_DyingJudging(judging_of(whole), "judge"))
        for _ in range(MOST_TAKEN):
            with pytest.raises(Killed):
                dying.work_once()
            clock.go_on(HIDDEN_SECONDS + 1)

        assert list(dying.work_once()) == ["dead"]
        assert page_of(container, job_id).status is JobStatus.FAILED


def test_a_failure_that_was_booked_but_not_kept_is_followed_by_another_operation() -> None:
    """The worker died in between; what the next try costs is booked."""
    clock, failing = StandingClock(), [True]

    def said(target: HostTarget, call: ChatCall) -> Said:
        return HostUnreachable("down") if failing else model(obedient)(target, call)

    with container_over(FakeChatHosts(otherwise=said), clock) as container:
        configure(container)
        submit(container)
        whole = container.job_worker()
        with pytest.raises(Killed):
            worker_of(container, store=_NeverFailed(whole.store)).work_once()
        failing.clear()
        clock.go_on(HIDDEN_SECONDS + 1)

        assert list(whole.work_once()) == ["done"]
        entries = {entry.outcome: entry for entry in entries_of(container)}
        assert set(entries) == {Outcome.FAILED, Outcome.OK}
        assert entries[Outcome.OK].tokens_input == 100
        assert_agree(container)


class _NeverFailed(_DyingStore):
    """Dies when a failure is to be kept."""

    def replace(self, tenant: Any, seen: Any, changed: Any) -> bool:
        if changed.failures:
            raise Killed
        done: bool = self.store.replace(tenant, seen, changed)
        return done


def test_a_store_that_fails_leaves_the_part_to_come_again_as_the_same_operation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, chat = StandingClock(), FakeChatHosts(otherwise=model(obedient))
    with container_over(chat, clock) as container:
        configure(container)
        job_id = submit(container)
        books = books_of(container)
        with monkeypatch.context() as patch:
            patch.setattr(type(books), "settle", _unavailable)
            assert list(container.job_worker().work_once()) == ["again"]
        clock.go_on(HIDDEN_SECONDS + 1)

        assert list(container.job_worker().work_once()) == ["done"]
        assert len(entries_of(container)) == 1
        assert page_of(container, job_id).status is JobStatus.COMPLETED
        assert_agree(container)


def _unavailable(*_: object, **__: object) -> None:
    raise StoreUnavailable("down")


def test_a_bug_in_one_part_does_not_end_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    chat = FakeChatHosts(otherwise=model(obedient))
    with container_over(chat, StandingClock()) as container:
        configure(container)
        submit(container, *[f"Hola {n}" for n in range(50)])
        usual, broken = CommentParts._results, [True]

        def results(*arguments: Any) -> Any:
            if broken:
                broken.pop()
                raise ZeroDivisionError
            return usual(*arguments)

        monkeypatch.setattr(CommentParts, "_results", results)
        ends = container.job_worker().work_once()

    assert sorted(ends) == ["again", "done"]


def test_a_part_of_a_job_that_is_gone_is_dropped() -> None:
    clock = StandingClock()
    with container_over(FakeChatHosts(otherwise=model(obedient)), clock) as container:
        configure(container)
        submit(container)
        clock.go_on(91 * 86_400)

        assert list(container.job_worker().work_once()) == ["gone"]
        assert list(container.job_worker().work_once()) == []


def test_who_begins_a_part_that_changed_meanwhile_leaves_it() -> None:
    with container_over(FakeChatHosts(otherwise=model(obedient)), StandingClock()) as container:
        configure(container)
        submit(container)
        whole = container.job_worker()

        assert list(worker_of(container, store=_Taken(whole.store)).work_once()) == ["gone"]
        assert entries_of(container) == []


class _Taken(_DyingStore):
    """Another worker was faster."""

    def replace(self, tenant: Any, seen: Any, changed: Any) -> bool:
        return False


# The loop ------------------------------------------------------------------------------------


def test_while_a_part_is_judged_it_is_kept_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A queue that fails at that is told, and asked again."""
    kept = threading.Event()
    monkeypatch.setattr(job_worker, "HIDDEN_SECONDS", 0.1)

    def said(target: HostTarget, call: ChatCall) -> Said:
        assert kept.wait(PATIENCE)
        return model(obedient)(target, call)

    with container_over(FakeChatHosts(otherwise=said), StandingClock()) as container:
        configure(container)
        submit(container)
        queue = _Counting(container._wiring.job_queue(), kept)

        assert list(worker_of(container, queue=queue).work_once()) == ["done"]

    assert len(queue.hidden) >= 2


@attrs.frozen
class _Counting(_Deaf):
    """Counts how often a part is hidden; the first time fails."""

    kept: threading.Event
    hidden: list[float] = attrs.Factory(list)

    def hide(self, part: Any, now: Any, seconds: float) -> None:
        self.hidden.append(seconds)
        if len(self.hidden) == 1:
            raise StoreUnavailable("down")
        self.kept.set()


def test_a_worker_goes_on_until_it_is_stopped_and_survives_an_absent_store(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is handed in while it waits is taken up."""
    monkeypatch.setattr(job_worker, "IDLE_SECONDS", 0.01)
    stop, looked = threading.Event(), threading.Event()
    reports: list[WorkReport] = []
    with container_over(FakeChatHosts(otherwise=model(obedient)), StandingClock()) as container:
        configure(container)
        queue = _Absent(container._wiring.job_queue(), looked)
        worker = worker_of(container, queue=queue)
        thread = threading.Thread(target=lambda: reports.append(worker.work(stop)), daemon=True)
        thread.start()
        assert looked.wait(PATIENCE)
        job_id = submit(container)
        assert queue.dealt_with.wait(PATIENCE)
        stop.set()
        thread.join(PATIENCE)

        assert reports == [WorkReport(done=1)]
        assert page_of(container, job_id).status is JobStatus.COMPLETED


@attrs.frozen
class _Absent(_Deaf):
    """Fails the first time it is asked."""

    looked: threading.Event
    dealt_with: threading.Event = attrs.Factory(threading.Event)

    def take(self, *arguments: Any) -> Any:
        if not self.looked.is_set():
            self.looked.set()
            raise StoreUnavailable("down")
        return self.queue.take(*arguments)

    def acknowledge(self, part: Any) -> None:
        self.queue.acknowledge(part)
        self.dealt_with.set()


def test_until_empty_an_absent_store_is_an_error() -> None:
    with container_over(FakeChatHosts(), StandingClock()) as container:
        queue = _Absent(container._wiring.job_queue(), threading.Event())
        with pytest.raises(StoreUnavailable):
            worker_of(container, queue=queue).work(threading.Event(), until_empty=True)


def test_a_report_counts_every_end() -> None:
    report = WorkReport(done=1).plus(["done", "again", "dead", "gone", "done"])

    assert report == WorkReport(done=3, again=1, dead=1)
