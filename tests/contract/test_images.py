"""The contract of ``ImageIntake`` over Pillow, and what the fake keeps of it."""

from __future__ import annotations

from llama_marketing.adapters.images.intake import PillowImageIntake
from llama_marketing.ports.images import ImageIntake
from llama_marketing.testing.image_decoding import ImageIntakeContract
from llama_marketing.testing.image_intake import FakeImageIntake, ImageDoorContract


class TestPillowImageIntake(ImageIntakeContract):
    """The adapter."""

    def make(self) -> ImageIntake:
        """With Pillow."""
        return PillowImageIntake()


class TestFakeImageIntake(ImageDoorContract):
    """The fake keeps what it makes other code believe."""

    def make(self) -> ImageIntake:
        """Without any."""
        return FakeImageIntake()
