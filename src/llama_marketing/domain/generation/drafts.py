"""One variation on its way: what a model replied, and what is still wrong with it."""

from __future__ import annotations

from typing import Final

import attrs
from rapidfuzz import fuzz

from llama_marketing.domain.chat.models import FinishReason
from llama_marketing.domain.compliance.hashtags import hashtag_spans
from llama_marketing.domain.compliance.measures import Measure, measure
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.compliance.shorten import shorten
from llama_marketing.domain.errors import BadOutput, LlamaMarketingError
from llama_marketing.domain.generation.models import SocialPost
from llama_marketing.domain.generation.plan import Plan, PlannedAttempt
from llama_marketing.domain.generation.reading import read_object, was_cut
from llama_marketing.domain.usage.entries import Attempt

MAX_REASKS = 2
NEAR_DUPLICATE = 90
"""``token_set_ratio`` from which two variations count as the same."""


@attrs.define
class Draft:
    """One variation; filled by its calls, judged after each."""

    variation: int
    attempts: list[Attempt] = attrs.Factory(list)
    served: PlannedAttempt | None = None
    served_model: str = ""
    finish_reason: FinishReason = FinishReason.STOP
    post: SocialPost | None = None
    cut: bool = False
    error: LlamaMarketingError | None = None
    correction: str = ""
    reasks: int = 0
    warnings: list[str] = attrs.Factory(list)
    """Spanish sentences about the text itself; a person should look at it."""
    notices: list[str] = attrs.Factory(list)
    """Spanish sentences about the call, such as a parameter that the host does not take."""
    partial: bool = False

    def may_ask_again(self) -> bool:
        """Whether another question is worth it: once for the structure, twice for the text."""
        return self.reasks < (1 if self.post is None else MAX_REASKS)

    @property
    def content(self) -> str:
        """The copy so far; empty without one."""
        return self.post.content if self.post is not None else ""


@attrs.frozen
class LengthTarget:
    """How long the copy may be: the surface's hard limit, and the request's own.

    ``max_length`` is in UTF-16 units.
    """

    limit: int
    measure: Measure
    max_length: int | None = None

    def overflow(self, text: str) -> tuple[int, int] | None:
        """(measured, limit) of the first limit the text is over; None when it fits."""
        measured = measure(text, self.measure)
        if measured > self.limit:
            return measured, self.limit
        if self.max_length is not None:
            measured = measure(text, Measure.UTF16)
            if measured > self.max_length:
                return measured, self.max_length
        return None

    def shortened(self, text: str) -> str:
        """The text cut at a safe place so that it fits both."""
        shorter = shorten(text, self.limit, self.measure)
        if self.max_length is None:
            return shorter
        return shorten(shorter, self.max_length, Measure.UTF16)


def take_reply(draft: Draft, plan: Plan, reply: str, finish: FinishReason) -> None:
    """Read a whole reply into the draft; a reply that cannot be read leaves the last good one."""
    draft.finish_reason = finish
    found = read_object(reply)
    post = plan.shape.read(found, plan.template) if found is not None else None
    if post is not None and not is_blank(post.content):
        draft.post, draft.cut = post, was_cut(reply)
    elif draft.post is None:
        draft.cut = False


LONGEST_CORRECTION: Final = "x" * 200
"""A text at least as long as any of the corrections, to bound what a further call costs."""


def correction_for(draft: Draft, target: LengthTarget, earlier: list[str]) -> str:
    """What to tell the model when the draft is asked again; empty when nothing is wrong."""
    if draft.post is None:
        return "La respuesta no fue un objeto JSON válido con el texto. Responde solo con el JSON."
    if draft.cut:
        return "La respuesta se cortó. Escribe un texto más corto y cierra el JSON."
    over = target.overflow(draft.content)
    if over is not None:
        return (
            f"El texto midió {over[0]} caracteres y el máximo es {over[1]}. "
            f"Acórtalo en al menos {over[0] - over[1]} caracteres."
        )
    if any(near_duplicate(draft.content, other) for other in earlier):
        return "El texto es casi igual a otra variación. Usa otro ángulo y otras palabras."
    return ""


def finish(draft: Draft, target: LengthTarget, earlier: list[str]) -> None:
    """Make the best of a draft once no more is asked: cut it safely, say what is missing."""
    if draft.post is None:
        if draft.error is None:
            draft.error = BadOutput(
                "the model's reply holds no copy",
                host=draft.served.row.id if draft.served is not None else "",
            )
        return
    if draft.cut:
        draft.partial = True
        draft.warnings.append("El modelo se quedó sin espacio y el texto puede estar incompleto.")
    over = target.overflow(draft.content)
    if over is not None:
        shorter = target.shortened(draft.content)
        draft.warnings.append(
            f"El texto medía {over[0]} caracteres y se recortó al máximo de {over[1]}."
        )
        draft.partial = draft.partial or is_blank(shorter)
        draft.post = draft.post.model_copy(update={"content": shorter})
    if any(near_duplicate(draft.content, other) for other in earlier):
        draft.partial = True
        draft.warnings.append(f"La variación {draft.variation + 1} es casi igual a otra.")


def near_duplicate(one: str, other: str) -> bool:
    """Whether two copies say the same, whatever their hashtags, case and word order."""
    left, right = (_words(text) for text in (one, other))
    return fuzz.token_set_ratio(left, right) >= NEAR_DUPLICATE


def _words(text: str) -> str:
    pieces, done = [], 0
    for start, end in hashtag_spans(text):
        pieces.append(text[done:start])
        done = end
    return "".join([*pieces, text[done:]]).casefold()
