"""Images by what they are: their bytes say the type, whatever a header or a name says."""

from __future__ import annotations

import base64
from typing import Final
from urllib.parse import unquote_to_bytes

from llama_marketing.domain.chat.models import ImagePart
from llama_marketing.domain.errors import DeadlineExceeded, HostWork, InvalidRequest

MAX_IMAGE_BYTES: Final = 10 * 1_048_576
"""The largest image that is taken, before base64."""
NOT_FETCHED: Final = "No se pudo descargar la imagen."
"""One sentence whatever went wrong: who gives a URL must not learn what lies behind it."""

TOO_SLOW: Final = "La imagen tardó demasiado en descargarse. Intenta de nuevo."
FETCH_SECONDS: Final = 10.0
"""How long one image may take, from the name's resolution to its last byte."""

_BLANKS: Final = b" \t\n\f\r"
# Base64 takes 4 characters for 3 bytes, and each of them may be percent-encoded.
_MAX_CHARACTERS: Final = 4 * MAX_IMAGE_BYTES + 64
_STARTS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


def image_type(data: bytes) -> str:
    """The media type of JPEG, PNG, GIF or WebP by their first bytes; empty for anything else."""
    for start, media_type in _STARTS:
        if data.startswith(start):
            return media_type
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""


def image_of(data: bytes) -> ImagePart | None:
    """An image with the type that its bytes say; None where it is none, or over 10 MB."""
    media_type = image_type(data)
    if not media_type or len(data) > MAX_IMAGE_BYTES:
        return None
    return ImagePart(media_type, data)


def inline_image(url: str) -> ImagePart | None:
    """The image that a ``data:`` URL holds, in base64 or percent-encoded; None for none."""
    head, comma, text = url.partition(",")
    if not comma or len(text) > _MAX_CHARACTERS:
        return None
    data = unquote_to_bytes(text)
    if head.rstrip().lower().endswith(";base64"):
        packed = data.translate(None, _BLANKS).rstrip(b"=")
        try:
            data = base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
        except ValueError:
            return None
    return image_of(data)


def unfetched(reason: str = "could not be fetched") -> InvalidRequest:
    """The fault of an image that a URL does not give."""
    return InvalidRequest(
        f"imageUrl {reason}", user_message=NOT_FETCHED, issues=(("imageUrl", reason),)
    )


def too_slow() -> DeadlineExceeded:
    """The fault of an image that was not there when the deadline passed."""
    return DeadlineExceeded("the image took too long", user_message=TOO_SLOW, work=HostWork.NONE)
