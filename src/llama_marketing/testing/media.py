"""The contract of the port ``MediaSource``, as tests for any adapter."""

from __future__ import annotations

import base64
import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor

import pytest

from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import DeadlineExceeded, InvalidRequest
from llama_marketing.domain.media import MAX_IMAGE_BYTES, NOT_FETCHED
from llama_marketing.ports.media import MediaSource
from llama_marketing.testing.images import GIF, JPEG, PNG, WEBP

TYPES = [
    pytest.param("image/png", PNG, id="png"),
    pytest.param("image/gif", GIF, id="gif"),
    pytest.param("image/jpeg", JPEG, id="jpeg"),
    pytest.param("image/webp", WEBP, id="webp"),
]


class MediaSourceContract(ABC):
    """Derive a class whose name starts with Test and say where an image lies."""

    @abstractmethod
    def make(self, content: bytes | None) -> tuple[MediaSource, str]:
        """The adapter, and a URL at which this content lies; None is a URL without any."""

    @pytest.mark.parametrize(("media_type", "content"), TYPES)
    def test_an_image_comes_with_the_type_that_its_bytes_say(
        self, media_type: str, content: bytes
    ) -> None:
        """Each of the four types."""
        source, url = self.make(content)

        assert source.fetch(url, soon()) == ImagePart(media_type, content)

    @pytest.mark.parametrize(("media_type", "content"), TYPES)
    def test_an_image_may_stand_in_the_url(self, media_type: str, content: bytes) -> None:
        """There too the bytes decide, not the word."""
        source, _ = self.make(None)
        url = f"data:image/png;base64,{base64.b64encode(content).decode()}"

        assert source.fetch(url, soon()) == ImagePart(media_type, content)

    @pytest.mark.parametrize(
        "content",
        [None, b"", b"<html></html>", b"%PDF-1.7", b"<svg/>", b"RIFF\x00\x00\x00\x00WAVE"],
    )
    def test_what_is_no_image_is_refused_with_one_sentence(self, content: bytes | None) -> None:
        """Who gave the URL learns nothing of what is there."""
        source, url = self.make(content)

        with pytest.raises(InvalidRequest) as caught:
            source.fetch(url, soon())
        _expect_the_sentence(caught.value)

    def test_the_largest_image_is_taken_and_no_larger_one(self) -> None:
        """10 MB."""
        fits = PNG + bytes(MAX_IMAGE_BYTES - len(PNG))
        source, url = self.make(fits)
        assert len(source.fetch(url, soon()).data) == MAX_IMAGE_BYTES

        source, url = self.make(fits + b"\0")
        with pytest.raises(InvalidRequest) as caught:
            source.fetch(url, soon())
        _expect_the_sentence(caught.value)

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "data:",
            "data:image/png;base64",
            "data:image/png;base64,",
            "data:image/png;base64,%%%",
            "data:text/plain,Hola",
            "ftp://example.com/a.png",
            "file:///etc/passwd",
            "/a.png",
        ],
    )
    def test_a_url_that_names_no_image_is_refused(self, url: str) -> None:
        """With the same sentence."""
        source, _ = self.make(None)

        with pytest.raises(InvalidRequest) as caught:
            source.fetch(url, soon())
        _expect_the_sentence(caught.value)

    def test_nothing_is_fetched_after_the_deadline(self) -> None:
        """That is nobody's fault but the clock's."""
        source, url = self.make(PNG)

        with pytest.raises(DeadlineExceeded):
            source.fetch(url, Deadline(time.monotonic() - 1.0, time.monotonic))

    def test_many_threads_may_fetch_at_once(self) -> None:
        """Each gets the image."""
        source, url = self.make(PNG)

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda _: source.fetch(url, soon()), range(16)))

        assert found == [ImagePart("image/png", PNG)] * 16


def _expect_the_sentence(error: InvalidRequest) -> None:
    assert error.user_message == NOT_FETCHED
    assert [field for field, _ in error.issues] == ["imageUrl"]


def soon() -> Deadline:
    """A deadline that no working fetch meets."""
    return Deadline(time.monotonic() + 10.0, time.monotonic)
