"""Log records: fixed events, fixed fields, and levels that say whose turn it is."""

from __future__ import annotations

import json
import logging
import subprocess
import sys

import pytest

from llama_marketing.adapters.telemetry.logs import JsonFormatter, LogTelemetry
from llama_marketing.domain.errors import BadKey, HostUnreachable, StoreUnavailable
from llama_marketing.domain.telemetry import OperationEnd
from llama_marketing.domain.usage.entries import Outcome
from llama_marketing.testing.telemetry import (
    HOST_MODEL,
    MODEL,
    STALE,
    STARTED_AT,
    sample_call,
    sample_end,
    sample_start,
)

PLAIN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


@pytest.fixture(autouse=True)
def _everything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="llama_marketing")


def fields(record: logging.LogRecord) -> dict[str, object]:
    """What the record carries beside what every record has."""
    return {name: value for name, value in vars(record).items() if name not in PLAIN}


def test_a_call_is_one_event_with_fixed_fields(caplog: pytest.LogCaptureFixture) -> None:
    """Dashboards are built on these names."""
    operation = LogTelemetry().started(sample_start())
    operation.call_ended(
        sample_call(streamed=True, time_to_first_token_ms=120, variation=1, number=2)
    )

    (record,) = caplog.records
    assert (record.name, record.getMessage()) == ("llama_marketing.hosts", "call_finished")
    assert record.levelno == logging.INFO
    assert fields(record) == {
        "request_id": "gen1",
        "operation_id": "gen1",
        "organization": "org1",
        "client": "cli1",
        "use_case": "social_post",
        "platform": "instagram",
        "host": "groq",
        "model": MODEL,
        "host_model": HOST_MODEL,
        "variation": 1,
        "attempt": 2,
        "streamed": True,
        "outcome": "ok",
        "error_code": "",
        "status": None,
        "latency_ms": 900,
        "time_to_first_token_ms": 120,
        "tokens_input": 50,
        "tokens_output": 150,
        "tokens": 200,
        "cost_pico_usd": 148_000_000,
        "basis": "reported",
    }


def test_a_call_below_the_level_is_not_written(caplog: pytest.LogCaptureFixture) -> None:
    """Only the failed one where a program asks for warnings."""
    caplog.set_level(logging.WARNING, logger="llama_marketing")
    operation = LogTelemetry().started(sample_start())
    operation.call_ended(sample_call())
    operation.call_ended(sample_call(HostUnreachable("down")))

    assert [vars(record)["outcome"] for record in caplog.records] == ["failed"]


def test_an_operation_is_one_event_with_fixed_fields(caplog: pytest.LogCaptureFixture) -> None:
    """The sums of its entry, whatever its calls were."""
    LogTelemetry().started(sample_start()).ended(sample_end())

    (record,) = caplog.records
    assert record.name == "llama_marketing.generation"
    assert record.getMessage() == "operation_finished"
    assert fields(record) == {
        "request_id": "gen1",
        "operation_id": "gen1",
        "organization": "org1",
        "client": "cli1",
        "use_case": "social_post",
        "platform": "instagram",
        "host": "groq",
        "model": MODEL,
        "outcome": "ok",
        "error_code": "",
        "latency_ms": 900,
        "tokens_input": 50,
        "tokens_output": 150,
        "tokens": 200,
        "cost_pico_usd": 10**11,
        "basis": "reported",
    }


def test_a_failed_call_is_a_warning_with_the_hosts_status(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A host's fault is never an ERROR."""
    operation = LogTelemetry().started(sample_start())
    operation.call_ended(sample_call(BadKey("", status=401)))
    operation.call_ended(sample_call(attempt_fields={"outcome": Outcome.ABORTED}))

    assert [record.levelno for record in caplog.records] == [logging.WARNING, logging.INFO]
    failed = fields(caplog.records[0])
    assert (failed["error_code"], failed["status"]) == ("bad_key", 401)


@pytest.mark.parametrize(
    ("end", "level"),
    [
        (sample_end(), logging.INFO),
        (sample_end(HostUnreachable("down")), logging.WARNING),
        (sample_end(outcome=Outcome.REFUSED), logging.WARNING),
        (sample_end(GeneratorExit(), outcome=Outcome.ABORTED), logging.INFO),
        (OperationEnd.of(STARTED_AT, None, StoreUnavailable()), logging.ERROR),
        (sample_end(ZeroDivisionError(), error_code=""), logging.ERROR),
    ],
    ids=["ok", "host", "refused", "left", "store", "defect"],
)
def test_only_what_is_ours_to_mend_is_an_error(
    caplog: pytest.LogCaptureFixture, end: OperationEnd, level: int
) -> None:
    """An alarm on ERROR never rings for a host."""
    LogTelemetry().started(sample_start()).ended(end)

    assert [record.levelno for record in caplog.records] == [level]


def test_old_rows_are_a_warning_with_their_number_and_the_oldest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Enough to find the file."""
    LogTelemetry().catalog_stale(STALE)

    (record,) = caplog.records
    assert (record.name, record.levelno) == ("llama_marketing.catalog", logging.WARNING)
    assert record.getMessage() == "catalog_stale"
    assert fields(record) == {
        "rows": 3,
        "oldest_file": "prices.toml",
        "oldest_row": "groq x",
        "oldest_as_of": "2025-10-01",
    }


def test_a_program_without_logging_sees_nothing() -> None:
    """Python prints warnings of a library that has no handler; ours has one that does nothing."""
    told = (
        "from llama_marketing.adapters.telemetry.logs import LogTelemetry\n"
        "from llama_marketing.testing.telemetry import STALE\n"
        "import logging\n"
        "LogTelemetry(); LogTelemetry().catalog_stale(STALE)\n"
        "print(len(logging.getLogger('llama_marketing').handlers))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", told], capture_output=True, text=True, timeout=60, check=True
    )

    assert (result.stdout, result.stderr) == ("1\n", "")


def test_json_is_one_line_a_record(caplog: pytest.LogCaptureFixture) -> None:
    """With the fields at the top level, and a traceback as text."""
    LogTelemetry().started(sample_start()).ended(sample_end())
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        logging.getLogger("llama_marketing.other").exception("it %s", "broke", extra={"day": {1}})

    lines = [JsonFormatter().format(record) for record in caplog.records]
    first, second = (json.loads(line) for line in lines)
    assert all("\n" not in line for line in lines)
    assert (first["event"], first["level"], first["request_id"]) == (
        "operation_finished", "INFO", "gen1",
    )  # fmt: skip
    assert first["time"].endswith("+00:00")
    assert (second["event"], second["logger"]) == ("it broke", "llama_marketing.other")
    assert "ZeroDivisionError" in second["exception"]
    assert second["day"] == "{1}"
