"""Pictures through Pillow: only what the header allows is decoded, only pixels come out."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

import attrs

from llama_marketing.adapters.images.header import ImageHeader, hides_a_file
from llama_marketing.adapters.images.jpeg import read_jpeg
from llama_marketing.adapters.images.png import read_png
from llama_marketing.adapters.images.webp import read_webp
from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.errors import SettingsError, TooLarge
from llama_marketing.domain.imaging.facts import ImageFacts, PreparedImage
from llama_marketing.domain.imaging.refusals import ImageFault
from llama_marketing.domain.media import MAX_IMAGE_BYTES, image_type
from llama_marketing.ports.images import ImageIntake

if TYPE_CHECKING:
    from llama_marketing.adapters.images.pixels import Pixels

_READERS: Final[dict[str, Callable[[bytes], ImageHeader]]] = {
    "image/jpeg": read_jpeg,
    "image/png": read_png,
    "image/webp": read_webp,
}
_NO_CLAIM: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_OTHER_NAMES: Final = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg"}
_TOO_LARGE: Final = "La imagen pesa más de 10 MB."


@attrs.define(eq=False)
class PillowImageIntake(ImageIntake):
    """Reads the header itself, then has Pillow decode; one picture at a time in a process.

    So a hundred requests at once take no more memory for it than one, about 150 MB at most,
    besides their bodies.
    """

    _turn: threading.Lock = attrs.field(factory=threading.Lock, init=False, repr=False)

    def prepare(self, data: bytes, declared_type: str = "") -> PreparedImage:
        """The picture; see the port for what is raised."""
        reader = _reader(data, declared_type)
        with self._turn:
            header = _header(data, reader)
            orientation = header.exif(data).orientation
            pixels = _decoded(data, header, orientation)
            removed = header.removed(data)
        content = pixels.content
        sides = (header.width, header.height)
        width, height = reversed(sides) if orientation >= 5 else sides
        facts = ImageFacts(
            format=header.format,
            bytes=len(data),
            width=width,
            height=height,
            animated=header.animated,
            has_transparency=pixels.has_transparency,
            brightness=pixels.measures.brightness,
            contrast=pixels.measures.contrast,
            sharpness=pixels.measures.sharpness,
            palette=pixels.measures.palette,
            removed=removed,
        )
        return PreparedImage(
            image=ImagePart("image/jpeg", content),
            width=pixels.width,
            height=pixels.height,
            digest=hashlib.sha256(content).hexdigest(),
            facts=facts,
        )


def _reader(data: bytes, declared_type: str) -> Callable[[bytes], ImageHeader]:
    if len(data) > MAX_IMAGE_BYTES:
        raise TooLarge("image is larger than 10 MB", user_message=_TOO_LARGE)
    found = image_type(data)
    reader = _READERS.get(found)
    if reader is None:
        raise ImageFault.NOT_AN_IMAGE.error()
    declared = declared_type.partition(";")[0].strip().lower()
    if declared not in _NO_CLAIM and _OTHER_NAMES.get(declared, declared) != found:
        raise ImageFault.OTHER_TYPE.error()
    return reader


def _header(data: bytes, reader: Callable[[bytes], ImageHeader]) -> ImageHeader:
    header = reader(data)
    header.check(len(data))
    if hides_a_file(data, header):
        raise ImageFault.HIDDEN_FILE.error()
    return header


def _decoded(data: bytes, header: ImageHeader, orientation: int) -> Pixels:
    try:
        from llama_marketing.adapters.images.pixels import decode
    except ImportError as error:
        raise SettingsError(
            "pictures need Pillow: pip install 'llama-marketing[images]'",
            user_message="El análisis de imágenes no está instalado en el servidor.",
        ) from error
    return decode(data, header, orientation)
