"""Images out of S3: what may be named, and what goes wrong there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.exceptions import EndpointConnectionError, IncompleteReadError
from moto import mock_aws

from llama_marketing.adapters.media.s3 import AllowedPlace, S3MediaSource
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import (
    DeadlineExceeded,
    InvalidRequest,
    LlamaMarketingError,
    SettingsError,
)
from llama_marketing.domain.media import MAX_IMAGE_BYTES, NOT_FETCHED, TOO_SLOW
from llama_marketing.testing.images import PNG
from llama_marketing.testing.media import soon

URL = "s3://creatives/shown/a.png"


@pytest.fixture(autouse=True)
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two buckets, each with the same pictures."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.session.Session().client("s3")
        for bucket in ("creatives", "private"):
            client.create_bucket(Bucket=bucket)
            for key in ("shown/a.png", "hidden/a.png"):
                client.put_object(Bucket=bucket, Key=key, Body=PNG)
        yield client


def _source(allowed: str, session: Any = None) -> S3MediaSource:
    return S3MediaSource(AllowedPlace.parse(allowed), session)


def _fault(source: S3MediaSource, url: str, deadline: Deadline | None = None) -> str:
    with pytest.raises(LlamaMarketingError) as caught:
        source.fetch(url, deadline or soon())
    assert isinstance(caught.value, InvalidRequest)
    assert caught.value.user_message == NOT_FETCHED
    return str(caught.value)


class _Body:
    """The stream of an answer, which counts what is read."""

    def __init__(self, content: bytes = PNG, fault: Exception | None = None) -> None:
        self.content, self.fault = content, fault
        self.taken = 0
        self.closed = False

    def read(self, size: int) -> bytes:
        if self.fault is not None:
            raise self.fault
        part = self.content[self.taken : self.taken + size]
        self.taken += len(part)
        return part

    def close(self) -> None:
        self.closed = True


class _Session:
    """A session whose client answers what it is told."""

    def __init__(self, body: _Body, length: int | None = None) -> None:
        self.body, self.length = body, length
        self.made = 0

    def client(self, name: str, config: Any) -> _Session:
        assert name == "s3" and config.retries["total_max_attempts"] == 1
        self.made += 1
        return self

    def get_object(self, **_: str) -> dict[str, Any]:
        if self.length is None:
            assert self.body.fault is not None
            raise self.body.fault
        return {"ContentLength": self.length, "Body": self.body}


def test_no_bucket_is_open_by_default() -> None:
    _fault(_source(""), URL)


@pytest.mark.parametrize(
    ("allowed", "open_keys"),
    [
        ("creatives", ["creatives/shown/a.png", "creatives/hidden/a.png"]),
        ("creatives/shown/", ["creatives/shown/a.png"]),
        (
            " s3://creatives/shown/ , private/hidden ,",
            ["creatives/shown/a.png", "private/hidden/a.png"],
        ),
        ("creative", []),
    ],
)
def test_only_what_the_operator_allows_is_read(allowed: str, open_keys: list[str]) -> None:
    source = _source(allowed)

    for bucket in ("creatives", "private"):
        for key in ("shown/a.png", "hidden/a.png"):
            if f"{bucket}/{key}" in open_keys:
                assert source.fetch(f"s3://{bucket}/{key}", soon()).data == PNG
            else:
                _fault(source, f"s3://{bucket}/{key}")


def test_not_allowed_not_there_and_no_picture_sound_alike(s3: Any) -> None:
    s3.put_object(Bucket="creatives", Key="shown/b.txt", Body=b"hola")
    source = _source("creatives,absent")

    told = {
        _fault(source, url)
        for url in (
            "s3://private/shown/a.png",
            "s3://creatives/none.png",
            "s3://absent/a.png",
            "s3://creatives/shown/b.txt",
        )
    }

    assert len(told) == 1


@pytest.mark.parametrize(
    "url",
    [
        "s3://creatives",
        "s3://creatives/",
        "s3:///a.png",
        "s3://Creatives/a.png",
        "s3://a@creatives/a.png",
        "s3://creatives:80/a.png",
        "s3://arn:aws:s3:us-east-1:1:accesspoint/a/a.png",
        "s3://creatives/a\n.png",
        "s3://creatives/" + "a" * 1025,
        "s3://creatives/" + "é" * 513,
        "s3://creatives/\ud800",
        "https://creatives/a.png",
    ],
)
def test_what_names_no_object_asks_nobody(url: str) -> None:
    session = _Session(_Body(), len(PNG))

    assert "s3://bucket/key" in _fault(_source("creatives", session), url)
    assert session.made == 0


def test_a_session_of_botocore_does_too() -> None:
    source = _source("creatives", botocore.session.get_session())

    assert source.fetch(URL, soon()).media_type == "image/png"


def test_one_client_is_made_at_the_first_use() -> None:
    session = _Session(_Body(PNG + PNG), len(PNG))
    source = _source("creatives", session)
    assert session.made == 0

    source.fetch(URL, soon())
    session.body = _Body()
    source.fetch(URL, soon())

    assert session.made == 1


def test_what_is_too_large_is_not_read() -> None:
    body = _Body()
    _fault(_source("creatives", _Session(body, MAX_IMAGE_BYTES + 1)), URL)

    assert (body.taken, body.closed) == (0, True)


def test_what_is_larger_than_it_says_is_not_read_to_its_end() -> None:
    body = _Body(PNG + bytes(2 * MAX_IMAGE_BYTES))
    _fault(_source("creatives", _Session(body, 5)), URL)

    assert body.taken <= MAX_IMAGE_BYTES + 65_536
    assert body.closed


@pytest.mark.parametrize("length", [None, 70])
@pytest.mark.parametrize(
    "fault",
    [
        EndpointConnectionError(endpoint_url="https://10.0.0.7/secret"),
        IncompleteReadError(actual_bytes=1, expected_bytes=2),
        ConnectionResetError(),
    ],
)
def test_a_fault_of_s3_is_told_in_the_one_sentence(fault: Exception, length: int | None) -> None:
    """Before the answer and in the midst of it; where S3 lies is not told."""
    told = _fault(_source("creatives", _Session(_Body(fault=fault), length)), URL)

    assert "secret" not in told


def test_a_deadline_that_passes_while_it_is_read_is_told_as_such() -> None:
    now = iter([0.0] * 2 + [100.0] * 100)
    source = _source("creatives", _Session(_Body(), len(PNG)))

    with pytest.raises(DeadlineExceeded) as caught:
        source.fetch(URL, Deadline(60.0, lambda: next(now)))
    assert caught.value.user_message == TOO_SLOW


def test_ten_seconds_are_enough_for_one_image() -> None:
    """The operation may have longer; then it is the image that is at fault."""
    now = iter([0.0] * 2 + [11.0] * 100)

    _fault(
        _source("creatives", _Session(_Body(), len(PNG))), URL, Deadline(60.0, lambda: next(now))
    )


def test_a_passed_deadline_asks_nobody() -> None:
    session = _Session(_Body(), len(PNG))

    with pytest.raises(DeadlineExceeded):
        _source("creatives", session).fetch(URL, Deadline(time.monotonic() - 1, time.monotonic))
    assert session.made == 0


@pytest.mark.parametrize("text", ["Creatives", "a", "-bucket", "bucket_name", "https://x/y", "*"])
def test_a_name_that_no_bucket_can_have_refuses_to_start(text: str) -> None:
    with pytest.raises(SettingsError, match="LLAMA_MARKETING_MEDIA_BUCKETS"):
        AllowedPlace.parse(f"creatives,{text}")


def test_the_session_is_in_no_repr() -> None:
    assert "_Session" not in repr(_source("creatives", _Session(_Body())))
