"""The worker: takes parts of jobs out of the queue, judges them, and survives being killed.

A part is hidden from other workers while it is judged, and comes again when its worker died. It is
then the same operation in the books, and what was stored of it already is not judged again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import attrs

from llama_marketing.app.moderation_judging import Again, PartJudging
from llama_marketing.app.moderation_part import Part
from llama_marketing.app.moderation_tallying import ModerationTallying
from llama_marketing.app.pending_actions import PendingActions
from llama_marketing.domain.config.models import ModerationSettings
from llama_marketing.domain.errors import BadOutput, LlamaMarketingError, Refused, StoreError
from llama_marketing.domain.model import Model
from llama_marketing.domain.moderation.jobs import JobPart, ModerationJob, PartState, QueuedPart
from llama_marketing.domain.moderation.models import CommentResult
from llama_marketing.domain.moderation.results import moderation_of
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.usage.entries import Basis, Outcome, timestamp
from llama_marketing.ports.clock import Clock
from llama_marketing.ports.job_queue import JobQueue
from llama_marketing.ports.moderation_jobs import ModerationJobs
from llama_marketing.ports.parallel import Parallel
from llama_marketing.ports.usage import UsageBooks

HIDDEN_SECONDS: Final = 40
"""After how long a part of a dead worker comes again; a living one asks for more in time."""
MOST_TRIES: Final = 3
"""Tries without any verdict after which a part is dead."""
MOST_TAKEN: Final = 25
"""How often a part is taken at most, so that one that kills its worker does not go on for ever."""
PAUSE_SECONDS: Final = 5
"""Before a further try, times the tries so far."""
TOGETHER: Final = 8
"""Parts that one worker judges at a time."""
IDLE_SECONDS: Final = 1.0

_log = logging.getLogger("llama_marketing.moderation")


class WorkReport(Model):
    """What a worker did: parts that were judged, that will be tried again, and that are dead."""

    judged: int = 0
    again: int = 0
    dead: int = 0

    def plus(self, ends: Sequence[str]) -> WorkReport:
        """With so many more."""
        return WorkReport(
            judged=self.judged + ends.count("judged"),
            again=self.again + ends.count("again"),
            dead=self.dead + ends.count("dead"),
        )


@attrs.frozen(kw_only=True)
class ModerationWorker:
    """Judges the parts of jobs, of every client. Several may run, in any number of processes."""

    judging: PartJudging
    pending: PendingActions
    tallying: ModerationTallying
    store: ModerationJobs
    queue: JobQueue
    books: UsageBooks
    parallel: Parallel
    clock: Clock

    def work(self, stop: threading.Event, *, until_empty: bool = False) -> WorkReport:
        """Judge what comes until ``stop`` is set; parts that were begun are ended first.

        With ``until_empty`` only as long as some part waits; raises StoreUnavailable then.
        """
        report = WorkReport()
        while not stop.is_set():
            try:
                ends = self.work_once()
            except LlamaMarketingError as error:
                if until_empty:
                    raise
                _log.error("moderation_worker_waits", extra={"error_code": error.code})
                ends = []
            report = report.plus(ends)
            if not ends and until_empty:
                break
            if not ends:
                stop.wait(IDLE_SECONDS)
        return report

    def work_once(self) -> Sequence[str]:
        """Judge some of the parts that wait; how each ended: judged, again, dead or gone.

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
        """Ask for more time while parts are judged; one that ended is no fault."""
        while not ended.wait(HIDDEN_SECONDS / 4):
            for part in taken:
                try:
                    self.queue.hide(part, self.clock.now(), HIDDEN_SECONDS)
                except LlamaMarketingError as error:
                    _log.warning("moderation_part_not_hidden", extra={"error_code": error.code})

    def _end(self, queued: QueuedPart) -> str:
        """Judge one part and tell the queue; what goes wrong here leaves the part to come again."""
        try:
            end = self._judged(queued)
            if end == "again":
                pause = PAUSE_SECONDS * queued.tries
                self.queue.hide(queued, self.clock.now(), pause)
            else:
                self.queue.acknowledge(queued)
        except Exception as error:  # noqa: BLE001 - one part must not end the others
            code = getattr(error, "code", "") or type(error).__name__
            _log.error("moderation_part_failed", extra={"error_code": code})
            return "again"
        return end

    def _judged(self, queued: QueuedPart) -> str:
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
            judged = self._judge(tenant, job, begun)
        except StoreError:
            # Nobody knows what is booked: it comes again as the same operation.
            raise
        except LlamaMarketingError as error:
            return self._failed(tenant, job, begun, error)
        if judged.error is not None and not isinstance(judged.error, Refused | BadOutput):
            return self._failed(tenant, job, begun, judged.error)
        results = self._results(tenant, job, begun, judged)
        self._ended(tenant, job, begun, begun.done(results))
        return "judged"

    def _known_failure(self, tenant: TenantRef, part: JobPart) -> JobPart:
        """The part once more, where its last try is booked as failed: then by another operation."""
        entry = self.books.entry(tenant, part.operation_id)
        over = entry is not None and entry.basis is not Basis.UPPER_BOUND
        if entry is None or not over or entry.outcome is Outcome.OK:
            return part
        failed = part.failed(entry.error_code)
        self.store.replace(tenant, part, failed)
        return failed

    def _judge(self, tenant: TenantRef, job: ModerationJob, part: JobPart) -> Part:
        """Call and book; raises what admission raises, and StoreError."""
        texts = {place: comment.text for place, comment in enumerate(part.comments)}
        again = Again(part.operation_id, datetime.fromisoformat(part.started_at))
        admitted = self.judging.admit(tenant, texts, job.user_id, again)
        try:
            self.judging.judge([admitted])
        except BaseException as error:
            self.judging.abandon([admitted], error)
            raise
        self.judging.settle(admitted)
        return admitted

    def _results(
        self, tenant: TenantRef, job: ModerationJob, part: JobPart, judged: Part
    ) -> tuple[CommentResult, ...]:
        """What comes of the verdicts; doing it again keeps no action twice."""
        settings = judged.operation.stored.config.moderation
        moment = datetime.fromisoformat(job.created_at)
        verdicts = judged.verdicts.judged
        if not settings.automatic:
            return moderation_of(part.comments, verdicts, settings, moment).results
        earlier = self.pending.negatives(tenant, part.comments, settings)
        results = moderation_of(part.comments, verdicts, settings, moment, earlier).results
        ids = [f"{part.id}-{place:02}" for place in range(len(results))]
        return self.pending.make(tenant, part.comments, results, ids, moment)

    def _failed(
        self, tenant: TenantRef, job: ModerationJob, part: JobPart, error: LlamaMarketingError
    ) -> str:
        """Keep that a try brought nothing; the last one makes the part dead."""
        failed = part.failed(error.code)
        self.store.replace(tenant, part, failed)
        return self._dead(tenant, job, failed) if failed.failures >= MOST_TRIES else "again"

    def _dead(self, tenant: TenantRef, job: ModerationJob, part: JobPart) -> str:
        """Leave the comments of a part to a person, and say so to the operator."""
        dead = part.dead(ModerationSettings(), datetime.fromisoformat(job.created_at))
        self._ended(tenant, job, part, dead)
        extra = {"job_id": part.job_id, "part": part.number, "error_code": part.error_code}
        _log.error("moderation_part_dead", extra=extra)
        return "dead"

    def _ended(self, tenant: TenantRef, job: ModerationJob, part: JobPart, ended: JobPart) -> None:
        """Count and keep what came of a part; doing it again changes nothing."""
        self.tallying.count(tenant, part.id, ended.results, datetime.fromisoformat(job.created_at))
        self.store.replace(tenant, part, ended)
