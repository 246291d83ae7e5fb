"""The worker: takes parts of jobs out of the queue, does them, and survives being killed.

A part is hidden from other workers while it is done, and comes again when its worker died. It is
then the same operation in the books, and what was stored of it already is not done again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from llama_marketing.app.part_work import PartWork
from llama_marketing.domain.errors import LlamaMarketingError, StoreError
from llama_marketing.domain.jobs.models import Job, JobKind, JobPart, PartState, QueuedPart
from llama_marketing.domain.model import Model
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Basis, Outcome, timestamp
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.job_queue import JobQueue
from llama_marketing.ports.jobs import Jobs
from llama_marketing.ports.parallel import Parallel
from llama_marketing.ports.usage import UsageBooks

HIDDEN_SECONDS: Final = 40
"""After how long a part of a dead worker comes again; a living one asks for more in time."""
MOST_TRIES: Final = 3
"""Tries that brought nothing, after which a part is dead."""
MOST_TAKEN: Final = 25
"""How often a part is taken at most, so that one that kills its worker does not go on for ever."""
PAUSE_SECONDS: Final = 5
"""Before a further try, times the tries so far."""
TOGETHER: Final = 8
"""Parts that one worker does at a time."""
IDLE_SECONDS: Final = 1.0

_log = logging.getLogger("llama_marketing.jobs")


class WorkReport(Model):
    """What a worker did: parts that were done, that will be tried again, and that are dead."""

    done: int = 0
    again: int = 0
    dead: int = 0

    def plus(self, ends: Sequence[str]) -> WorkReport:
        """With so many more."""
        return WorkReport(
            done=self.done + ends.count("done"),
            again=self.again + ends.count("again"),
            dead=self.dead + ends.count("dead"),
        )


@attrs.frozen(kw_only=True)
class JobWorker:
    """Does the parts of jobs, of every client. Several may run, in any number of processes."""

    works: Mapping[JobKind, PartWork]
    store: Jobs
    queue: JobQueue
    books: UsageBooks
    parallel: Parallel
    clock: Clock

    def work(self, stop: threading.Event, *, until_empty: bool = False) -> WorkReport:
        """Do what comes until ``stop`` is set; parts that were begun are ended first.

        With ``until_empty`` only as long as some part waits; raises StoreUnavailable then.
        """
        report = WorkReport()
        while not stop.is_set():
            try:
                ends = self.work_once()
            except LlamaMarketingError as error:
                if until_empty:
                    raise
                _log.error("job_worker_waits", extra={"error_code": error.code})
                ends = []
            report = report.plus(ends)
            if not ends and until_empty:
                break
            if not ends:
                stop.wait(IDLE_SECONDS)
        return report

    def work_once(self) -> Sequence[str]:
        """Do some of the parts that wait; how each ended: done, again, dead or gone.

        Raises StoreUnavailable where the queue cannot be asked.
        """
        taken = self.queue.take(self.clock.now(), HIDDEN_SECONDS, TOGETHER)
        if not taken:
            return []
        ended = threading.Event()
        keeper = threading.Thread(
            target=self._keep_hidden, args=(taken, ended), name="llama-marketing-hold", daemon=True
        )
        keeper.start()
        try:
            return self.parallel.map(self._end, taken)
        finally:
            ended.set()
            keeper.join()

    def _keep_hidden(self, taken: Sequence[QueuedPart], ended: threading.Event) -> None:
        """Ask for more time while parts are done; one that ended is no fault."""
        while not ended.wait(HIDDEN_SECONDS / 4):
            for part in taken:
                try:
                    self.queue.hide(part, self.clock.now(), HIDDEN_SECONDS)
                except LlamaMarketingError as error:
                    _log.warning("job_part_not_hidden", extra={"error_code": error.code})

    def _end(self, queued: QueuedPart) -> str:
        """Do one part and tell the queue; what goes wrong here leaves the part to come again."""
        try:
            end = self._done(queued)
            if end == "again":
                pause = PAUSE_SECONDS * queued.tries
                self.queue.hide(queued, self.clock.now(), pause)
            else:
                self.queue.acknowledge(queued)
        except Exception as error:  # noqa: BLE001 - one part must not end the others
            code = getattr(error, "code", "") or type(error).__name__
            _log.error("job_part_failed", extra={"error_code": code})
            return "again"
        return end

    def _done(self, queued: QueuedPart) -> str:
        tenant, ref = queued.ref.tenant, queued.ref
        job = self.store.get(tenant, ref.job_id, timestamp(self.clock.now()))
        parts = self.store.parts(tenant, ref.job_id, ref.number)
        if job is None or not parts or parts[0].state is not PartState.OPEN:
            return "gone"
        part = parts[0]
        if queued.tries > MOST_TAKEN or part.failures >= MOST_TRIES:
            return self._dead(tenant, job, part)
        if queued.tries > 1:
            part = self._known_failure(tenant, part)
        begun = part.started(timestamp(self.clock.now()))
        if not self.store.replace(tenant, part, begun):
            return "gone"
        try:
            ended = self.works[job.kind].do(tenant, job, begun)
        except StoreError:
            # Nobody knows what is booked: it comes again as the same operation.
            raise
        except LlamaMarketingError as error:
            return self._failed(tenant, job, begun, error)
        self._ended(tenant, job, begun, ended)
        return "done"

    def _known_failure(self, tenant: TenantRef, part: JobPart) -> JobPart:
        """The part once more, where its last try is booked as failed: then by another operation."""
        entry = self.books.entry(tenant, part.operation_id)
        over = entry is not None and entry.basis is not Basis.UPPER_BOUND
        if entry is None or not over or entry.outcome is Outcome.OK:
            return part
        failed = part.failed(entry.error_code)
        self.store.replace(tenant, part, failed)
        return failed

    def _failed(
        self, tenant: TenantRef, job: Job, part: JobPart, error: LlamaMarketingError
    ) -> str:
        """Keep that a try brought nothing; the last one makes the part dead."""
        failed = part.failed(error.code, error.user_message)
        self.store.replace(tenant, part, failed)
        tries = MOST_TRIES if self.works[job.kind].may_try_again(error) else 1
        return self._dead(tenant, job, failed) if failed.failures >= tries else "again"

    def _dead(self, tenant: TenantRef, job: Job, part: JobPart) -> str:
        """Give a part up, and say so to the operator."""
        self._ended(tenant, job, part, self.works[job.kind].given_up(job, part))
        extra = {"job_id": part.job_id, "part": part.number, "error_code": part.error_code}
        _log.error("job_part_dead", extra=extra)
        return "dead"

    def _ended(self, tenant: TenantRef, job: Job, part: JobPart, ended: JobPart) -> None:
        """Count and keep what came of a part; doing it again changes nothing."""
        self.works[job.kind].count(tenant, job, ended)
        self.store.replace(tenant, part, ended)
