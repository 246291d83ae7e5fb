"""A job whose workers are killed at one statement after the other is judged once in the books."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import threading
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.app.job_worker import HIDDEN_SECONDS, MOST_TAKEN
from llama_marketing.domain.jobs.models import JobStatus
from llama_marketing.domain.usage.entries import Outcome
from llama_marketing.testing.hosts import FakeChatHosts
from llama_marketing.testing.invariants import all_entries, assert_books_agree
from tests.unit.app.samples import (
    MONTH,
    NOW,
    TENANT,
    StandingClock,
    books_of,
    configure,
    holds_of,
    settings,
)
from tests.unit.app.test_moderation import asked, model, obedient

FORK = multiprocessing.get_context("fork")
COMMENTS = 260
PARTS = 11


def opened(path: Path, clock: StandingClock) -> Container:
    """A container on the file, with an obedient model in memory."""
    own = settings(LLAMA_MARKETING_STORE=f"sqlite:///{path}", LLAMA_MARKETING_DEADLINE="5")
    return Container.from_settings(own, chat=FakeChatHosts(otherwise=model(obedient)), clock=clock)


def killed_at(path: Path, clock: StandingClock, statement: int) -> int:
    """Let a worker work in a child that dies before a statement; answer the exit code."""
    statements, usual = count(1), sqlite3.connect

    def live_or_die(_: str) -> None:
        if next(statements) == statement:
            os.kill(os.getpid(), signal.SIGKILL)

    def connect(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = usual(*args, **options)
        connection.set_trace_callback(live_or_die)
        return connection

    def child() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sqlite3, "connect", connect)
            with opened(path, clock) as container:
                container.job_worker().work(threading.Event(), until_empty=True)

    process = FORK.Process(target=child, daemon=True)
    process.start()
    process.join(timeout=60)
    assert process.exitcode is not None
    return process.exitcode


@pytest.mark.slow
def test_each_comment_is_judged_once_in_the_books_whenever_workers_die(tmp_path: Path) -> None:
    """What was begun is taken up again after it was hidden; no try is lost or booked twice."""
    path, clock = tmp_path / "store.db", StandingClock(NOW)
    with opened(path, clock) as container:
        configure(container, moderation={"automatic": True})
        request = asked(*[f"El pan {n} llegó frío" for n in range(COMMENTS)]) | {"async": True}
        job_id = container.moderation_service().submit(TENANT, request).job_id

    deaths = 0
    for statement in range(20, 2_000, 23):
        code = killed_at(path, clock, statement)
        clock.go_on(HIDDEN_SECONDS + 1)
        if code == 0:
            break
        assert code == -signal.SIGKILL
        deaths += 1
    assert 3 < deaths < MOST_TAKEN

    clock.go_on(timedelta(minutes=10).total_seconds())
    with opened(path, clock) as container:
        container.usage_service().sweep()
        page = container.moderation_service().job(TENANT, job_id)
        entries = list(all_entries(books_of(container), TENANT, MONTH))
        assert holds_of(container) == []
        assert_books_agree(books_of(container), TENANT, MONTH)
        waiting = container.moderation_service().pending_actions(TENANT, limit=100)
        sums = container.moderation_service().summary(TENANT)

    assert (page.status, page.processed) == (JobStatus.COMPLETED, COMMENTS)
    assert [result.comment_id for result in page.results] == [f"c{n}" for n in range(COMMENTS)]
    operations = [entry for entry in entries if not entry.adjusts]
    assert [entry.outcome for entry in operations] == [Outcome.OK] * PARTS
    assert (sums.total, sums.not_judged) == (COMMENTS, 0)
    assert len({action.comment_id for action in waiting.items}) == len(waiting.items)
