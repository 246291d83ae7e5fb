"""The route of the usage."""

from __future__ import annotations

import pytest

from tests.integration.flask.app import assert_problem, config_path, door
from tests.unit.app.samples import OTHER

USAGE = f"{config_path()}/usage"


@pytest.mark.parametrize("query", ["", "?period=monthly", "?month=2026-11", "?month="])
def test_get_sums_the_running_month(query: str) -> None:
    """What was generated is seen at once."""
    with door() as opened:
        opened.generate()
        answer = opened.http.get(USAGE + query)

        assert answer.status_code == 200 and answer.json is not None
        assert answer.json["period"] == "2026-11"
        assert answer.json["totalRequests"] == 1
        assert answer.json["totalTokens"] == 17
        assert "2026-11-24" in answer.text


def test_get_answers_zeros_for_a_client_without_usage() -> None:
    """And for another month; keys of data maps are no field names."""
    with door(json_case="snake") as opened:
        opened.generate()
        for path in (f"{config_path(OTHER)}/usage", f"{USAGE}?month=2026-10"):
            body = opened.http.get(path).json
            assert body is not None
            assert body["total_requests"] == 0
        body = opened.http.get(USAGE).json
        assert body is not None
        assert body["total_requests"] == 1


def test_get_refuses_what_is_no_month() -> None:
    """With a sentence about it."""
    with door() as opened:
        told = assert_problem(opened.http.get(f"{USAGE}?month=2026-13"), 422, "invalid_request")
        assert "mes" in told["detail"]
