"""The contract of ``MediaSource`` over the adapter on real sockets and over the fake."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from llama_marketing.adapters.media.http import HttpMediaSource
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
        return HttpMediaSource(guard), f"http://{self.server.endpoint}/a"
