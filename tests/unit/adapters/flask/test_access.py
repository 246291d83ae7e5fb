"""The question at the door: ids first, then the caller's answer."""

from __future__ import annotations

import pytest
from flask import Request
from werkzeug.test import EnvironBuilder

from llama_marketing.adapters.flask.access import (
    Access,
    Action,
    Principal,
    check_path_id,
    grant,
)
from llama_marketing.domain.errors import InvalidRequest, UnreadableRequest
from llama_marketing.domain.tenant import TenantRef

REQUEST = Request(EnvironBuilder().get_environ())


def test_a_granted_question_knows_who_and_whose() -> None:
    """The tenant of the path and the principal as answered."""
    principal = Principal("ana")
    access = grant(lambda *_: principal, REQUEST, Action.CHECK, "org1", "cli1")

    assert access == Access(principal, "org1", "cli1")
    assert access.tenant == TenantRef("org1", "cli1")


def test_a_route_without_a_client_has_no_tenant() -> None:
    """Asking for one is a bug of ours, never somebody's empty id."""
    access = grant(lambda *_: Principal("ana"), REQUEST, Action.CATALOG_READ, None, None)

    with pytest.raises(InvalidRequest):
        _ = access.tenant


@pytest.mark.parametrize("bad", ["", "a.b", "a\n", "x" * 65, "ñ", "a\x00"])
def test_an_id_of_the_wrong_form_is_unreadable(bad: str) -> None:
    """400, with the path's own name for it."""
    for ids in ((bad, "cli1"), ("org1", bad)):
        with pytest.raises(UnreadableRequest) as raised:
            grant(lambda *_: pytest.fail("asked"), REQUEST, Action.CHECK, *ids)
        assert raised.value.issues[0][0] == ("orgId" if ids[0] == bad else "clientId")
        assert raised.value.__cause__ is None


def test_a_sound_id_is_answered() -> None:
    assert check_path_id("generationId", "01J9Z3_a-B") == "01J9Z3_a-B"
