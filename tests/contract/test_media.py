"""The contract of ``MediaSource`` over the adapters and over the fake."""

from __future__ import annotations

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from llama_marketing.adapters.media.by_scheme import MediaByScheme
from llama_marketing.adapters.media.http import HttpMediaSource
from llama_marketing.adapters.media.s3 import AllowedPlace, S3MediaSource
from llama_marketing.adapters.wire.endpoint_guard import EndpointGuard
from llama_marketing.ports.media import MediaSource
from llama_marketing.testing.images import FakeMediaSource
from llama_marketing.testing.media import MediaSourceContract
from tests.fake_host import FakeHost, plain, status

URL = "https://img.example/a"


class TestFakeMediaSource(MediaSourceContract):
    """The fake keeps what it makes other code believe."""

    def make(self, content: bytes | None) -> tuple[MediaSource, str]:
        """What lies at one URL."""
        return FakeMediaSource({} if content is None else {URL: content}), URL


class TestHttpMediaSource(MediaSourceContract):
    """The adapter, against a server on a raw socket that calls everything text."""

    @pytest.fixture(autouse=True)
    def _server(self) -> Iterator[None]:
        with FakeHost() as server:
            self.server = server
            yield

    def make(self, content: bytes | None) -> tuple[MediaSource, str]:
        """Plain http, which the operator allows."""
        self.server.otherwise = status(404) if content is None else plain(content, "text/html")
        guard = EndpointGuard.parse(self.server.endpoint)
        source = MediaByScheme({"http": HttpMediaSource(guard)})
        return source, f"http://{self.server.endpoint}/a"


class TestS3MediaSource(MediaSourceContract):
    """The adapter over S3 (moto, in this thread and those it starts)."""

    @pytest.fixture(autouse=True)
    def _bucket(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        with mock_aws():
            self.session = boto3.session.Session(region_name="us-east-1")
            self.s3 = self.session.client("s3")
            self.s3.create_bucket(Bucket="creatives")
            yield

    def make(self, content: bytes | None) -> tuple[MediaSource, str]:
        """An object under a name of several scripts, which calls itself text."""
        key = "shown/café 1.png"
        if content is not None:
            self.s3.put_object(Bucket="creatives", Key=key, Body=content, ContentType="text/html")
        source = S3MediaSource(AllowedPlace.parse("creatives"), self.session)
        return MediaByScheme({"s3": source}), f"s3://creatives/{key}"
