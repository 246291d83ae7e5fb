"""Traits: facts of a model's row, cautious where there is no row."""

from __future__ import annotations

from llama_marketing.domain.chat.traits import comparator_traits, llama_traits
from tests.unit.domain.catalog.samples import model
from tests.unit.domain.catalog.test_comparators import comparator


def test_a_llama_model_samples_and_may_refuse_a_system_turn_beside_an_image() -> None:
    assert llama_traits(model("a")).accepts_sampling
    assert llama_traits(model("a")).system_with_image
    assert not llama_traits(model("a", system_with_image=False)).system_with_image


def test_a_comparators_traits_are_its_rows() -> None:
    row = comparator("a", accepts_sampling=True, extra_body={"effort": "low"})
    traits = comparator_traits(row)
    assert (traits.accepts_sampling, traits.extra_body) == (True, {"effort": "low"})


def test_of_a_model_without_a_row_nothing_is_assumed() -> None:
    traits = comparator_traits(None)
    assert (traits.accepts_sampling, traits.extra_body) == (False, {})
