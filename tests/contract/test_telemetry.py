"""The port Telemetry, with log records, with OpenTelemetry's SDK, and with the one that remembers.

Each also behind the guard that the container puts before it.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from llama_marketing.adapters.telemetry.logs import JsonFormatter, LogTelemetry
from llama_marketing.adapters.telemetry.otel import OpenTelemetry
from llama_marketing.app.telemetry import GuardedTelemetry
from llama_marketing.ports.telemetry import Telemetry
from llama_marketing.testing.telemetry import RecordingTelemetry, TelemetryContract, Told

KINDS = {
    "call_finished": "call",
    "operation_finished": "operation",
    "catalog_stale": "catalog",
}


class TestLogTelemetry(TelemetryContract):
    """Log records, every level of them."""

    @pytest.fixture(autouse=True)
    def _records(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG, logger="llama_marketing")
        self.log = caplog

    def make(self) -> Telemetry:
        self.log.clear()
        return LogTelemetry()

    def told(self) -> Sequence[Told]:
        return [
            Told(
                KINDS[record.getMessage()],
                fields.get("request_id", ""),
                fields.get("outcome", ""),
                fields.get("error_code", ""),
            )
            for record in self.log.records
            for fields in [vars(record)]
        ]

    def everything(self) -> str:
        return "\n".join(JsonFormatter().format(record) for record in self.log.records)


class TestOpenTelemetry(TelemetryContract):
    """Spans and metrics, kept in memory by the SDK."""

    def make(self) -> Telemetry:
        self.spans, self.metrics = InMemorySpanExporter(), InMemoryMetricReader()
        tracers = TracerProvider(shutdown_on_exit=False)
        tracers.add_span_processor(SimpleSpanProcessor(self.spans))
        meters = MeterProvider([self.metrics], shutdown_on_exit=False)
        return OpenTelemetry(tracers, meters)

    def told(self) -> Sequence[Told]:
        spans = self.spans.get_finished_spans()
        asked = {
            span.context.trace_id: str((span.attributes or {})["llama_marketing.request_id"])
            for span in spans
            if span.parent is None and span.context is not None
        }
        found = []
        for span in spans:
            attributes = span.attributes or {}
            assert span.context is not None
            found.append(
                Told(
                    "operation" if span.parent is None else "call",
                    asked.get(span.context.trace_id, ""),
                    str(attributes["llama_marketing.outcome"]),
                    str(attributes.get("error.type", "")),
                )
            )
        return found

    def everything(self) -> str:
        data = self.metrics.get_metrics_data()
        metrics = "" if data is None else data.to_json()
        return "\n".join([*(span.to_json() for span in self.spans.get_finished_spans()), metrics])


class TestRecordingTelemetry(TelemetryContract):
    """The one that tests use."""

    def make(self) -> Telemetry:
        self.made = RecordingTelemetry()
        return self.made

    def told(self) -> Sequence[Told]:
        calls = [
            Told("call", o.facts.request_id, c.attempt.outcome.value, c.attempt.error_code)
            for o in self.made.operations
            for c in o.calls
        ]
        ends = [
            Told("operation", o.facts.request_id, o.end.outcome.value, o.end.error_code)
            for o in self.made.operations
            if o.end is not None
        ]
        return [*calls, *ends]

    def everything(self) -> str:
        return repr(self.made)


class TestGuardedTelemetry(TestRecordingTelemetry):
    """Behind the guard."""

    def make(self) -> Telemetry:
        return GuardedTelemetry([super().make()])
