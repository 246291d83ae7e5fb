"""A source of images in memory, and the smallest images of each type."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import DeadlineExceeded, HostWork, LlamaMarketingError
from llama_marketing.domain.media import image_of, inline_image, unfetched
from llama_marketing.ports.media import MediaSource

PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4"
    "890000000d49444154789c636060f8cf00000203010028e8fc6d0000000049454e44ae426082"
)
"""One pixel."""
GIF: Final = bytes.fromhex("474946383961010001008000000000ffffff2c00000000010001000002024401003b")
"""One pixel."""
JPEG: Final = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
"""A head and an end, nothing between them."""
WEBP: Final = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00" + bytes(13)
"""A head, nothing that can be shown."""


class FakeMediaSource(MediaSource):
    """Implements the port in memory: answers what it was given by URL; safe between threads.

    ``data:`` URLs are read as everywhere; a URL that it does not know fails.
    """

    def __init__(self, images: Mapping[str, bytes | LlamaMarketingError] | None = None) -> None:
        self.fetched: list[str] = []
        self._images = dict(images or {})
        self._lock = threading.Lock()

    def fetch(self, url: str, deadline: Deadline) -> ImagePart:
        """The image that was given for the URL, or the fault."""
        with self._lock:
            self.fetched.append(url)
        if url[:5].lower() == "data:":
            image = inline_image(url)
        else:
            if deadline.passed():
                raise DeadlineExceeded("the image took too long", work=HostWork.NONE)
            given = self._images.get(url, b"")
            if isinstance(given, LlamaMarketingError):
                raise given
            image = image_of(given)
        if image is None:
            raise unfetched()
        return image
