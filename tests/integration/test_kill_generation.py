"""A process killed around any store call of its operations leaves books that a sweep puts right."""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import signal
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.adapters.sqlite.configs import SqliteConfigs
from llama_marketing.adapters.sqlite.usage import SqliteUsageBooks
from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatReply, FinishReason, ReportedUsage
from llama_marketing.domain.errors import LlamaMarketingError, QuotaExceeded
from llama_marketing.domain.usage.entries import Basis, Purpose, RatingTally
from llama_marketing.domain.usage.ratings import tally_of
from llama_marketing.testing.hosts import BreaksOff, FakeChatHosts
from llama_marketing.testing.invariants import all_entries, assert_books_agree, open_holds
from tests.unit.app.samples import (
    ASKED,
    MONTH,
    NOW,
    TENANT,
    StandingClock,
    configure,
    post,
    settings,
)

FRESH = ASKED | {"bypass_cache": True}
FORK = multiprocessing.get_context("fork")
CALLS = {
    SqliteConfigs: ("get", "replace"),
    SqliteUsageBooks: ("reserve", "enlarge", "settle", "record", "rate", "expired_holds"),
}


def opened(path: Path, clock: StandingClock) -> Container:
    """A container on the file, with hosts in memory."""
    chat = FakeChatHosts(otherwise=ChatReply(post(), FinishReason.STOP, usage=ReportedUsage(9, 4)))
    store = settings(LLAMA_MARKETING_STORE=f"sqlite:///{path}", LLAMA_MARKETING_DEADLINE="5")
    return Container.from_settings(store, chat=chat, clock=clock)


def work(path: Path, done: Path) -> None:
    """One operation of every kind; each that came back to its caller is noted in ``done``."""

    def note(operation: str) -> None:
        with done.open("a") as file:
            file.write(operation + "\n")

    with opened(path, StandingClock()) as container:
        chat: Any = container._wiring.chat()
        service = container.generation_service()
        note(first := service.generate(TENANT, FRESH).id)
        note(service.generate(TENANT, ASKED).id)
        long = ChatReply(post("Ven hoy. " * 40), FinishReason.STOP, usage=ReportedUsage(3000, 900))
        chat.script(long)
        note(service.generate(TENANT, FRESH | {"max_length": 60}).id)
        stream = service.stream(TENANT, FRESH)
        list(stream)
        note(stream.id)
        with service.stream(TENANT, FRESH) as left:
            next(left)
        note(left.id)
        chat.script(BreaksOff("half"), BreaksOff("half"))
        _ends_with_an_error(lambda: service.generate(TENANT, FRESH))
        for thumbs in ("up", "down"):
            container.usage_service().rate(TENANT, first, thumbs=thumbs, user_id="ana")
        container.config_service().validate(TENANT)
        container.config_service().update(TENANT, {"quotaMonthly": 1})
        _ends_with_an_error(lambda: service.generate(TENANT, FRESH))
        note("all")


def _ends_with_an_error(act: Callable[[], object]) -> None:
    try:
        act()
    except LlamaMarketingError:
        return
    raise AssertionError("the operation went well")


def killed_at(path: Path, done: Path, moment: int) -> int:
    """Run the work in a child that dies at a moment (two a store call); its exit code."""
    moments = count(1)

    def live_or_die() -> None:
        if next(moments) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def call(*arguments: Any, **options: Any) -> Any:
            live_or_die()
            answer = method(*arguments, **options)
            live_or_die()
            return answer

        return call

    def child() -> None:
        with pytest.MonkeyPatch.context() as patch:
            for kind, names in CALLS.items():
                for name in names:
                    patch.setattr(kind, name, watched(getattr(kind, name)))
            work(path, done)

    process = FORK.Process(target=child, daemon=True)
    process.start()
    process.join(timeout=60)
    assert process.exitcode is not None
    return process.exitcode


def admitted(path: Path) -> set[str]:
    """The ids of every hold that was ever open."""
    connection = sqlite3.connect(path)
    holds = [json.loads(body) for (body,) in connection.execute("SELECT document FROM holds")]
    connection.close()
    return {hold["id"] for hold in holds if hold["state"] != "REFUSED"}


@pytest.mark.slow
def test_a_kill_around_any_store_call_is_put_right_by_a_sweep(tmp_path: Path) -> None:
    """Entries are operations, no hold is open, the sums agree; what was answered is as it was."""
    moment, swept_ever = 0, 0
    while True:
        moment += 1
        path, done = tmp_path / f"{moment}.db", tmp_path / f"{moment}.done"
        with opened(path, StandingClock()) as container:
            configure(container, quota_monthly=20_000, quota_unit="tokens", cache_hours=24)
        code = killed_at(path, done, moment)
        assert code in (0, -signal.SIGKILL)
        clock = StandingClock(NOW + timedelta(seconds=66))
        with opened(path, clock) as container:
            books = container._wiring.books()
            swept_ever += container.usage_service().sweep().swept
            assert open_holds(books, TENANT) == []
            assert_books_agree(books, TENANT, MONTH)
            entries = {entry.id: entry for entry in all_entries(books, TENANT, MONTH)}
            operations = {e.id for e in entries.values() if e.purpose is Purpose.GENERATION}
            again = {e.id for e in entries.values() if e.basis is Basis.CACHE}
            assert operations == admitted(path) | again
            assert len(again) <= 1
            finished = done.read_text().split() if done.exists() else []
            for operation in finished:
                if operation != "all":
                    assert entries[operation].basis is not Basis.UPPER_BOUND
                    assert (
                        container.generation_service().generation(TENANT, operation).id == operation
                    )
            if "all" not in finished:
                # The client goes on with what is left, as if nothing had happened.
                try:
                    container.generation_service().generate(TENANT, FRESH)
                except QuotaExceeded:
                    assert container.config_service().get(TENANT).quota_monthly == 1
                assert_books_agree(books, TENANT, MONTH)
        if code == 0:
            break
    assert finished[-1] == "all"
    assert tally_of(entries[finished[0]]) == RatingTally(rating_sum=1, ratings=1)
    assert moment > 40
    assert len(again) == 1
    assert swept_ever >= 10
