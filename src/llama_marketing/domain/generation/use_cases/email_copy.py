"""An e-mail: its subject, its preheader and its body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from llama_marketing.domain.chat.models import ReplySchema
from llama_marketing.domain.chat.schemas import object_schema, text_schema
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.copy_text import copy_text
from llama_marketing.domain.generation.reading import text_of
from llama_marketing.domain.generation.results.email_copy import EmailCopy
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.generation.short_texts import line_of
from llama_marketing.domain.generation.use_cases.shape import (
    Mended,
    UseCaseShape,
    cut_to_length,
    length_correction,
)
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform

# A schema cuts in the middle of a word, so it bounds above what the prompt asks for (50 and 85).
SUBJECT_LENGTH = 90
PREHEADER_LENGTH = 140


def _schema(_: Brief, bound: int) -> ReplySchema:
    properties = {
        "body": text_schema(bound),
        "subject": text_schema(SUBJECT_LENGTH),
        "preheader": text_schema(PREHEADER_LENGTH),
    }
    return object_schema("email_copy", properties)


def _read(found: Mapping[str, Any], _: Brief) -> EmailCopy:
    return EmailCopy(
        subject=line_of(found, "subject", SUBJECT_LENGTH),
        preheader=line_of(found, "preheader", PREHEADER_LENGTH),
        body=copy_text(text_of(found, "body")),
    )


def _missing(result: Result) -> str:
    """What the e-mail lacks besides its body, in Spanish; empty when it has all."""
    named = zip(("el asunto", "el preheader"), result.lines_beside, strict=True)
    return " y ".join(name for name, (_, text) in named if is_blank(text))


def _correction(result: Result, brief: Brief) -> str:
    missing = _missing(result)
    if missing:
        return f"Falta {missing}. Devuelve «subject», «preheader» y «body»."
    return length_correction(result, brief)


def _mend(result: Result, brief: Brief) -> Mended:
    mended, missing = cut_to_length(result, brief), _missing(result)
    if not missing:
        return mended
    return Mended(mended.result, (*mended.warnings, f"Falta {missing} del correo."), partial=True)


EMAIL_COPY = UseCaseShape(
    use_case=GenerationUseCase.EMAIL_COPY,
    schema=_schema,
    read=_read,
    copy_field="body",
    default_platform=Platform.EMAIL,
    platforms=(Platform.EMAIL,),
    correction=_correction,
    mend=_mend,
)
"""The body first, so that a stream can show it as it arrives."""
