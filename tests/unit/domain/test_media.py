"""Images by their bytes, and the ones that stand in a URL."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.media import (
    MAX_IMAGE_BYTES,
    NOT_FETCHED,
    image_of,
    image_type,
    inline_image,
    unfetched,
)
from llama_marketing.testing.images import GIF, JPEG, PNG, WEBP


@pytest.mark.parametrize(
    ("start", "media_type"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\xff\xd8\xff\xdb", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", ""),
        (b"\x89PNG\n\x1a\n", ""),
        (b"\xff\xd8", ""),
        (b"BM", ""),
        (b"<svg", ""),
        (b"", ""),
    ],
)
def test_the_first_bytes_say_the_type(start: bytes, media_type: str) -> None:
    """Nothing else does."""
    assert image_type(start) == media_type


def test_an_image_over_the_size_is_none() -> None:
    """10 MB are one still."""
    fits = PNG + bytes(MAX_IMAGE_BYTES - len(PNG))

    assert image_of(fits) == ImagePart("image/png", fits)
    assert image_of(fits + b"\0") is None


@pytest.mark.parametrize(
    "head",
    [
        "data:image/png;base64",
        "data:;base64",
        "data:image/svg+xml;charset=utf-8;BASE64 ",
        "DATA:;base64",
    ],
)
def test_the_words_before_the_comma_do_not_decide(head: str) -> None:
    """Only whether what follows is base64."""
    url = f"{head},{base64.b64encode(PNG).decode()}"

    assert inline_image(url) == ImagePart("image/png", PNG)


@pytest.mark.parametrize("content", [PNG, GIF, JPEG, WEBP])
def test_base64_may_lack_its_padding_or_be_wrapped(content: bytes) -> None:
    """As browsers take it; a plus may be percent-encoded."""
    packed = base64.b64encode(content).decode()
    wrapped = "\r\n".join(packed[at : at + 20] for at in range(0, len(packed), 20))
    escaped = packed.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")

    for text in (packed.rstrip("="), wrapped, escaped):
        found = inline_image(f"data:image/png;base64,{text}")
        assert found is not None
        assert found.data == content


def test_an_image_may_be_percent_encoded() -> None:
    """Without base64."""
    text = "".join(f"%{byte:02x}" for byte in GIF)

    assert inline_image(f"data:image/gif,{text}") == ImagePart("image/gif", GIF)


@pytest.mark.parametrize("text", ["!!!!", "iVBOR", "", "aG9sYQ==", "é", "iVBOR=w0KGgo"])
def test_what_holds_no_image_is_none(text: str) -> None:
    """Broken base64, half an image's head, a text."""
    assert inline_image(f"data:image/png;base64,{text}") is None


def test_a_text_far_over_the_size_is_not_even_decoded() -> None:
    """Though it be an image and blanks."""
    packed = base64.b64encode(PNG).decode()

    assert inline_image("data:;base64," + packed + " " * MAX_IMAGE_BYTES) is not None
    assert inline_image("data:;base64," + packed + " " * (4 * MAX_IMAGE_BYTES)) is None


@given(st.text(max_size=60))
def test_no_text_raises(text: str) -> None:
    """An image, or none; so short a text holds no image's head in base64 by chance."""
    assert inline_image(text) is None
    assert inline_image(f"data:;base64,{text}") is None


@given(st.binary(max_size=200))
def test_any_bytes_after_an_images_head_come_back(rest: bytes) -> None:
    """Out of base64 as they went in."""
    url = f"data:;base64,{base64.b64encode(PNG + rest).decode()}"

    assert inline_image(url) == ImagePart("image/png", PNG + rest)


def test_the_fault_names_the_field() -> None:
    """And says one sentence."""
    fault = unfetched()

    assert fault.user_message == NOT_FETCHED
    assert fault.issues == (("imageUrl", "could not be fetched"),)
