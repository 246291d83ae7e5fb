"""The route of the usage."""

from __future__ import annotations

import pytest

from tests.integration.flask.app import assert_problem, config_path, door
from tests.unit.app.samples import OTHER

USAGE = f"{config_path()}/usage"
ORGANIZATION = USAGE.replace("/clients/cli1", "")


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


def test_get_compares_with_the_month_before() -> None:
    """The running month is the previous one of the next."""
    with door() as opened:
        opened.generate()
        body = opened.http.get(f"{USAGE}?month=2026-12").json

    assert body is not None
    assert body["totalRequests"] == 0
    assert body["previous"]["period"] == "2026-11"
    assert (body["previous"]["totalRequests"], body["previous"]["totalTokens"]) == (1, 17)


def test_get_sums_all_clients_of_an_organization() -> None:
    """Those with usage, in order, and what they used together."""
    with door() as opened:
        opened.generate()
        opened.generate()
        body = opened.http.get(ORGANIZATION).json
        empty = opened.http.get(f"{ORGANIZATION}?month=2026-10").json

    assert body is not None and empty is not None
    assert (body["organizationId"], body["period"]) == ("org1", "2026-11")
    assert (body["totalRequests"], body["totalTokens"]) == (2, 34)
    (client,) = body["clients"]
    assert (client["clientId"], client["totalRequests"], client["totalTokens"]) == ("cli1", 2, 34)
    assert set(client) >= {"clientId", "totalRequests", "totalTokens", "totalCostUsd"}
    assert (empty["totalRequests"], empty["clients"]) == (0, [])


def test_the_view_of_an_organization_refuses_what_is_no_month_or_no_id() -> None:
    """As the client's does."""
    with door() as opened:
        told = assert_problem(
            opened.http.get(f"{ORGANIZATION}?month=2026-00"), 422, "invalid_request"
        )
        assert "mes" in told["detail"]
        for query in ("?period=monthly", "?x=1"):
            assert_problem(opened.http.get(ORGANIZATION + query), 422, "invalid_request")
        bad = ORGANIZATION.replace("org1", "a.b")
        assert_problem(opened.http.get(bad), 400, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("POST", "", 405, "method_not_allowed"),
        ("GET", "/nothing", 404, "not_found"),
        ("OPTIONS", "", 405, "method_not_allowed"),
    ],
)
def test_beside_the_organizations_view_everything_is_a_problem(
    method: str, path: str, status: int, code: str
) -> None:
    """The corner is ours, as a client's is."""
    with door() as opened:
        assert_problem(opened.http.open(ORGANIZATION + path, method=method), status, code)
