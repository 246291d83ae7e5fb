"""Every error has its HTTP status, the one that the interfaces promise for its code."""

from __future__ import annotations

import pytest

from llama_marketing.adapters.flask.problems import STATUSES, TITLES, problem_body
from llama_marketing.domain.errors import LlamaMarketingError

PROMISED: dict[int, str] = {
    401: "unauthorized",
    403: "forbidden",
    404: "config_not_found not_found",
    405: "method_not_allowed",
    409: (
        "config_exists revision_conflict not_configured disabled use_case_disabled bad_key "
        "no_credit model_not_served host_retired idempotency_running"
    ),
    413: "too_large",
    415: "unsupported_media",
    422: "refused idempotency_mismatch blocked_endpoint",
    429: "quota_exceeded host_rate_limited",
    502: "bad_payload truncated bad_output host_unreachable",
    503: "overloaded store_unavailable",
    504: "deadline",
}
"""The table of statuses and codes; ``invalid_request`` is 400 or 422 and tested below."""
OWN: dict[int, str] = {
    409: "conflict secret_error secret_unreadable secret_binding",
    500: "internal_error invalid_settings",
    502: "host_error",
    503: "store_error store_incompatible",
}
"""Codes that the table leaves to us."""
EXPECTED = {
    code: status
    for table in (PROMISED, OWN)
    for status, codes in table.items()
    for code in codes.split()
}


def tree(root: type[LlamaMarketingError]) -> list[type[LlamaMarketingError]]:
    """A class and all below it, those of the library."""
    below = [found for child in root.__subclasses__() for found in tree(child)]
    return [found for found in [root, *below] if found.__module__.startswith("llama_marketing.")]


ERRORS = tree(LlamaMarketingError)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_has_a_status_of_its_own(error: type[LlamaMarketingError]) -> None:
    """A row in the one table, with a Spanish title."""
    assert error in STATUSES, "give it a row in adapters/flask/problems.py"
    assert STATUSES[error] in TITLES
    body = problem_body(error("told in English"), "r-1")
    assert (body["status"], body["code"]) == (STATUSES[error], error.code)
    assert "English" not in str(body)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_a_code_has_the_promised_status(error: type[LlamaMarketingError]) -> None:
    """``invalid_request`` is 400 where nothing could be read, else 422."""
    if error.code == "invalid_request":
        assert STATUSES[error] == (400 if error.__name__ == "UnreadableRequest" else 422)
    else:
        assert STATUSES[error] == EXPECTED[error.code]


def test_every_promised_code_is_some_error_s() -> None:
    """Nothing is promised that nobody can get; and no row is of a class that is gone."""
    assert EXPECTED.keys() | {"invalid_request"} == {error.code for error in ERRORS}
    assert set(STATUSES) == set(ERRORS)


def test_a_host_s_fault_is_never_500_nor_a_code_of_our_door() -> None:
    """Whatever a host does."""
    door = {"unauthorized", "forbidden", "invalid_request", "not_configured", "quota_exceeded"}
    hosts = [error for error in ERRORS if "HostError" in {kind.__name__ for kind in error.__mro__}]

    assert len(hosts) > 10
    assert [error for error in hosts if STATUSES[error] == 500 or error.code in door] == []
