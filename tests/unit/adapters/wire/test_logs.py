"""httpcore's records keep the name of the event and lose what was on the wire."""

from __future__ import annotations

import logging

import pytest

from llama_marketing.adapters.wire.logs import hide_wire_values


@pytest.mark.parametrize("name", ["http11", "http2", "proxy", "socks"])
def test_a_record_keeps_its_first_word(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Arguments and exceptions go too."""
    hide_wire_values()
    caplog.set_level(logging.DEBUG)
    logger = logging.getLogger(f"httpcore.{name}")
    try:
        raise ValueError("sk-CANARY")
    except ValueError:
        logger.debug("receive.complete return_value=%r", "sk-CANARY", exc_info=True)

    assert [record.getMessage() for record in caplog.records] == ["receive.complete"]
    assert "CANARY" not in caplog.text


def test_where_a_line_goes_is_still_told(caplog: pytest.LogCaptureFixture) -> None:
    """Host and port are no secret."""
    hide_wire_values()
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpcore.connection").debug("connect_tcp.started host='a.test'")

    assert "a.test" in caplog.text


def test_hiding_twice_adds_one_filter() -> None:
    """Every transport asks for it."""
    hide_wire_values()
    before = list(logging.getLogger("httpcore.http11").filters)
    hide_wire_values()

    assert logging.getLogger("httpcore.http11").filters == before
