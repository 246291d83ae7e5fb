"""The stores that the routes must behave alike on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.dynamodb_local import LocalDynamo
from tests.integration.flask import app


@pytest.fixture(
    scope="module",
    autouse=True,
    params=["memory", pytest.param("dynamodb", marks=pytest.mark.slow)],
)
def store(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each door opens on a fresh one; skips where DynamoDB Local cannot run."""
    if request.param == "memory":
        yield request.param
        return
    server: LocalDynamo = request.getfixturevalue("dynamodb_local")
    with pytest.MonkeyPatch.context() as patched:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patched.setenv(name, "local")
        patched.setattr(app, "new_store", lambda: server.address(server.new_table()))
        yield request.param
