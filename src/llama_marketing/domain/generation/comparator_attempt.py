"""What is planned for a call of another provider's model: its price, its traits, room to think."""

from __future__ import annotations

from datetime import datetime

from llama_marketing.domain.catalog.hosts import HostRow
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.chat.traits import comparator_traits
from llama_marketing.domain.generation.attempts import PlannedAttempt

OTHER_PROVIDER = -2
"""The slot of an attempt whose key stands in no configuration of Llama."""
UNLISTED_LEAST_TOKENS = 2048
"""Of a model without a row, which may think like the others."""


def comparator_attempt(
    catalog: Catalog, row: HostRow, model_id: str, moment: datetime, wanted: int
) -> PlannedAttempt:
    """An attempt at a comparator host; a model that is not in the catalog has no known price.

    ``wanted`` tokens of answer are raised to the least that the model needs.
    """
    model = catalog.comparator(row.id, model_id)
    least = UNLISTED_LEAST_TOKENS if model is None else model.least_tokens
    return PlannedAttempt(
        row=row,
        base_url=row.base_url,
        slot=OTHER_PROVIDER,
        model_id=model_id,
        host_model_id=model_id,
        price=catalog.price(row.id, model_id, moment),
        max_tokens=max(wanted, least),
        traits=comparator_traits(model),
    )
