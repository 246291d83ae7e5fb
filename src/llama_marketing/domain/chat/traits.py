"""What a model does with a request, taken from its row in the catalog."""

from __future__ import annotations

from llama_marketing.domain.catalog.comparators import ComparatorModelRow
from llama_marketing.domain.catalog.models import ModelRow
from llama_marketing.domain.chat.models import ModelTraits

UNLISTED_COMPARATOR = ModelTraits(accepts_sampling=False)
"""Of another provider's model without a row: nothing is sent that today's models refuse."""


def llama_traits(row: ModelRow) -> ModelTraits:
    """The traits of a Llama model."""
    return ModelTraits(system_with_image=row.system_with_image)


def comparator_traits(row: ComparatorModelRow | None) -> ModelTraits:
    """The traits of another provider's model; without a row the cautious ones."""
    if row is None:
        return UNLISTED_COMPARATOR
    return ModelTraits(accepts_sampling=row.accepts_sampling, extra_body=row.extra_body)
