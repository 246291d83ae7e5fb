"""Stored results come back as their own types."""

from __future__ import annotations

import pytest

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.models import GenerationResponse
from llama_marketing.domain.generation.results.known import read_result
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.generation.results.social_post import SocialPost
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.testing.samples import sample_response


def test_an_answer_that_was_written_down_is_read_with_its_own_result() -> None:
    """In either case of its names, and as JSON."""
    answer = sample_response()

    assert type(answer.result) is SocialPost
    assert GenerationResponse.read(answer.model_dump(mode="json")) == answer
    assert GenerationResponse.read(answer.model_dump(mode="json", by_alias=True)) == answer
    assert GenerationResponse.model_validate_json(answer.model_dump_json()) == answer
    assert answer.model_dump()["result"]["hashtags"] == ("#cafe",)


@pytest.mark.parametrize(
    "wrong",
    [{"result": {"content": 5}}, {"result": 7}, {"use_case": "image_analysis"}, {"use_case": "x"}],
)
def test_an_answer_with_a_result_of_another_kind_is_refused(wrong: dict[str, object]) -> None:
    """A record of a newer program, for one."""
    data = sample_response().model_dump(mode="json")

    with pytest.raises(InvalidRequest):
        GenerationResponse.read(data | wrong)


def test_a_use_case_without_a_result_is_named() -> None:
    """It is a mistake of the one who asks."""
    with pytest.raises(ValueError, match="comment_moderation"):
        read_result(GenerationUseCase.COMMENT_MODERATION, {})


def test_a_result_is_quiet_about_what_it_does_not_have() -> None:
    """No hashtags, no emojis, no review."""

    class Bare(Result):
        words: str

        @property
        def text(self) -> str:
            return self.words

        def with_text(self, text: str) -> Bare:
            return Bare(words=text)

    bare = Bare(words="Hola")
    assert (bare.suggested_hashtags, bare.suggested_emojis) == ((), ())
    assert not bare.requires_human_review
    assert bare.with_text("Adiós").text == "Adiós"
