"""What a watcher is told of each generation, and that the key and the prompt are no part of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from llama_marketing.adapters.telemetry.logs import LogTelemetry
from llama_marketing.adapters.telemetry.otel import OpenTelemetry
from llama_marketing.app.container import Container
from llama_marketing.app.telemetry import GuardedTelemetry
from llama_marketing.domain.errors import BadKey, HostError, HostUnreachable
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.ports.telemetry import Telemetry
from llama_marketing.testing.hosts import BreaksOff, FakeChatHosts, Scripted
from llama_marketing.testing.telemetry import RecordedOperation, RecordingTelemetry
from llama_marketing.testing.waiting import InstantWaiting
from tests.unit.app.samples import (
    API_KEY,
    ASKED,
    COPY,
    TENANT,
    StandingClock,
    configure,
    entries_of,
    post,
    settings,
)

DOWN = HostUnreachable("down", status=503)
PROMPT = "canario-del-prompt"


@contextmanager
def watched(telemetry: Telemetry, *answers: Scripted, **config: Any) -> Iterator[Container]:
    """A container whose hosts say these answers, and who is told of it."""
    chat, clock = FakeChatHosts(*answers, otherwise=post()), StandingClock()
    waiting = InstantWaiting(clock.go_on)
    with Container.from_settings(
        settings(), chat=chat, clock=clock, waiting=waiting, telemetry=telemetry
    ) as container:
        configure(container, **config)
        yield container


def only(telemetry: RecordingTelemetry) -> RecordedOperation:
    """The one operation that was told of."""
    (operation,) = telemetry.operations
    return operation


@pytest.mark.parametrize("streamed", [False, True])
def test_an_operation_its_calls_and_its_end_are_told_with_the_request_id(streamed: bool) -> None:
    told = RecordingTelemetry()
    with watched(told, DOWN) as container:
        service = container.generation_service()
        if streamed:
            request_id = str(list(service.stream(TENANT, ASKED))[-1].data["id"])
        else:
            request_id = service.generate(TENANT, ASKED).id
        (entry,) = entries_of(container)
    operation = only(told)
    assert operation.facts.request_id == request_id == entry.id
    assert operation.facts.tenant == TENANT
    assert [(call.number, call.status, call.streamed) for call in operation.calls] == [
        (1, 503, streamed),
        (2, None, streamed),
    ]
    assert [call.attempt for call in operation.calls] == list(entry.attempts)
    assert {call.server_address for call in operation.calls} == {"api.deepinfra.com"}
    assert operation.end is not None
    assert (operation.end.outcome, operation.end.tokens_output) == (Outcome.OK, 5)
    assert (operation.calls[1].time_to_first_token_ms is not None) is streamed
    assert len(operation.ends) == 1


def test_every_variation_is_told_from_the_thread_that_asked_it() -> None:
    told = RecordingTelemetry()
    with watched(told) as container:
        container.generation_service().generate(TENANT, ASKED | {"variations": 3})
    firsts = {call.variation for call in only(told).calls if call.number == 1}
    assert firsts == {0, 1, 2}


@pytest.mark.parametrize(
    ("answer", "code", "outcome"),
    [
        (BadKey("401", status=401), "bad_key", Outcome.FAILED),
        (BreaksOff('{"content": "a med'), "truncated", Outcome.FAILED),
    ],
)
def test_a_stream_that_fails_is_told_with_its_code(
    answer: HostError | BreaksOff, code: str, outcome: Outcome
) -> None:
    told = RecordingTelemetry()
    with watched(told, answer) as container:
        try:
            list(container.generation_service().stream(TENANT, ASKED))
        except BadKey:
            assert code == "bad_key"
    end = only(told).end
    assert end is not None
    assert (end.error_code, end.outcome, end.our_fault) == (code, outcome, False)


def test_a_reader_that_leaves_is_told_as_aborted() -> None:
    told = RecordingTelemetry()
    with watched(told) as container:
        stream = container.generation_service().stream(TENANT, ASKED)
        next(stream)
        stream.close()
    end = only(told).end
    assert end is not None
    assert end.outcome is Outcome.ABORTED
    assert len(only(told).calls) == 1


def test_an_answer_that_is_given_again_is_an_operation_without_a_call() -> None:
    told = RecordingTelemetry()
    with watched(told, cache_hours=24) as container:
        for _ in range(2):
            container.generation_service().generate(TENANT, ASKED)
    first, second = told.operations
    assert len(first.calls) == 1
    assert second.calls == []
    assert second.end is not None
    assert (second.end.basis, second.end.cost_pico_usd) == (Basis.CACHE, 0)
    assert first.facts.request_id != second.facts.request_id


def test_spans_metrics_and_events_of_a_real_run_hold_neither_key_nor_prompt_nor_copy(
    caplog: pytest.LogCaptureFixture,
) -> None:
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    both = GuardedTelemetry(
        [
            LogTelemetry(),
            OpenTelemetry(provider, MeterProvider([reader])),
        ]
    )
    with (
        caplog.at_level(logging.DEBUG),
        watched(both, DOWN, post(), BreaksOff("a med")) as container,
    ):
        service = container.generation_service()
        for fields in ({}, {"variations": 2}):
            service.generate(TENANT, ASKED | {"prompt": PROMPT} | fields)
        list(service.stream(TENANT, ASKED | {"prompt": PROMPT}, user_id="ana@example.com"))
        ids = {entry.id for entry in entries_of(container)}
    finished = spans.get_finished_spans()
    metrics = reader.get_metrics_data()
    assert metrics is not None
    records = [str(vars(record)) for record in caplog.records if "llama_marketing" in record.name]
    shown = json.dumps([span.to_json() for span in finished]) + metrics.to_json() + str(records)
    assert all(request_id in str(records) for request_id in ids)
    assert all(request_id in shown for request_id in ids)
    for secret in (API_KEY, PROMPT, COPY, "Buen Fin", "ana@example.com"):
        assert secret not in shown
    parents = {span.context.span_id for span in finished if span.parent is None}
    children = [span for span in finished if span.parent is not None]
    assert len(parents) == 3
    assert {span.parent.span_id for span in children if span.parent} == parents


@pytest.mark.parametrize("fault", [None, BadKey("401", status=401)])
def test_a_validation_is_told_like_every_operation(fault: BadKey | None) -> None:
    told = RecordingTelemetry()
    with watched(told, *([] if fault is None else [fault])) as container:
        outcome = container.config_service().validate(TENANT, {}).outcome
        (entry,) = entries_of(container)
    operation = only(told)
    assert (operation.facts.kind, operation.facts.request_id) == ("validation", entry.id)
    (call,) = operation.calls
    assert call.status == (None if fault is None else 401)
    assert operation.end is not None
    assert operation.end.error_code == ("" if fault is None else "bad_key")
    assert outcome == ("ok" if fault is None else "bad_key")
