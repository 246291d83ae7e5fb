"""Which source an image's URL goes to."""

from __future__ import annotations

import pytest

from llama_marketing.adapters.media.by_scheme import MediaByScheme
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.media import NOT_FETCHED
from llama_marketing.testing.images import GIF, PNG, FakeMediaSource
from llama_marketing.testing.media import soon

HTTP, S3 = "https://img.example/a", "s3://bucket/a"


def test_each_scheme_has_its_source() -> None:
    http, s3 = FakeMediaSource({HTTP: PNG}), FakeMediaSource({S3: GIF})
    media = MediaByScheme({"https": http, "s3": s3})

    assert media.fetch(HTTP, soon()).media_type == "image/png"
    assert media.fetch(S3, soon()).media_type == "image/gif"
    assert (http.fetched, s3.fetched) == ([HTTP], [S3])


def test_the_case_of_the_scheme_does_not_matter() -> None:
    s3 = FakeMediaSource({"S3://bucket/a": PNG})

    assert MediaByScheme({"s3": s3}).fetch("S3://bucket/a", soon()).data == PNG


@pytest.mark.parametrize("url", ["", "ftp://a/b", "file:///etc/passwd", "//a/b", "s3//a", "s3"])
def test_a_scheme_without_a_source_asks_nobody(url: str) -> None:
    http = FakeMediaSource({url: PNG})

    with pytest.raises(InvalidRequest) as caught:
        MediaByScheme({"https": http}).fetch(url, soon())
    assert caught.value.user_message == NOT_FETCHED
    assert http.fetched == []
