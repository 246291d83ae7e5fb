"""Every status and body shape of a host's error, and the fault that it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from llama_marketing.adapters.hosts.dialects.failures import PROMPT_TOO_LONG, failure_inside
from llama_marketing.adapters.hosts.dialects.openai import OpenAiDialect
from llama_marketing.domain.errors import (
    BadKey,
    BadPayload,
    HostError,
    HostRateLimited,
    HostRetired,
    HostUnreachable,
    HostWork,
    ModelNotServed,
    NoCredit,
    Refused,
)

NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
DIALECT = OpenAiDialect(now=lambda: NOW)
SECRET = "sk-CANARY-0123456789"


def failure(status: int, data: Any = None, headers: dict[str, str] | None = None) -> HostError:
    """The fault that a status and a JSON body (or bytes) name."""
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return DIALECT.failure(status, headers or {}, body)


def error(message: str = "", **fields: Any) -> dict[str, Any]:
    """The usual shape."""
    return {"error": {"message": message, **fields}}


GOLDEN: list[tuple[int, Any, type[HostError]]] = [
    # The key.
    (401, error("Invalid API Key", type="invalid_request_error", code="invalid_api_key"), BadKey),
    (401, {"error": "Unauthorized"}, BadKey),
    (401, b"<html>", BadKey),
    (403, error("Forbidden"), BadKey),
    (403, b"", BadKey),
    (400, error("bad key", code="invalid_api_key"), BadKey),
    (400, error("x", details=[7, None, {"reason": "API_KEY_INVALID"}]), BadKey),
    (400, [error("x", details=[{"reason": "API_KEY_INVALID"}])], BadKey),
    (400, error("x", status="UNAUTHENTICATED"), BadKey),
    # Money.
    (402, error("Payment required"), NoCredit),
    (412, error("Account suspended"), NoCredit),
    (400, error("x", type="billing_error"), NoCredit),
    (400, error("Your credit balance is too low to access the API"), NoCredit),
    (403, error("x", details={"error_code": "credit_balance_exhausted"}), NoCredit),
    # The model.
    (404, error("The model `x` does not exist", code="model_not_found"), ModelNotServed),
    (
        404,
        {"error": {"message": "not found", "code": "NOT_FOUND"}, "request_id": "1"},
        ModelNotServed,
    ),
    (404, {"detail": "Not Found"}, ModelNotServed),
    (
        400,
        error("The model `x` has been decommissioned", code="model_decommissioned"),
        ModelNotServed,
    ),
    (400, error("Unable to access", code="model_not_available"), ModelNotServed),
    (400, error("Unable to access non-serverless model x. Please"), ModelNotServed),
    (400, error("asleep", code="dedicated_endpoint_not_running"), ModelNotServed),
    (410, error("sunset"), HostRetired),
    # The pace.
    (429, error("Rate limit", type="tokens", code="rate_limit_exceeded"), HostRateLimited),
    (429, {"error_type": "dynamic_token_limited"}, HostRateLimited),
    (429, error("no money", code="insufficient_quota"), HostRateLimited),
    (413, error("Request too large", type="tokens", code="rate_limit_exceeded"), HostRateLimited),
    (498, error("flex", code="capacity_exceeded"), HostRateLimited),
    # The prompt does not fit.
    (400, error("too big", code=400, type="exceed_context_size_error"), BadPayload),
    (400, error("x", code="context_length_exceeded"), BadPayload),
    (400, error("This model's maximum context length is 8192 tokens"), BadPayload),
    (403, error("Input token count is over the context length"), BadPayload),
    (403, error("x", code="context_length_exceeded"), BadPayload),
    (413, error("Prompt is too long"), BadPayload),
    (400, error("input length and `max_tokens` exceed context limit: 9 + 9 > 9"), BadPayload),
    (400, error("The input token count (9) exceeds the maximum number of tokens"), BadPayload),
    # What the host would not write.
    (403, error("m requires moderation. Your input was flagged for violence"), Refused),
    (400, error("blocked", code="content_filter"), Refused),
    (422, error("`temperature` must be <= 2"), BadPayload),
    (400, error("blocked", type="content_policy_violation"), Refused),
    # Anything else that is wrong with the request.
    (400, error("Extra inputs are not permitted, field: 'seed'"), BadPayload),
    (400, error("failed", code="tool_use_failed", failed_generation="x"), BadPayload),
    (413, error("Too large"), BadPayload),
    (422, {"detail": [{"loc": ["body"], "msg": "x", "type": "extra_forbidden"}]}, BadPayload),
    (405, {"detail": "Method Not Allowed"}, BadPayload),
    (409, None, BadPayload),
    (418, b"\xff", BadPayload),
    (204, b"", BadPayload),
    # The host.
    (408, None, HostUnreachable),
    (500, {"object": "error", "message": "x", "type": "InternalServerError"}, HostUnreachable),
    (502, b"<html>Bad gateway</html>", HostUnreachable),
    (503, error("Loading model", type="unavailable_error", code=503), HostUnreachable),
    (504, None, HostUnreachable),
    (529, None, HostUnreachable),
    (500, error("x", code="rate_limit_exceeded"), HostUnreachable),
    (500, {"fault": {"faultstring": "x", "detail": {"errorcode": "y"}}}, HostUnreachable),
]


@pytest.mark.parametrize(("status", "data", "fault"), GOLDEN)
def test_an_answer_is_this_fault(status: int, data: Any, fault: type[HostError]) -> None:
    """Golden; before any token, so it costs nothing."""
    named = failure(status, data)

    assert type(named) is fault
    assert (named.status, named.work) == (status, HostWork.NONE)


@pytest.mark.parametrize(
    "data",
    [
        error("the context length is 8192"),
        {"error": "the context length is 8192"},
        {"message": "the context length is 8192"},
        {"detail": "the context length is 8192"},
        {"fault": {"faultstring": "the context length is 8192"}},
        {"object": "error", "message": "the context length is 8192", "code": 40303},
    ],
)
def test_the_words_are_found_in_every_shape(data: Any) -> None:
    """Object, text, flat, detail, fault."""
    named = failure(400, data)

    assert isinstance(named, BadPayload)
    assert "demasiado largo" in named.user_message


@pytest.mark.parametrize(
    ("message", "is_too_long"),
    [
        ("`inputs` tokens + `max_new_tokens` must be <= 8192. Given: 9000", True),
        ("Input validation error: inputs must have less than 4096 max_new_tokens", True),
        ("The number of prompt tokens must be <= 131072", True),
        ("the token count and the rest must be <=4096", True),
        ("temperature must be <= 2", False),
        ("tokens were counted. top_p must be <= 1", False),
        ("max_tokens must be positive", False),
    ],
)
def test_a_bound_of_tokens_is_a_prompt_that_is_too_long(message: str, is_too_long: bool) -> None:
    """The bound of any other parameter is not."""
    named = failure(422, error(message))

    assert type(named) is BadPayload
    assert (named.user_message == PROMPT_TOO_LONG) is is_too_long


def test_a_request_that_the_host_refuses_says_so_in_spanish() -> None:
    """It is not that the answer cannot be read."""
    assert failure(422, error("x")).user_message == "El proveedor no aceptó la solicitud."


@pytest.mark.parametrize(
    ("status", "hint"), [(429, 7.0), (498, 7.0), (503, 7.0), (401, None), (400, None)]
)
def test_a_hint_is_kept_where_waiting_may_help(status: int, hint: float | None) -> None:
    """At most 120 seconds."""
    assert failure(status, None, {"retry-after": "7"}).retry_after == hint


def test_the_hint_may_stand_in_the_message() -> None:
    """As Groq writes it."""
    named = failure(429, error("Please try again in 1m0.36s."))

    assert named.retry_after == pytest.approx(60.36)


def test_a_date_as_a_hint_counts_from_now() -> None:
    """Where the answer has no date of its own."""
    named = failure(429, None, {"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"})

    assert named.retry_after == 30.0


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 500])
@pytest.mark.parametrize(
    "data",
    [
        error(f"Incorrect API key provided: {SECRET}", code=SECRET, type=SECRET),
        {"error": SECRET},
        {"detail": SECRET, "message": SECRET},
        [error(SECRET, status=SECRET, details=[{"reason": SECRET, "retryDelay": SECRET}])],
        error(SECRET, details={"error_code": SECRET, "violations": [{"quotaId": SECRET}]}),
        SECRET.encode(),
    ],
)
def test_the_host_s_text_is_never_passed_on(status: int, data: Any) -> None:
    """It may quote the key."""
    named = failure(status, data, {"x-echo": SECRET})

    shown = f"{named!r} {named} {named.user_message} {vars(named)}"
    assert SECRET.lower() not in shown.lower()


def test_a_known_code_is_passed_on() -> None:
    """For who reads the log."""
    named = failure(404, error("x", code="model_not_found", type="zzz"))

    assert str(named) == "the host answered 404 (model_not_found)"


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b"{" * 10_000, b"9" * 5000, b'"x"', b"[]", b"null", b"\x00"]
)
def test_a_hostile_error_body_is_no_trouble(body: bytes) -> None:
    """The status speaks."""
    assert type(failure(429, body)) is HostRateLimited


DELAY = {"retryDelay": "7s"}


@pytest.mark.parametrize(
    ("details", "hint"),
    [
        ([DELAY], 7.0),
        (DELAY, 7.0),
        ([7, {"retryDelay": 7}, DELAY], 7.0),
        ([DELAY, {"violations": [{"quotaId": "RequestsPerMinutePerProject"}]}], 7.0),
        ([DELAY, {"violations": [{"quotaId": "RequestsPerDayPerProject"}]}], None),
        ([DELAY, {"violations": [{"quotaMetric": "x.com/generate_requests_per_day"}]}], None),
        ([DELAY, {"violations": [7, {"quotaId": 7}, {}]}], 7.0),
        ([DELAY, {"violations": {"quotaId": "PerDay"}}], 7.0),
        ("7s", None),
        (None, None),
    ],
)
def test_a_day_s_quota_has_no_hint(details: Any, hint: float | None) -> None:
    """Whatever delay stands beside it, in the details or in a header."""
    assert failure(429, error("x", details=details)).retry_after == hint
    if hint is None and details is not None and details != "7s":
        assert failure(429, error("x", details=details), {"retry-after": "7"}).retry_after is None


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (error("x", type="overloaded_error"), HostUnreachable),
        (error("x", type="rate_limit_error"), HostRateLimited),
        (error("x", type="authentication_error"), BadKey),
        (error("x", type="billing_error"), NoCredit),
        (error("x", type="not_found_error"), ModelNotServed),
        (error("prompt is too long", type="invalid_request_error"), BadPayload),
        (error("x", code=503, status="UNAVAILABLE"), HostUnreachable),
        (error("x", code=429, status="RESOURCE_EXHAUSTED"), HostRateLimited),
        ({"title": "x", "status": 401}, BadKey),
        ({"status": 200}, HostUnreachable),
    ],
)
def test_a_fault_inside_an_answer_is_named_as_outside(
    data: dict[str, Any], fault: type[HostError]
) -> None:
    """But the host has done work by then, and there is no hint."""
    named = failure_inside(data)

    assert type(named) is fault
    assert (named.work, named.retry_after) == (HostWork.PARTIAL, None)
