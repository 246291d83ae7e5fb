"""The contract of the port ``Telemetry``, as tests for any adapter, and one that remembers."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import attrs
import pytest

from llama_marketing.domain.catalog.hosts import HostRow, ServingStatus
from llama_marketing.domain.catalog.staleness import StaleCatalog
from llama_marketing.domain.chat.models import ChatCall, FinishReason, Message, Role
from llama_marketing.domain.errors import HostError, HostUnreachable, StoreUnavailable
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.telemetry import CallFacts, OperationEnd, OperationFacts
from llama_marketing.domain.usage.entries import Attempt, Basis, Outcome
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform
from llama_marketing.ports.telemetry import OperationTelemetry, Telemetry
from llama_marketing.testing.races import run_together
from llama_marketing.testing.samples import TENANT, sample_entry

STARTED_AT = datetime(2026, 2, 14, 18, 0, tzinfo=UTC)
CANARY = "sk-CANARY-0123456789"
PROMPT = "canario-del-prompt"
MODEL, HOST_MODEL = "llama-3.3-70b-instruct", "llama-3.3-70b-versatile"
STALE = StaleCatalog(
    rows=3, oldest_file="prices.toml", oldest_row="groq x", oldest_as_of=date(2025, 10, 1)
)
_THREADS, _CALLS = 8, 40


@attrs.define(eq=False)
class RecordedOperation(OperationTelemetry):
    """What was told of one operation."""

    facts: OperationFacts
    calls: list[CallFacts] = attrs.Factory(list)
    ends: list[OperationEnd] = attrs.Factory(list)
    _lock: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)

    @property
    def end(self) -> OperationEnd | None:
        """Its first end, or None while it runs."""
        return next(iter(self.ends), None)

    def call_ended(self, facts: CallFacts) -> None:
        """Remember the call."""
        with self._lock:
            self.calls.append(facts)

    def ended(self, end: OperationEnd) -> None:
        """Remember the end; ``ends`` also has those that do not count."""
        with self._lock:
            self.ends.append(end)


@attrs.define(eq=False)
class RecordingTelemetry(Telemetry):
    """Remembers what it is told; safe between threads."""

    operations: list[RecordedOperation] = attrs.Factory(list)
    stale: list[StaleCatalog] = attrs.Factory(list)

    def started(self, facts: OperationFacts) -> OperationTelemetry:
        """Remember the operation."""
        operation = RecordedOperation(facts)
        # One append is atomic; nothing is read first.
        self.operations.append(operation)
        return operation

    def catalog_stale(self, facts: StaleCatalog) -> None:
        """Remember the rows."""
        self.stale.append(facts)


def sample_start(request_id: str = "gen1") -> OperationFacts:
    """A post for Instagram that starts."""
    return OperationFacts(
        operation_id=request_id,
        tenant=TENANT,
        use_case=GenerationUseCase.SOCIAL_POST,
        platform=Platform.INSTAGRAM,
        started_at=STARTED_AT,
    )


SAID = ChatCall(HOST_MODEL, (Message(Role.USER, PROMPT),), max_tokens=1024)
"""What is asked, with a prompt that nobody should be told."""


def sample_planned(**row_fields: Any) -> PlannedAttempt:
    """An attempt at Groq, whose base URL has a key in its path."""
    row = HostRow(
        id="groq",
        name="Groq",
        description="",
        status=ServingStatus.LIVE,
        as_of=STARTED_AT.date(),
        source="a test",
        **row_fields,
    )
    url = f"https://api.groq.com/{CANARY}"
    return PlannedAttempt(row, url, -1, MODEL, HOST_MODEL, None, 1024)


def sample_call(error: HostError | None = None, **known: Any) -> CallFacts:
    """A call of 900 ms that brought 150 tokens, or failed.

    ``attempt_fields`` change the attempt, ``planned`` takes another one's place, other fields
    change the facts. Prompt and key stand wherever a call has them.
    """
    changed = {"outcome": Outcome.FAILED, "error_code": error.code} if error is not None else {}
    attempt = Attempt(
        host="groq",
        model=MODEL,
        **{
            "tokens_input": 50,
            "tokens_output": 150,
            "cost_pico_usd": 148_000_000,
            "latency_ms": 900,
            **changed,
            **known.pop("attempt_fields", {}),
        },
    )
    given: dict[str, Any] = {
        "origin": "https://api.groq.com:443",
        "ended_at": STARTED_AT + timedelta(seconds=1),
        "reported_model": CANARY,
        "finish_reason": None if error is not None else FinishReason.STOP,
    }
    planned = known.pop("planned", None) or sample_planned()
    return CallFacts.of(planned, SAID, attempt, error=error, **(given | known))


def sample_end(error: BaseException | None = None, **fields: Any) -> OperationEnd:
    """The end of an operation after a second; its user's id is the canary."""
    failed = {"outcome": Outcome.FAILED, "error_code": getattr(error, "code", "")}
    entry = sample_entry(user_id=CANARY, **((failed if error is not None else {}) | fields))
    return OperationEnd.of(STARTED_AT + timedelta(seconds=1), entry, error)


@attrs.frozen
class Told:
    """What an adapter told on: a ``call`` or an ``operation``, of which request, with which end."""

    kind: str
    request_id: str
    outcome: str
    error_code: str


class TelemetryContract(ABC):
    """Derive a class whose name starts with Test and say how an adapter is made and read."""

    @abstractmethod
    def make(self) -> Telemetry:
        """An adapter that has told nothing yet."""

    @abstractmethod
    def told(self) -> Sequence[Told]:
        """What the adapter that was made last told on, in its order."""

    @abstractmethod
    def everything(self) -> str:
        """All that it told on, as text."""

    def test_a_call_and_the_operation_are_told_with_their_request(self) -> None:
        """Each once, with how it ended."""
        operation = self.make().started(sample_start())
        operation.call_ended(sample_call(HostUnreachable("down", status=503)))
        operation.call_ended(sample_call())
        operation.ended(sample_end())

        assert self.told() == [
            Told("call", "gen1", "failed", "host_unreachable"),
            Told("call", "gen1", "ok", ""),
            Told("operation", "gen1", "ok", ""),
        ]

    @pytest.mark.parametrize(
        ("end", "outcome", "code"),
        [
            (sample_end(HostUnreachable("down")), "failed", "host_unreachable"),
            (sample_end(outcome=Outcome.REFUSED, error_code="refused"), "refused", "refused"),
            (OperationEnd.of(STARTED_AT, None, StoreUnavailable()), "failed", "store_unavailable"),
            (OperationEnd.of(STARTED_AT, None, ZeroDivisionError()), "failed", "internal_error"),
            (OperationEnd.of(STARTED_AT, None, KeyboardInterrupt()), "aborted", ""),
        ],
    )
    def test_an_end_says_what_went_wrong(self, end: OperationEnd, outcome: str, code: str) -> None:
        """By the stable code, also where nothing was booked."""
        self.make().started(sample_start()).ended(end)

        assert self.told() == [Told("operation", "gen1", outcome, code)]

    def test_the_first_end_counts(self) -> None:
        """A second one is told to nobody."""
        operation = self.make().started(sample_start())
        operation.ended(sample_end())
        operation.ended(sample_end(HostUnreachable("late")))

        assert self.told() == [Told("operation", "gen1", "ok", "")]

    def test_what_is_not_known_is_no_fault(self) -> None:
        """A call without a price, an address or a figure, and a catalog that is old."""
        telemetry = self.make()
        telemetry.catalog_stale(STALE)
        bare = {"cost_pico_usd": None, "basis": Basis.NONE, "tokens_input": 0, "tokens_output": 0}
        operation = telemetry.started(attrs.evolve(sample_start(), platform=None))
        operation.call_ended(sample_call(origin="", attempt_fields=bare))
        operation.ended(sample_end(cost_usd=None))

        assert [told.outcome for told in self.told() if told.kind != "catalog"] == ["ok", "ok"]

    def test_calls_of_many_threads_stay_with_their_operation(self) -> None:
        """Variations end in worker threads, and operations run side by side."""
        telemetry = self.make()
        ids = [f"gen{number}" for number in range(_THREADS)]
        running = {one: telemetry.started(sample_start(one)) for one in ids}

        def tell(start: int) -> None:
            for step in range(_CALLS):
                running[ids[(start + step) % _THREADS]].call_ended(sample_call())

        run_together([partial(tell, number) for number in range(_THREADS)])
        for operation in running.values():
            operation.ended(sample_end())

        calls = [told.request_id for told in self.told() if told.kind == "call"]
        assert {one: calls.count(one) for one in ids} == dict.fromkeys(ids, _CALLS)

    def test_neither_prompt_nor_key_nor_the_hosts_words_are_told(self) -> None:
        """Whatever stands in the call, the host's error and its answer."""
        telemetry = self.make()
        operation = telemetry.started(sample_start())
        fault = HostUnreachable(f"{CANARY} {PROMPT}", status=503)
        operation.call_ended(sample_call(fault))
        operation.call_ended(sample_call(reported_model=f"{HOST_MODEL}-{CANARY}"))
        operation.ended(sample_end(fault))

        text = self.everything()
        assert "gen1" in text
        assert CANARY not in text
        assert PROMPT not in text
