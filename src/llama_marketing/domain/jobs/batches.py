"""Batches: several generations that are asked for at once and written in the background."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from pydantic import Field

from llama_marketing.domain.generation.drafts import near_duplicate
from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse
from llama_marketing.domain.jobs.models import Job, JobPart, JobTicket, PartState
from llama_marketing.domain.model import Model

MOST_ITEMS: Final = 30
"""Generations of one batch (requirement 103.20: 20 to 30 pieces)."""


INTERRUPTED: Final = "interrupted"
"""The code of an item whose workers died each time, so that nobody knows more."""
_GAVE_UP: Final = "No se pudo generar esta pieza después de varios intentos. Intenta de nuevo."


class BatchRequest(Model):
    """What is to be generated, from 1 to 30 requests as ``generate`` takes them."""

    items: tuple[GenerationRequest, ...] = Field(min_length=1, max_length=MOST_ITEMS)
    client_id: str | None = None


class ItemStatus(StrEnum):
    """How far one item of a batch is."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class ItemError(Model):
    """Why an item failed: the code, and the same in Spanish."""

    code: str
    message: str


class BatchItem(Model):
    """One item, by its place in the request.

    ``generation`` is the answer as the history keeps it, None while it waits, where it failed,
    and once it was deleted there; ``generation_id`` stays.
    """

    index: int
    status: ItemStatus
    generation_id: str | None = None
    generation: GenerationResponse | None = None
    similar_to: int | None = None
    """The first item before it that says nearly the same."""
    error: ItemError | None = None


class BatchPage(JobTicket):
    """How far a batch is, and every item in the order asked for."""

    results: tuple[BatchItem, ...] = ()


_STATUSES: Final = {
    PartState.OPEN: ItemStatus.WAITING,
    PartState.DONE: ItemStatus.DONE,
    PartState.DEAD: ItemStatus.FAILED,
}


def batch_page(
    job: Job, parts: Sequence[JobPart], generations: Sequence[GenerationResponse | None]
) -> BatchPage:
    """A batch with its parts, and what the history has of each."""
    texts = ["" if each is None else each.content for each in generations]
    items = (
        BatchItem(
            index=part.number,
            status=_STATUSES[part.state],
            generation_id=part.generation_id or None,
            generation=generation,
            similar_to=_similar(texts, place),
            error=_error_of(part),
        )
        for place, (part, generation) in enumerate(zip(parts, generations, strict=True))
    )
    return BatchPage(**JobTicket.of(job).model_dump(), results=tuple(items))


def _similar(texts: Sequence[str], place: int) -> int | None:
    """The first text before this one that it nearly repeats."""
    text = texts[place]
    if not text:
        return None
    before = enumerate(texts[:place])
    return next((number for number, other in before if other and near_duplicate(text, other)), None)


def _error_of(part: JobPart) -> ItemError | None:
    if part.state is not PartState.DEAD:
        return None
    code = part.error_code or INTERRUPTED
    return ItemError(code=code, message=part.error_message or _GAVE_UP)
