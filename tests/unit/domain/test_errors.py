"""Errors: stable codes, Spanish sentences, and safe to send between processes."""

from __future__ import annotations

import pickle

import pytest

from llama_marketing.domain import errors
from llama_marketing.domain.errors import (
    HostError,
    HostRateLimited,
    HostWork,
    InvalidRequest,
    LlamaMarketingError,
    QuotaExceeded,
    UnreadableRequest,
)

CLASSES = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, LlamaMarketingError)
]
CODES = """
internal_error invalid_request idempotency_mismatch not_found config_not_found conflict
config_exists revision_conflict not_configured disabled use_case_disabled quota_exceeded
host_error bad_key no_credit model_not_served host_retired host_rate_limited host_unreachable
blocked_endpoint bad_payload truncated bad_output refused deadline store_error store_unavailable
store_incompatible idempotency_running too_large unsupported_media method_not_allowed
unauthorized forbidden overloaded secret_error secret_unreadable secret_binding invalid_settings
""".split()  # noqa: SIM905  # shorter to read than thirty quoted words


def test_every_class_has_a_code_of_its_own_and_it_is_the_published_one() -> None:
    """Clients act on codes, so one that changes is a breach.

    Only what cannot be read shares its code with its parent.
    """
    own = [kind for kind in CLASSES if kind is not UnreadableRequest]

    assert sorted(kind.code for kind in own) == sorted(CODES)
    assert UnreadableRequest.code == InvalidRequest.code


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_is_built_from_its_message_and_pickled_whole(
    kind: type[LlamaMarketingError],
) -> None:
    """Text, sentence and every attribute survive."""
    error = kind("org1/cli1: what happened")
    again = pickle.loads(pickle.dumps(error))

    assert str(again) == "org1/cli1: what happened"
    assert vars(again) == vars(error)
    assert type(again) is kind
    assert error.user_message.endswith(".") or error.code == "not_configured"
    assert str(kind()) == kind.code


def test_attributes_survive_pickling() -> None:
    """Also those that are given by name."""
    for error in (
        HostRateLimited("slow", host="groq", status=429, retry_after=2.5, received_bytes=3),
        QuotaExceeded("used up", retry_after=60),
        InvalidRequest("wrong", issues=(("a", "b"),), user_message="Mal."),
    ):
        assert vars(pickle.loads(pickle.dumps(error))) == vars(error)


def test_the_work_of_a_host_is_the_kinds_own_unless_it_is_known() -> None:
    """A 401 has cost nothing, an answer that cannot be read is billed."""
    assert HostError().work is HostWork.NONE
    assert errors.BadPayload().work is HostWork.DONE
    assert errors.Truncated().work is HostWork.PARTIAL
    assert errors.DeadlineExceeded().work is HostWork.UNKNOWN
    assert errors.DeadlineExceeded(work=HostWork.NONE).work is HostWork.NONE


def test_the_sentence_for_a_client_that_is_not_configured_is_the_customers() -> None:
    """The front end shows it word for word."""
    assert errors.NotConfigured().user_message == "Configure Meta AI en Settings > AI"
