"""The result of an e-mail."""

from __future__ import annotations

from typing import Self

from llama_marketing.domain.compliance.models import SurfaceId
from llama_marketing.domain.generation.results.result import Result


class EmailCopy(Result):
    """The result of ``email_copy``; the subject and the preheader are one line each."""

    subject: str
    preheader: str
    body: str

    @property
    def text(self) -> str:
        """The body."""
        return self.body

    def with_text(self, text: str) -> Self:
        """The same e-mail with another body."""
        return self.model_copy(update={"body": text})

    @property
    def lines_beside(self) -> tuple[tuple[str, str], ...]:
        """The subject and the preheader."""
        return (
            (SurfaceId.EMAIL_SUBJECT, self.subject),
            (SurfaceId.EMAIL_PREHEADER, self.preheader),
        )
