"""Analysing a picture that is uploaded, or named by its URL."""

from __future__ import annotations

import json
from typing import Any, Final

from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from llama_marketing.adapters.flask.access import Access, Action
from llama_marketing.adapters.flask.door import Door
from llama_marketing.adapters.flask.reading import MAX_JSON, read_object
from llama_marketing.domain.errors import (
    InvalidRequest,
    TooLarge,
    UnreadableRequest,
    UnsupportedMedia,
)
from llama_marketing.domain.generation.pictures import ImageAnalysisRequest
from llama_marketing.domain.media import MAX_IMAGE_BYTES

PATH = "/organization/<org_id>/clients/<client_id>/ai/meta/analyze-image"
MAX_FORM: Final = MAX_IMAGE_BYTES + MAX_JSON
"""The most bytes of a form: a picture, and what is said of it."""

_FORM: Final = "multipart/form-data"
_AS_JSON: Final = ("brandKit", "brand_kit", "bypassCache", "bypass_cache")
"""Fields of the form that are JSON in themselves."""


def register(blueprint: Blueprint, door: Door) -> None:
    """Add the route."""
    service, present = door.services.vision, door.present

    def analyze_image(access: Access) -> Response:
        fields, image, declared = _received()
        answer = service.analyze(
            access.tenant,
            ImageAnalysisRequest.read(fields),
            access.principal.user_id,
            image=image,
            declared_type=declared,
        )
        return present.answer(answer)

    door.route(blueprint, "POST", PATH, Action.GENERATE, analyze_image, limit=MAX_FORM)


def _received() -> tuple[dict[str, Any], bytes | None, str]:
    """The fields, the uploaded picture and what its sender calls it."""
    if request.mimetype == "application/json":
        return read_object(request), None, ""
    if request.mimetype != _FORM:
        raise UnsupportedMedia(
            f"the body is {request.mimetype or 'of no type'}",
            user_message="Envía la imagen como multipart/form-data o su URL como application/json.",
        )
    request.max_content_length = MAX_FORM
    try:
        files, form = request.files, request.form
    except RequestEntityTooLarge:
        raise TooLarge(f"the form is over {MAX_FORM} bytes") from None
    except (HTTPException, ValueError):
        raise UnreadableRequest("the form could not be received") from None
    upload = _upload(files.to_dict(flat=False))
    return _fields(form.to_dict(flat=False)), upload.read(), upload.mimetype


def _upload(files: dict[str, list[FileStorage]]) -> FileStorage:
    uploads = files.get("image", [])
    if len(uploads) != 1 or len(files) != 1:
        raise InvalidRequest(
            "the form needs one file named image",
            user_message="El formulario debe llevar un archivo en el campo «image».",
            issues=(("image", "must be one file"),),
        )
    return uploads[0]


def _fields(form: dict[str, list[str]]) -> dict[str, Any]:
    """The other fields of the form, each once."""
    fields: dict[str, Any] = {}
    for name, values in form.items():
        value: Any = values[0]
        try:
            if name in _AS_JSON:
                value = json.loads(value)
        except (ValueError, RecursionError):
            # Left as it is: the request refuses a text here, by the field's name.
            pass
        fields[name] = value if len(values) == 1 else values
    return fields
