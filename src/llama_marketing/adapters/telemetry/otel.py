"""Telemetry as OpenTelemetry spans and metrics, by the conventions for generative AI.

Names, kinds and bucket boundaries are those of the GenAI semantic conventions, status
Development, as in opentelemetry-semantic-conventions 0.66b2 (semconv 1.44) and
open-telemetry/semantic-conventions-genai docs/gen-ai (both read on 2026-11-28). A newer draft of
the latter renames the metrics to ``gen_ai.client.inference.*``; nothing that shows them knows it.

Needs only opentelemetry-api: without an SDK everything here does nothing.
"""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Final

import attrs
from opentelemetry import metrics, trace
from opentelemetry.context import Context
from opentelemetry.metrics import Histogram, Meter, MeterProvider
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer, TracerProvider

from llama_marketing.domain.catalog.staleness import StaleCatalog
from llama_marketing.domain.telemetry import CallFacts, OperationEnd, OperationFacts
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.ports.telemetry import OperationTelemetry, Telemetry

SCOPE: Final = "llama_marketing"
OPERATION_SPAN: Final = "llama_marketing.generate"
CHAT: Final = "chat"
PROVIDER_NAMES: Final = {
    "anthropic": "anthropic",
    "bedrock": "aws.bedrock",
    "gemini": "gcp.gemini",
    "groq": "groq",
    "openai": "openai",
}
"""Our hosts that the conventions have a name for; any other keeps its own."""
TOKEN_BOUNDARIES: Final = tuple(4**power for power in range(14))
SECOND_BOUNDARIES: Final = tuple(0.01 * 2**power for power in range(14))

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FAILURES: Final = (Outcome.FAILED, Outcome.REFUSED)
_Attributes = dict[str, str | bool | int | float | list[str]]


class OpenTelemetry(Telemetry):
    """Makes a span for each operation, below it one for each call, and three histograms.

    The providers are the process's own unless others are given.
    """

    def __init__(
        self,
        tracers: TracerProvider | None = None,
        meters: MeterProvider | None = None,
    ) -> None:
        self._tracer = trace.get_tracer(SCOPE, tracer_provider=tracers)
        self._histograms = _Histograms.of(metrics.get_meter(SCOPE, meter_provider=meters))

    def started(self, facts: OperationFacts) -> OperationTelemetry:
        """Open the operation's span, below whatever span is current in this thread."""
        attributes: _Attributes = {
            "llama_marketing.request_id": facts.request_id,
            "llama_marketing.operation_id": facts.operation_id,
            "llama_marketing.organization": facts.tenant.organization_id,
            "llama_marketing.client": facts.tenant.client_id,
            "llama_marketing.use_case": facts.kind,
        }
        if facts.platform is not None:
            attributes["llama_marketing.platform"] = facts.platform.value
        span = self._tracer.start_span(
            OPERATION_SPAN,
            kind=SpanKind.INTERNAL,
            attributes=attributes,
            start_time=_nanoseconds(facts.started_at),
        )
        return _Traced(self._tracer, self._histograms, span, trace.set_span_in_context(span))

    def catalog_stale(self, facts: StaleCatalog) -> None:
        """Nothing: it belongs to no operation."""


@attrs.frozen
class _Histograms:
    tokens: Histogram
    duration: Histogram
    first_chunk: Histogram

    @classmethod
    def of(cls, meter: Meter) -> _Histograms:
        return cls(
            meter.create_histogram(
                "gen_ai.client.token.usage",
                unit="{token}",
                description="Number of input and output tokens used.",
                explicit_bucket_boundaries_advisory=TOKEN_BOUNDARIES,
            ),
            meter.create_histogram(
                "gen_ai.client.operation.duration",
                unit="s",
                description="GenAI operation duration.",
                explicit_bucket_boundaries_advisory=SECOND_BOUNDARIES,
            ),
            meter.create_histogram(
                "gen_ai.client.operation.time_to_first_chunk",
                unit="s",
                description="Time from the request to the first chunk of a streamed response.",
                explicit_bucket_boundaries_advisory=SECOND_BOUNDARIES,
            ),
        )

    def record(self, facts: CallFacts, shared: _Attributes, context: Context) -> None:
        """Record a call; ``context`` lets an SDK tie the figures to their trace."""
        attempt = facts.attempt
        # Estimates are not the host's figures, and the conventions want only those.
        if attempt.basis is Basis.REPORTED:
            for kind, number in (
                ("input", attempt.tokens_input),
                ("output", attempt.tokens_output),
            ):
                self.tokens.record(number, shared | {"gen_ai.token.type": kind}, context)
        failure = _failure(attempt.outcome, attempt.error_code)
        self.duration.record(attempt.latency_ms / 1000, shared | failure, context)
        if facts.time_to_first_token_ms is not None:
            self.first_chunk.record(facts.time_to_first_token_ms / 1000, shared, context)


@attrs.define(eq=False)
class _Traced(OperationTelemetry):
    """An operation's open span.

    Its context is handed on by hand: the calls end in worker threads, which know nothing of it.
    """

    _tracer: Tracer
    _histograms: _Histograms
    _span: Span
    _context: Context
    _first_end: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def call_ended(self, facts: CallFacts) -> None:
        shared = _shared_attributes(facts)
        span = self._tracer.start_span(
            f"{CHAT} {facts.host_model_id}",
            context=self._context,
            kind=SpanKind.CLIENT,
            attributes=shared | _span_attributes(facts),
            start_time=_nanoseconds(facts.started_at),
        )
        _close(span, facts.attempt.outcome, facts.attempt.error_code, facts.ended_at)
        self._histograms.record(facts, shared, self._context)

    def ended(self, end: OperationEnd) -> None:
        if not self._first_end.acquire(blocking=False):
            return
        self._span.set_attribute("llama_marketing.outcome", end.outcome.value)
        if end.cost_pico_usd is not None:
            self._span.set_attribute("llama_marketing.cost_pico_usd", end.cost_pico_usd)
        _close(self._span, end.outcome, end.error_code, end.ended_at)


def _close(span: Span, outcome: Outcome, error_code: str, moment: datetime) -> None:
    failure = _failure(outcome, error_code)
    if failure:
        span.set_attributes(failure)
        span.set_status(StatusCode.ERROR)
    span.end(_nanoseconds(moment))


def _failure(outcome: Outcome, error_code: str) -> _Attributes:
    return {"error.type": error_code or "_OTHER"} if outcome in _FAILURES else {}


def _shared_attributes(facts: CallFacts) -> _Attributes:
    """What both the span and the metrics of a call carry."""
    host = facts.attempt.host
    attributes: _Attributes = {
        "gen_ai.operation.name": CHAT,
        "gen_ai.provider.name": PROVIDER_NAMES.get(host, host),
        "gen_ai.request.model": facts.host_model_id,
    }
    if facts.response_model:
        attributes["gen_ai.response.model"] = facts.response_model
    if facts.server_address:
        attributes["server.address"] = facts.server_address
    if facts.server_port is not None:
        attributes["server.port"] = facts.server_port
    return attributes


def _span_attributes(facts: CallFacts) -> _Attributes:
    attempt = facts.attempt
    reported = attempt.basis is Basis.REPORTED
    first = facts.time_to_first_token_ms
    known: dict[str, str | bool | int | float | list[str] | None] = {
        "gen_ai.request.stream": True if facts.streamed else None,
        "gen_ai.request.max_tokens": facts.max_tokens,
        "gen_ai.request.temperature": facts.temperature,
        "gen_ai.response.finish_reasons": [facts.finish_reason.value]
        if facts.finish_reason is not None
        else None,
        "gen_ai.response.time_to_first_chunk": None if first is None else first / 1000,
        "gen_ai.usage.input_tokens": attempt.tokens_input if reported else None,
        "gen_ai.usage.output_tokens": attempt.tokens_output if reported else None,
        "http.response.status_code": facts.status,
        "llama_marketing.model": attempt.model,
        "llama_marketing.variation": facts.variation,
        "llama_marketing.attempt": facts.number,
        "llama_marketing.outcome": attempt.outcome.value,
        "llama_marketing.basis": attempt.basis.value,
        "llama_marketing.cost_pico_usd": attempt.cost_pico_usd,
    }
    return {name: value for name, value in known.items() if value is not None}


def _nanoseconds(moment: datetime) -> int:
    # Whole microseconds, so nothing is lost as it would be in timestamp()'s float.
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 10**9 + passed.microseconds * 1000
