"""One variation on its way: what a model replied, and what is still wrong with it."""

from __future__ import annotations

from typing import Final

import attrs
from rapidfuzz import fuzz

from llama_marketing.domain.chat.models import FinishReason
from llama_marketing.domain.compliance.hashtags import hashtag_spans
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.errors import BadOutput, LlamaMarketingError
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.generation.plan import Plan
from llama_marketing.domain.generation.reading import read_object, was_cut
from llama_marketing.domain.generation.results.result import Result
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
    result: Result | None = None
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
        return self.reasks < (1 if self.result is None else MAX_REASKS)

    @property
    def content(self) -> str:
        """The text so far; empty without one."""
        return self.result.text if self.result is not None else ""


def take_reply(draft: Draft, plan: Plan, reply: str, finish: FinishReason) -> None:
    """Read a whole reply into the draft; a reply that cannot be read leaves the last good one."""
    draft.finish_reason = finish
    found = read_object(reply)
    result = None
    if found is not None:
        result = plan.shape.result_of(found, plan.brief, draft.variation)
    if result is None or is_blank(result.text):
        draft.cut = draft.cut and draft.result is not None
        return
    cut = was_cut(reply)
    if not _lacks_more(draft, plan, result, cut=cut):
        draft.result, draft.cut = result, cut


def _lacks_more(draft: Draft, plan: Plan, result: Result, *, cut: bool) -> bool:
    """Whether a further reply lacks something that the one before, made to fit, has."""
    if draft.result is None or draft.cut:
        return False
    mend, brief = plan.shape.mend, plan.brief
    return not mend(draft.result, brief).partial and (cut or mend(result, brief).partial)


LONGEST_CORRECTION: Final = "x" * 200
"""A text at least as long as any of the corrections, to bound what a further call costs."""


def correction_for(draft: Draft, plan: Plan, earlier: list[str]) -> str:
    """What to tell the model when the draft is asked again; empty when nothing is wrong."""
    if draft.result is None:
        return "La respuesta no fue un objeto JSON válido con el texto. Responde solo con el JSON."
    if draft.cut and not plan.shape.fills_the_reply:
        return "La respuesta se cortó. Escribe un texto más corto y cierra el JSON."
    correction = plan.shape.correction(draft.result, plan.brief)
    if correction:
        return correction
    if any(near_duplicate(draft.content, other) for other in earlier):
        return "El texto es casi igual a otra variación. Usa otro ángulo y otras palabras."
    return ""


def finish(draft: Draft, plan: Plan, earlier: list[str]) -> None:
    """Make the best of a draft once no more is asked: cut it safely, say what is missing."""
    if draft.result is None:
        if draft.error is None:
            draft.error = BadOutput(
                "the model's reply holds no copy",
                host=draft.served.row.id if draft.served is not None else "",
            )
        return
    if draft.cut:
        draft.partial = True
        draft.warnings.append("El modelo se quedó sin espacio y el texto puede estar incompleto.")
    mended = plan.shape.mend(draft.result, plan.brief)
    draft.result = mended.result
    draft.warnings.extend(mended.warnings)
    draft.partial = draft.partial or mended.partial
    if any(near_duplicate(draft.content, other) for other in earlier):
        draft.partial = True
        draft.warnings.append(f"La variación {draft.variation + 1} es casi igual a otra.")


def near_duplicate(one: str, other: str) -> bool:
    """Whether two copies say the same, whatever their hashtags, case and word order.

    Of copies that are nothing but hashtags, these count.
    """
    left, right = (_words(text) for text in (one, other))
    return fuzz.token_set_ratio(left, right) >= NEAR_DUPLICATE


def _words(text: str) -> str:
    pieces, done = [], 0
    for start, end in hashtag_spans(text):
        pieces.append(text[done:start])
        done = end
    words = "".join([*pieces, text[done:]])
    return (text if is_blank(words) else words).casefold()
