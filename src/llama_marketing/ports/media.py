"""Port: fetching the image that a URL names."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.deadline import Deadline


class MediaSource(Protocol):
    """Fetches images for a client that names them by URL; safe between threads.

    Takes ``https:`` and ``data:`` URLs, ``http:`` only where the operator allows the address,
    ``s3://bucket/key`` only where the operator allows the bucket, and follows no redirect. The
    bytes alone decide the type: JPEG, PNG, WebP or GIF.
    """

    @abstractmethod
    def fetch(self, url: str, deadline: Deadline) -> ImagePart:
        """The image, of at most 10 MB, within 10 seconds or the deadline.

        Raises InvalidRequest with the issue ``imageUrl`` and one sentence for all that can go
        wrong; BlockedEndpoint, with that sentence too, where the URL's own text is an address
        that the operator does not allow; DeadlineExceeded where the deadline itself passed.
        """
