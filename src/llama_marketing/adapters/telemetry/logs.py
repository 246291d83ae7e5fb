"""Telemetry as log records: the message is a fixed word, the facts are fields of the record.

``llama_marketing.generation`` tells of operations, ``llama_marketing.hosts`` of calls,
``llama_marketing.catalog`` of old rows. INFO is what went well or was left by its reader, WARNING
what a host or a request failed at, ERROR only what is ours to mend.
"""

from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, datetime
from typing import Any, Final

import attrs

from llama_marketing.domain.catalog.staleness import StaleCatalog
from llama_marketing.domain.telemetry import CallFacts, OperationEnd, OperationFacts
from llama_marketing.domain.usage.entries import Outcome
from llama_marketing.ports.telemetry import OperationTelemetry, Telemetry

CALL: Final = "call_finished"
OPERATION: Final = "operation_finished"
STALE: Final = "catalog_stale"

_generation = logging.getLogger("llama_marketing.generation")
_hosts = logging.getLogger("llama_marketing.hosts")
_catalog = logging.getLogger("llama_marketing.catalog")
_CALM: Final = (Outcome.OK, Outcome.ABORTED)


class LogTelemetry(Telemetry):
    """Writes one record a finished call and one a finished operation.

    A program that sets up no logging sees none of them.
    """

    def __init__(self) -> None:
        root = logging.getLogger("llama_marketing")
        if not any(isinstance(handler, logging.NullHandler) for handler in root.handlers):
            root.addHandler(logging.NullHandler())

    def started(self, facts: OperationFacts) -> OperationTelemetry:
        """Write nothing yet."""
        return _LoggedOperation(facts)

    def catalog_stale(self, facts: StaleCatalog) -> None:
        """Warn."""
        _catalog.warning(
            STALE,
            extra={
                "rows": facts.rows,
                "oldest_file": facts.oldest_file,
                "oldest_row": facts.oldest_row,
                "oldest_as_of": facts.oldest_as_of.isoformat(),
            },
        )


@attrs.define(eq=False)
class _LoggedOperation(OperationTelemetry):
    _facts: OperationFacts
    _first_end: threading.Lock = attrs.field(factory=threading.Lock, init=False)

    def call_ended(self, facts: CallFacts) -> None:
        attempt = facts.attempt
        level = logging.INFO if attempt.outcome in _CALM else logging.WARNING
        if not _hosts.isEnabledFor(level):
            return
        fields = self._operation_fields() | {
            "host": attempt.host,
            "model": attempt.model,
            "host_model": facts.host_model_id,
            "variation": facts.variation,
            "attempt": facts.number,
            "streamed": facts.streamed,
            "outcome": attempt.outcome.value,
            "error_code": attempt.error_code,
            "status": facts.status,
            "latency_ms": attempt.latency_ms,
            "time_to_first_token_ms": facts.time_to_first_token_ms,
        }
        tokens = _figures(attempt.tokens_input, attempt.tokens_output, attempt.cost_pico_usd)
        _hosts.log(level, CALL, extra=fields | tokens | {"basis": attempt.basis.value})

    def ended(self, end: OperationEnd) -> None:
        if not self._first_end.acquire(blocking=False):
            return
        level = logging.INFO if end.outcome in _CALM else logging.WARNING
        if end.our_fault:
            level = logging.ERROR
        fields = self._operation_fields() | {
            "host": end.host,
            "model": end.model,
            "outcome": end.outcome.value,
            "error_code": end.error_code,
            "latency_ms": end.latency_ms,
        }
        tokens = _figures(end.tokens_input, end.tokens_output, end.cost_pico_usd)
        _generation.log(level, OPERATION, extra=fields | tokens | {"basis": end.basis.value})

    def _operation_fields(self) -> dict[str, Any]:
        facts = self._facts
        return {
            "request_id": facts.request_id,
            "operation_id": facts.operation_id,
            "organization": facts.tenant.organization_id,
            "client": facts.tenant.client_id,
            "use_case": facts.kind,
            "platform": None if facts.platform is None else facts.platform.value,
        }


def _figures(tokens_input: int, tokens_output: int, cost: int | None) -> dict[str, Any]:
    return {
        "tokens_input": tokens_input,
        "tokens_output": tokens_output,
        "tokens": tokens_input + tokens_output,
        "cost_pico_usd": cost,
    }


_PLAIN: Final = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON: moment, level, logger, event, and the fields.

    Other programs' records fit too; a traceback becomes its lines under ``exception``.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= {name: value for name, value in vars(record).items() if name not in _PLAIN}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)
