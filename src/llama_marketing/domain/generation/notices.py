"""What a host adapter says about a call in fixed words, as sentences for the client's user."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from llama_marketing.domain.chat.models import ReportedUsage
from llama_marketing.domain.generation.accounting import is_possible
from llama_marketing.domain.generation.attempts import PlannedAttempt
from llama_marketing.domain.generation.drafts import Draft

_WARNINGS: Final = {
    "usage_not_believable": "El proveedor reportó un consumo que no es creíble; se estimó.",
    "unknown_finish_reason": "El proveedor terminó por un motivo desconocido.",
}
_DROPPED: Final = "dropped_parameter:"


def note_warnings(draft: Draft, words: Iterable[str]) -> None:
    """Put the sentences of a call's warnings among a draft's notices, each once."""
    told = [warning_sentence(word) for word in words]
    draft.notices += [text for text in told if text not in draft.notices]


def note_usage(draft: Draft, planned: PlannedAttempt, usage: ReportedUsage | None) -> None:
    """Say so where a host's figures cannot be true and were estimated instead."""
    if usage is not None and not is_possible(planned, usage):
        note_warnings(draft, ("usage_not_believable",))


def warning_sentence(word: str) -> str:
    """A host adapter's fixed word about an answer, as a Spanish sentence."""
    if word.startswith(_DROPPED):
        name = word.removeprefix(_DROPPED)
        return f"El proveedor no acepta el parámetro «{name}»; se omitió."
    return _WARNINGS.get(word, word)
