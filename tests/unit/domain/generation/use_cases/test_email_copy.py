"""An e-mail is whole: subject, preheader and body."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_marketing.domain.chat.models import FinishReason
from llama_marketing.domain.compliance.measures import Measure
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.drafts import Draft, finish, take_reply
from llama_marketing.domain.generation.length import LengthTarget
from llama_marketing.domain.generation.results.email_copy import EmailCopy
from llama_marketing.domain.generation.use_cases.email_copy import EMAIL_COPY
from tests.unit.domain.generation.samples import brief, plan, request

WHOLE = {"subject": "Tu café, al 2x1", "preheader": "Solo este viernes", "body": "Hola:\n\nVen."}


def email(**fields: Any) -> Brief:
    """A brief for an e-mail whose body may have 60 characters."""
    asked = request(useCase="email_copy", **fields)
    return brief(asked, LengthTarget(60, Measure.UTF16, asked.max_length), "email_body")


def test_the_subject_and_the_preheader_become_one_line_each() -> None:
    """A line end in a subject would begin another header; the body keeps its lines."""
    found = {
        "subject": " Tu café\r\nBcc: todos@x.mx ",
        "preheader": "Solo\teste\nviernes",
        "body": "Hola:\r\n\r\nVen. ",
    }

    assert EMAIL_COPY.read(found, email()) == EmailCopy(
        subject="Tu café Bcc: todos@x.mx", preheader="Solo este viernes", body="Hola:\n\nVen."
    )


def test_a_subject_without_end_is_cut_after_a_word() -> None:
    """Ninety characters are read, forty more than are asked for."""
    read = EMAIL_COPY.read({**WHOLE, "subject": "café " * 50_000}, email())

    assert isinstance(read, EmailCopy)
    assert read.subject == "café " * 17 + "café…"


def test_only_its_body_is_the_copy() -> None:
    """What is shortened or shown in a stream is the body."""
    read = EMAIL_COPY.read(WHOLE, email())

    assert read.text == "Hola:\n\nVen."
    assert read.with_text("Ven.") == EmailCopy(**WHOLE | {"body": "Ven."})
    assert [surface for surface, _ in read.lines_beside] == ["email_subject", "email_preheader"]


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        (("subject",), "el asunto"),
        (("preheader",), "el preheader"),
        (("subject", "preheader"), "el asunto y el preheader"),
    ],
)
def test_what_is_missing_is_asked_for_and_then_said(lacks: tuple[str, ...], said: str) -> None:
    """An e-mail without it is partial."""
    read = EMAIL_COPY.read(WHOLE | dict.fromkeys(lacks, " "), email())

    assert EMAIL_COPY.correction(read, email()) == (
        f"Falta {said}. Devuelve «subject», «preheader» y «body»."
    )
    mended = EMAIL_COPY.mend(read, email())
    assert (mended.result, mended.warnings, mended.partial) == (
        read, (f"Falta {said} del correo.",), True,
    )  # fmt: skip


def test_a_body_that_is_too_long_is_asked_for_again_and_then_cut() -> None:
    """The lines beside it stay."""
    read = EMAIL_COPY.read({**WHOLE, "body": "Ven a probarlo. " * 5}, email(maxLength=40))

    assert EMAIL_COPY.correction(read, email(maxLength=40)) != ""
    mended = EMAIL_COPY.mend(read, email(maxLength=40))
    assert mended.result == read.with_text("Ven a probarlo. Ven a probarlo. Ven a…")
    assert len(mended.warnings) == 1
    assert not mended.partial
    assert EMAIL_COPY.correction(mended.result, email(maxLength=40)) == ""
    assert EMAIL_COPY.mend(mended.result, email(maxLength=40)).warnings == ()


def test_a_further_reply_without_its_subject_is_not_taken() -> None:
    """The body could be cut; a subject cannot be made up."""
    settled = plan(request(useCase="email_copy", maxLength=20))
    made = Draft(0)
    whole = {"subject": "Tu café", "preheader": "Al 2x1", "body": "Un café de altura recién hecho"}
    take_reply(made, settled, json.dumps(whole), FinishReason.STOP)
    take_reply(made, settled, json.dumps({"body": "Corto"}), FinishReason.STOP)
    finish(made, settled, [])

    assert isinstance(made.result, EmailCopy)
    assert (made.result.subject, made.content) == ("Tu café", "Un café de altura…")
    assert not made.partial
