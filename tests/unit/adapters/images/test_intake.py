"""The intake where the contract does not look."""

from __future__ import annotations

import sys

import pytest

from llama_marketing.adapters.images.intake import PillowImageIntake
from llama_marketing.domain.errors import SettingsError
from llama_marketing.testing import pictures


def test_without_pillow_the_operator_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Bad files are still refused as such."""
    data = pictures.saved(pictures.picture())
    monkeypatch.setitem(sys.modules, "llama_marketing.adapters.images.pixels", None)

    with pytest.raises(SettingsError, match=r"llama-marketing\[images\]") as caught:
        PillowImageIntake().prepare(data)
    assert "no está instalado" in caught.value.user_message


@pytest.mark.parametrize(
    "declared", ["image/jpeg", "IMAGE/JPEG; charset=x", "image/jpg", "image/pjpeg", " "]
)
def test_a_jpeg_has_several_names(declared: str) -> None:
    data = pictures.saved(pictures.picture())

    assert PillowImageIntake().prepare(data, declared).facts.format == "jpeg"


def test_the_turn_is_given_back_after_a_fault() -> None:
    """The next picture does not wait for ever."""
    intake = PillowImageIntake()

    for _ in range(2):
        with pytest.raises(ValueError, match="broken"):
            intake.prepare(pictures.HOSTILE["PNG with noise for pixels"]())
    assert intake.prepare(pictures.saved(pictures.picture())).width == 64
