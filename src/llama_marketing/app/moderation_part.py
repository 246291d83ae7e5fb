"""One part of a moderation: what one call shows, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from llama_marketing.app.generation.operation import Operation
from llama_marketing.domain.errors import BadOutput, LlamaMarketingError, Refused
from llama_marketing.domain.moderation.batches import Batch
from llama_marketing.domain.moderation.shape import JudgedItems
from llama_marketing.domain.moderation.verdicts import Verdicts


@attrs.define(kw_only=True)
class Part:
    """Some comments of a request, what one call shows of them, and what is known so far."""

    verdicts: Verdicts
    batch: Batch
    operation: Operation
    error: LlamaMarketingError | None = None
    """Why no reply came that could be read."""


def take(part: Part) -> None:
    """Read the last reply of a part; keeps why there is none that can be read."""
    draft = part.operation.drafts[-1]
    if draft.error is None and isinstance(draft.result, JudgedItems):
        part.verdicts.take(draft.result.items, part.batch)
        part.error = None
    elif len(part.operation.drafts) == 1 or part.error is not None:
        # A further question that fails takes nothing away from the first one's verdicts.
        part.error = draft.error or BadOutput(
            "the model's reply holds no verdicts", host=part.operation.served.row.id
        )


def raise_if_unreached(parts: Sequence[Part]) -> None:
    """Raise when no part got a word out of a model; a refusal is a word, and so is nonsense."""
    failures = [part.error for part in parts]
    faults = [error for error in failures if not isinstance(error, Refused | BadOutput)]
    if all(failures) and faults and faults[0] is not None:
        raise faults[0]
