"""Which use cases can be generated, and what holds for each of them."""

from __future__ import annotations

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.results.known import RESULTS
from llama_marketing.domain.generation.use_cases.offered import SHAPES, shape_of
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.generation.samples import brief


def test_every_use_case_reads_its_own_result_of_any_object() -> None:
    """An empty object holds nothing of use, and is a result all the same."""
    assert SHAPES.keys() == RESULTS.keys()
    for use_case, shape in SHAPES.items():
        assert shape.use_case is use_case
        read = shape.read({}, brief())
        assert type(read) is RESULTS[use_case]
        assert read.text == ""


def test_the_copy_field_is_a_property_of_its_schema_and_the_first() -> None:
    """So that a stream can show it as it arrives."""
    for shape in (shape for shape in SHAPES.values() if shape.copy_field):
        assert (
            next(iter(shape.schema(brief(surface="instagram_ad"), 10).schema["properties"]))
            == shape.copy_field
        )


def test_what_cannot_be_generated_yet_is_refused() -> None:
    """In Spanish, by its name."""
    with pytest.raises(InvalidRequest, match="comment_moderation") as caught:
        shape_of(GenerationUseCase.COMMENT_MODERATION)
    assert caught.value.issues == (("useCase", "not available"),)
