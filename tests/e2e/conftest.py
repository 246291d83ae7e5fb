"""The stores that a served API must behave alike on."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs
import pytest

from tests.dynamodb_local import LocalDynamo
from tests.fake_host import FakeHost

Variables = Mapping[str, str]


@attrs.frozen
class Crowd:
    """How many readers come, and whether each waits until the one before is with the host.

    DynamoDB Local of 2020 works on one transaction at a time: on a busy machine many at once
    wait longer for it than the seconds that one call may take, which Amazon's does not ask.
    """

    size: int
    one_by_one: bool

    def come(self, readers: Sequence[threading.Thread], host: FakeHost) -> None:
        """Let the readers in."""
        for reader in readers:
            before = len(host.requests)
            reader.start()
            if self.one_by_one:
                # Who has left already may never get that far.
                host.wait_for_requests(before + 1, 2)


@pytest.fixture(params=["sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Variables]:
    """The variables of a server on a fresh store; skips where DynamoDB Local cannot run."""
    if request.param == "sqlite":
        yield {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
        return
    server: LocalDynamo = request.getfixturevalue("dynamodb_local")
    table = server.new_table()
    yield {
        "LLAMA_MARKETING_STORE": server.address(table),
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    server.boto3.delete_table(TableName=table)


@pytest.fixture
def crowd(store: Variables) -> Crowd:
    """The readers that the store can bear."""
    if store["LLAMA_MARKETING_STORE"].startswith("sqlite"):
        return Crowd(100, one_by_one=False)
    return Crowd(16, one_by_one=True)
