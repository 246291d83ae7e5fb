"""What every answer carries: problems, request ids, headers, one line in the log."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from llama_marketing.domain.errors import (
    InvalidRequest,
    Overloaded,
    StoreUnavailable,
)
from tests.integration.flask.app import SSE, assert_problem, config_path, door, frames, meta_path

GOOD_IDS = ("r-1", "a", "x" * 128, "01J9Z3-req.7_b")
HOSTILE_IDS = (
    "",
    "x" * 129,
    "a b",
    "a\tb",
    "<script>alert(1)</script>",
    "%0d%0aSet-Cookie: x=1",
    "ñ",
    '"},{"level":"fatal',
    "$(reboot)",
    "\x1b[31m",
)


@pytest.mark.parametrize("sent", GOOD_IDS)
def test_a_request_id_comes_back_everywhere(sent: str, caplog: pytest.LogCaptureFixture) -> None:
    """In the header, the problem and the log, for answers good and bad."""
    caplog.set_level(logging.INFO, "llama_marketing.http")
    with door() as opened:
        headers = {"X-Request-Id": sent}
        good = opened.http.get(config_path(), headers=headers)
        bad = opened.http.get(f"{meta_path()}/generations/nothing", headers=headers)
        nowhere = opened.http.get(f"{meta_path()}/nothing", headers=headers)

        assert good.headers["X-Request-Id"] == sent
        assert assert_problem(bad, 404, "not_found")["requestId"] == sent
        assert assert_problem(nowhere, 404, "not_found")["requestId"] == sent
    lines = [r for r in caplog.records if getattr(r, "request_id", "") == sent]
    assert [line.getMessage().split(" in ")[0].split(" -> ")[1] for line in lines] == ["200", "404"]
    assert all(sent in line.getMessage() for line in lines)


@pytest.mark.parametrize("sent", HOSTILE_IDS)
def test_a_hostile_request_id_is_replaced(sent: str, caplog: pytest.LogCaptureFixture) -> None:
    """By one of ours, which is in the log instead."""
    caplog.set_level(logging.INFO, "llama_marketing.http")
    with door() as opened:
        answer = opened.http.get(config_path(), headers={"X-Request-Id": sent})
        own = answer.headers["X-Request-Id"]

        assert len(own) == 32 and own.isalnum()
        assert not sent or sent not in caplog.text
        assert own in caplog.text


def test_each_request_has_its_own_id_also_inside_one_app_context() -> None:
    """A test of theirs may hold an app context open around several requests."""
    with door() as opened, opened.app.app_context():
        ids = {opened.http.get(config_path()).headers["X-Request-Id"] for _ in range(3)}

        assert len(ids) == 3


def test_the_log_has_the_route_and_never_the_caller_s_values(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The rule of the route, so that no id, prompt or key stands in a line of ours."""
    caplog.set_level(logging.DEBUG, "llama_marketing")
    with door() as opened:
        opened.http.put(config_path(), json={"apiKey": "sk-secret-0123456789-abcdef"})
        opened.generate(prompt="una campaña secreta")
        opened.generate(prompt="una campaña secreta", foo=1)

    assert "POST /api/v1/organization/<org_id>/clients/<client_id>/ai/meta/generate" in caplog.text
    assert "secret" not in caplog.text
    assert {getattr(r, "action", None) for r in caplog.records if r.name.endswith("http")} == {
        "config.write",
        "generation.create",
    }


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (RuntimeError("sk-secret in a bug"), 500, "internal_error"),
        (StoreUnavailable("sk-secret in a path"), 503, "store_unavailable"),
        (Overloaded("full", retry_after=2), 503, "overloaded"),
        (InvalidRequest("x", user_message="¡Ay! " * 5000), 422, "invalid_request"),
        (InvalidRequest("x", user_message="\U0001f600 y más " * 900), 422, "invalid_request"),
    ],
    ids=lambda value: repr(value)[:24],
)
def test_whatever_fails_is_a_problem(
    error: Exception, status: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At most 8 KB, nothing of the inside, and the server goes on."""
    with door() as opened:
        service = type(opened.container.config_service())

        def fails(*_: Any) -> None:
            raise error

        monkeypatch.setattr(service, "get", fails)
        answer = opened.http.get(config_path())

        problem = assert_problem(answer, status, code)
        assert "secret" not in answer.text
        assert problem["detail"]
        assert answer.headers["Cache-Control"] == "no-store"
        assert ("Retry-After" in answer.headers) is isinstance(error, Overloaded)
        monkeypatch.undo()
        assert opened.http.get(config_path()).status_code == 200


def test_an_error_of_somebody_else_counts_as_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of their own may refine ours."""

    class DynamoAway(StoreUnavailable):
        """Theirs."""

    with door() as opened:

        def fails(*_: Any) -> None:
            raise DynamoAway("throttled")

        monkeypatch.setattr(type(opened.container.config_service()), "get", fails)

        assert_problem(opened.http.get(config_path()), 503, "store_unavailable")


@pytest.mark.parametrize("headers", [{}, SSE], ids=["json", "sse"])
def test_the_request_id_of_a_generation_is_the_caller_s(headers: dict[str, str]) -> None:
    """On the answer's headers; a refusal's body too."""
    with door() as opened:
        sent = {"X-Request-Id": "r-7"}
        good = opened.generate(headers | sent)
        bad = opened.generate(headers | sent, variations=9)

        assert good.headers["X-Request-Id"] == "r-7"
        assert not headers or frames(good.text)[-1][0] == "done"
        assert assert_problem(bad, 422, "invalid_request")["requestId"] == "r-7"
