"""Port: making a stranger's picture fit to be sent, and measuring it."""

from __future__ import annotations

from abc import abstractmethod
from typing import Protocol

from llama_marketing.domain.imaging.facts import PreparedImage


class ImageIntake(Protocol):
    """Takes pictures from strangers; safe between threads.

    What comes out is a picture of at most 1,568 pixels a side, upright, opaque and without a
    byte of metadata.
    """

    @abstractmethod
    def prepare(self, data: bytes, declared_type: str = "") -> PreparedImage:
        """The picture, its first frame where it is animated.

        ``declared_type`` is what the sender calls it, such as image/png; empty, and
        application/octet-stream, are no claim.

        Raises TooLarge above 10 MB; InvalidRequest with the issue ``image`` for what is no JPEG,
        PNG or WebP, is of another type than declared, is broken or cut, has a side above 12,000
        or more than 25,000,000 pixels, or hides another file; SettingsError where pictures
        cannot be read at all.
        """
