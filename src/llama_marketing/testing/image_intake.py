"""The port ``ImageIntake`` at its door: the contract of any adapter, and a fake."""

from __future__ import annotations

import hashlib
import threading
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor

import pytest

from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.errors import InvalidRequest, TooLarge
from llama_marketing.domain.imaging.facts import (
    ImageFacts,
    ImageFormat,
    PaletteColour,
    PreparedImage,
)
from llama_marketing.domain.imaging.refusals import ImageFault
from llama_marketing.domain.media import MAX_IMAGE_BYTES, image_type
from llama_marketing.ports.images import ImageIntake
from llama_marketing.testing.images import JPEG, PNG


class FakeImageIntake(ImageIntake):
    """Decodes nothing: looks at the first bytes and answers the facts that it was given."""

    def __init__(self, facts: ImageFacts | None = None) -> None:
        self.taken: list[bytes] = []
        self._facts = facts
        self._lock = threading.Lock()

    def prepare(self, data: bytes, declared_type: str = "") -> PreparedImage:
        """The same bytes as they came."""
        if len(data) > MAX_IMAGE_BYTES:
            raise TooLarge("image is larger than 10 MB")
        found = image_type(data)
        if found not in {f"image/{each}" for each in ImageFormat}:
            raise ImageFault.NOT_AN_IMAGE.error()
        if declared_type not in ("", "application/octet-stream", found):
            raise ImageFault.OTHER_TYPE.error()
        with self._lock:
            self.taken.append(data)
        facts = self._facts or ImageFacts(
            format=ImageFormat(found.removeprefix("image/")),
            bytes=len(data),
            width=1080,
            height=1080,
            brightness=50.0,
            contrast=40.0,
            sharpness=500.0,
            palette=(PaletteColour(hex="#1877F2", share=1.0),),
        )
        digest = hashlib.sha256(data).hexdigest()
        return PreparedImage(ImagePart(found, data), facts.width, facts.height, digest, facts)


class ImageDoorContract(ABC):
    """What any adapter keeps, also one that decodes nothing.

    Derive a class whose name starts with Test and make the adapter.
    """

    @abstractmethod
    def make(self) -> ImageIntake:
        """The adapter."""

    @pytest.mark.parametrize("content", [b"", b"hola", b"GIF89a", b"<svg/>", b"%PDF-1.7", b"BM"])
    def test_what_is_no_picture_of_three_formats_isrefused(self, content: bytes) -> None:
        """By its first bytes, whatever it is called."""
        for declared in ("", "image/png"):
            refused(self.make(), content, declared)

    @pytest.mark.parametrize(
        ("content", "declared"), [(PNG, "image/jpeg"), (JPEG, "image/png"), (PNG, "text/plain")]
    )
    def test_a_picture_that_is_called_something_else_isrefused(
        self, content: bytes, declared: str
    ) -> None:
        """A wrong word is a mistake or a trick."""
        error = refused(self.make(), content, declared)

        assert error.user_message == ImageFault.OTHER_TYPE.error().user_message

    def test_more_than_ten_megabytes_are_too_large(self) -> None:
        """One byte is enough."""
        with pytest.raises(TooLarge):
            self.make().prepare(PNG + bytes(MAX_IMAGE_BYTES + 1 - len(PNG)))

    @pytest.mark.parametrize("declared", ["", "image/png", "application/octet-stream"])
    def test_a_png_is_taken_under_its_name_or_none(self, declared: str) -> None:
        """And its facts name its format."""
        prepared = self.make().prepare(PNG, declared)

        assert prepared.facts.format is ImageFormat.PNG
        assert prepared.digest == hashlib.sha256(prepared.image.data).hexdigest()

    def test_many_threads_may_prepare_at_once(self) -> None:
        """Each gets the same."""
        intake = self.make()

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(intake.prepare, [PNG] * 16))

        assert {prepared.digest for prepared in found} == {found[0].digest}


def refused(intake: ImageIntake, data: bytes, declared: str = "") -> InvalidRequest:
    """The refusal of a picture, after a look at its form."""
    with pytest.raises(InvalidRequest) as caught:
        intake.prepare(data, declared)
    assert [field for field, _ in caught.value.issues] == ["image"]
    assert caught.value.user_message.endswith(".")
    return caught.value
