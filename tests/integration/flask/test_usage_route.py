"""The route of the usage."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

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
    assert (body["previous"]["period"], body["previous"]["days"]) == ("2026-11", 30)
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


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ("period=daily", "2026-11-24"),
        ("period=weekly&date=2026-11-29", "2026-W48"),
        ("period=quarterly", "2026-Q4"),
        ("period=custom&from=2026-11-01&to=2026-11-24", "2026-11-01..2026-11-24"),
    ],
)
def test_get_sums_every_kind_of_period(query: str, label: str) -> None:
    """With its label, its level and what it is compared with."""
    with door() as opened:
        opened.generate()
        body = opened.http.get(f"{USAGE}?{query}").get_json()

    assert (body["period"], body["totalRequests"], body["quotaLevel"]) == (label, 1, "green")
    assert body["previous"]["totalRequests"] == 0


@pytest.mark.parametrize(
    "query",
    ["period=hourly", "from=2026-11-02&to=2026-11-01", "from=2016-01-01&to=2026-01-01",
     "date=2026-02-30", "period=weekly&month=2026-11", "zone=Europe/Madrid"],
)  # fmt: skip
def test_get_refuses_a_period_that_cannot_be(query: str) -> None:
    with door() as opened:
        for path in (USAGE, f"{USAGE}/export"):
            assert_problem(opened.http.get(f"{path}?{query}"), 422, "invalid_request")


def test_export_is_a_csv_file_with_prices() -> None:
    """A header and a line an entry; the summary ends with the total."""
    with door() as opened:
        opened.generate()
        answer = opened.http.get(f"{USAGE}/export?markup=20")
        summary = opened.http.get(f"{USAGE}/export?kind=summary&period=daily")
        rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))

    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert [row["useCase"] for row in rows] == ["social_post"]
    cost, price = Decimal(rows[0]["costUsd"]), Decimal(rows[0]["priceUsd"])
    assert price == pytest.approx(cost * Decimal("1.2"), abs=Decimal("1e-12"))
    assert summary.text.splitlines()[-1].split(",")[:3] == ["2026-11-24", "cli1", "TOTAL"]


@pytest.mark.parametrize("query", ["markup=-1", "markup=a", "kind=all"])
def test_export_refuses_what_it_cannot_write(query: str) -> None:
    with door() as opened:
        assert_problem(opened.http.get(f"{USAGE}/export?{query}"), 422, "invalid_request")


def test_export_of_nothing_is_a_header() -> None:
    with door() as opened:
        assert opened.http.get(f"{USAGE}/export").text.count("\r\n") == 1
