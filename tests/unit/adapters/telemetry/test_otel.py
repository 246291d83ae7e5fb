"""OpenTelemetry: names, kinds and attributes of the GenAI conventions, in the SDK's own words."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import attrs
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as conventional
from opentelemetry.semconv._incubating.metrics import gen_ai_metrics
from opentelemetry.trace import SpanKind, StatusCode

from llama_marketing.adapters.telemetry.otel import (
    OPERATION_SPAN,
    PROVIDER_NAMES,
    SECOND_BOUNDARIES,
    TOKEN_BOUNDARIES,
    OpenTelemetry,
)
from llama_marketing.domain.errors import HostUnreachable
from llama_marketing.domain.usage.entries import Basis, Outcome
from llama_marketing.testing.telemetry import (
    HOST_MODEL,
    MODEL,
    STARTED_AT,
    sample_call,
    sample_end,
    sample_start,
)


@attrs.frozen
class Sdk:
    """OpenTelemetry's SDK with what it would send kept in memory."""

    tracers: TracerProvider
    meters: MeterProvider
    exporter: InMemorySpanExporter
    reader: InMemoryMetricReader

    def telemetry(self) -> OpenTelemetry:
        """Ours on this SDK."""
        return OpenTelemetry(self.tracers, self.meters)

    def spans(self) -> list[ReadableSpan]:
        """The finished spans, calls before their operation."""
        return list(self.exporter.get_finished_spans())

    def points(self, name: str) -> list[HistogramDataPoint]:
        """The data points of a histogram, each with its attributes."""
        data = self.reader.get_metrics_data()
        return [
            point
            for resource in ([] if data is None else data.resource_metrics)
            for scope in resource.scope_metrics
            for metric in scope.metrics
            if metric.name == name
            for point in metric.data.data_points
            if isinstance(point, HistogramDataPoint)
        ]


@pytest.fixture
def sdk() -> Iterator[Sdk]:
    """An SDK of its own."""
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(SimpleSpanProcessor(exporter))
    meters = MeterProvider([reader], shutdown_on_exit=False)
    yield Sdk(tracers, meters, exporter, reader)
    tracers.shutdown()
    meters.shutdown()


def attributes(span: ReadableSpan) -> dict[str, Any]:
    """A span's attributes."""
    return dict(span.attributes or {})


def test_a_call_is_a_client_span_by_the_conventions(sdk: Sdk) -> None:
    """Below the operation's span, with the times of our own clock."""
    operation = sdk.telemetry().started(sample_start())
    operation.call_ended(sample_call(reported_model=f"{HOST_MODEL}-2026-11-01"))
    operation.ended(sample_end())

    call, parent = sdk.spans()
    assert (call.name, call.kind) == (f"chat {HOST_MODEL}", SpanKind.CLIENT)
    assert call.parent is not None
    assert parent.context is not None
    assert call.parent.span_id == parent.context.span_id
    assert call.end_time == (int(STARTED_AT.timestamp()) + 1) * 10**9
    assert call.start_time == call.end_time - 900 * 10**6
    assert call.status.status_code is StatusCode.UNSET
    assert attributes(call) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "groq",
        "gen_ai.request.model": HOST_MODEL,
        "gen_ai.response.model": f"{HOST_MODEL}-2026-11-01",
        "gen_ai.request.max_tokens": 1024,
        "gen_ai.request.temperature": 0.7,
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 50,
        "gen_ai.usage.output_tokens": 150,
        "server.address": "api.groq.com",
        "server.port": 443,
        "llama_marketing.model": MODEL,
        "llama_marketing.variation": 0,
        "llama_marketing.attempt": 1,
        "llama_marketing.outcome": "ok",
        "llama_marketing.basis": "reported",
        "llama_marketing.cost_pico_usd": 148_000_000,
    }


def test_the_operation_is_an_internal_span_with_our_own_attributes(sdk: Sdk) -> None:
    """Below the span that was current where it started, such as the web framework's."""
    with sdk.tracers.get_tracer("web").start_as_current_span("POST") as web:
        operation = sdk.telemetry().started(sample_start())
    operation.ended(sample_end())

    span = sdk.spans()[-1]
    assert (span.name, span.kind) == (OPERATION_SPAN, SpanKind.INTERNAL)
    assert OPERATION_SPAN == "llama_marketing.generate"
    assert span.parent is not None
    assert span.parent.span_id == web.get_span_context().span_id
    assert span.start_time == int(STARTED_AT.timestamp()) * 10**9
    assert attributes(span) == {
        "llama_marketing.request_id": "gen1",
        "llama_marketing.operation_id": "gen1",
        "llama_marketing.organization": "org1",
        "llama_marketing.client": "cli1",
        "llama_marketing.use_case": "social_post",
        "llama_marketing.platform": "instagram",
        "llama_marketing.outcome": "ok",
        "llama_marketing.cost_pico_usd": 10**11,
    }


def test_a_failure_is_an_error_with_our_code_and_without_words(sdk: Sdk) -> None:
    """The status has no description: it would be the host's."""
    fault = HostUnreachable("the host's words", status=503)
    operation = sdk.telemetry().started(sample_start())
    operation.call_ended(sample_call(fault))
    operation.ended(sample_end(fault))

    for span in sdk.spans():
        assert attributes(span)["error.type"] == "host_unreachable"
        assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, None)
        assert span.events == ()
    assert attributes(sdk.spans()[0])["http.response.status_code"] == 503


def test_who_leaves_is_no_error(sdk: Sdk) -> None:
    """An aborted operation says so, and its span has no error."""
    operation = sdk.telemetry().started(sample_start())
    operation.call_ended(sample_call(attempt_fields={"outcome": Outcome.ABORTED}))
    operation.ended(sample_end(GeneratorExit(), outcome=Outcome.ABORTED))

    for span in sdk.spans():
        assert attributes(span)["llama_marketing.outcome"] == "aborted"
        assert "error.type" not in attributes(span)
        assert span.status.status_code is StatusCode.UNSET


def test_estimated_tokens_are_not_told_as_the_hosts(sdk: Sdk) -> None:
    """The conventions want reported figures or none; the cost is told with its basis."""
    operation = sdk.telemetry().started(sample_start())
    operation.call_ended(sample_call(attempt_fields={"basis": Basis.ESTIMATED}))

    found = attributes(sdk.spans()[0])
    assert "gen_ai.usage.input_tokens" not in found
    assert found["llama_marketing.basis"] == "estimated"
    assert sdk.points("gen_ai.client.token.usage") == []
    assert len(sdk.points("gen_ai.client.operation.duration")) == 1


def test_a_streamed_call_has_the_time_to_its_first_chunk(sdk: Sdk) -> None:
    """On the span and as a metric; a whole answer has neither."""
    operation = sdk.telemetry().started(sample_start())
    operation.call_ended(sample_call(streamed=True, time_to_first_token_ms=120))
    operation.call_ended(sample_call())

    streamed, whole = (attributes(span) for span in sdk.spans())
    assert streamed["gen_ai.request.stream"] is True
    assert streamed["gen_ai.response.time_to_first_chunk"] == 0.12
    assert not {"gen_ai.request.stream", "gen_ai.response.time_to_first_chunk"} & whole.keys()
    (point,) = sdk.points("gen_ai.client.operation.time_to_first_chunk")
    assert (point.count, point.sum) == (1, 0.12)


def test_metrics_have_the_conventional_units_and_boundaries(sdk: Sdk) -> None:
    """Tokens apart by their type, seconds with the error of a failed call."""
    operation = sdk.telemetry().started(sample_start())
    operation.call_ended(sample_call())
    operation.call_ended(sample_call(HostUnreachable("down"), attempt_fields={"basis": Basis.NONE}))

    tokens = {
        (point.attributes or {})["gen_ai.token.type"]: point
        for point in sdk.points("gen_ai.client.token.usage")
    }
    assert {kind: point.sum for kind, point in tokens.items()} == {"input": 50, "output": 150}
    assert tokens["input"].explicit_bounds == TOKEN_BOUNDARIES
    assert TOKEN_BOUNDARIES[:3] + TOKEN_BOUNDARIES[-1:] == (1, 4, 16, 67108864)
    seconds = sdk.points("gen_ai.client.operation.duration")
    assert [(point.attributes or {}).get("error.type") for point in seconds] == [
        None, "host_unreachable",
    ]  # fmt: skip
    assert seconds[0].sum == 0.9
    assert seconds[0].explicit_bounds == SECOND_BOUNDARIES
    assert (SECOND_BOUNDARIES[0], SECOND_BOUNDARIES[-1]) == (0.01, 81.92)
    for point in seconds:
        # Nothing that names a client: each would be a series of its own.
        assert not any(name.startswith("llama_marketing") for name in point.attributes or {})


def test_names_are_those_of_the_conventions_package() -> None:
    """A renamed attribute or metric shows when the package is upgraded."""
    known = {getattr(conventional, name) for name in dir(conventional) if name.isupper()}
    asked = {
        "gen_ai.operation.name",
        "gen_ai.provider.name",
        "gen_ai.request.model",
        "gen_ai.response.model",
        "gen_ai.request.max_tokens",
        "gen_ai.request.temperature",
        "gen_ai.request.stream",
        "gen_ai.response.finish_reasons",
        "gen_ai.response.time_to_first_chunk",
        "gen_ai.usage.input_tokens",
        "gen_ai.usage.output_tokens",
        "gen_ai.token.type",
    }
    providers = {item.value for item in conventional.GenAiProviderNameValues}

    assert asked - known == set()
    assert set(PROVIDER_NAMES.values()) - providers == set()
    assert gen_ai_metrics.GEN_AI_CLIENT_TOKEN_USAGE == "gen_ai.client.token.usage"
    assert gen_ai_metrics.GEN_AI_CLIENT_OPERATION_DURATION == "gen_ai.client.operation.duration"
    assert (
        gen_ai_metrics.GEN_AI_CLIENT_OPERATION_TIME_TO_FIRST_CHUNK
        == "gen_ai.client.operation.time_to_first_chunk"
    )


def test_a_host_without_a_conventional_name_keeps_its_own(sdk: Sdk) -> None:
    """And bedrock has another one there."""
    operation = sdk.telemetry().started(sample_start())
    for host in ("bedrock", "together"):
        call = sample_call()
        attempt = call.attempt.model_copy(update={"host": host})
        operation.call_ended(attrs.evolve(call, attempt=attempt))

    names = [attributes(span)["gen_ai.provider.name"] for span in sdk.spans()]
    assert names == ["aws.bedrock", "together"]


def test_a_moment_keeps_its_microseconds(sdk: Sdk) -> None:
    """Nanoseconds are counted, not read off a float."""
    start = attrs.evolve(sample_start(), started_at=STARTED_AT + timedelta(microseconds=1))
    sdk.telemetry().started(start).ended(sample_end())

    assert sdk.spans()[0].start_time == int(STARTED_AT.timestamp()) * 10**9 + 1000


def test_a_second_end_does_not_touch_the_span(sdk: Sdk, caplog: pytest.LogCaptureFixture) -> None:
    """The SDK would complain about it in the program's log."""
    operation = sdk.telemetry().started(sample_start())
    operation.ended(sample_end())
    operation.ended(sample_end(HostUnreachable("late")))

    assert [attributes(span)["llama_marketing.outcome"] for span in sdk.spans()] == ["ok"]
    assert caplog.records == []


def test_without_an_sdk_it_does_nothing_and_loads_none() -> None:
    """The API package alone is enough."""
    told = (
        "import sys\n"
        "from llama_marketing.adapters.telemetry.otel import OpenTelemetry\n"
        "from llama_marketing.testing.telemetry import *\n"
        "o = OpenTelemetry().started(sample_start()); o.call_ended(sample_call())\n"
        "o.ended(sample_end())\n"
        "print('opentelemetry.sdk' in sys.modules)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, timeout=60, check=True
    )

    assert (result.stdout, result.stderr) == ("False\n", "")
