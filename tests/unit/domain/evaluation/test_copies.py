"""The marks of texts: structure, limits, language, distinctness."""

from __future__ import annotations

from llama_marketing.domain.evaluation.copies import (
    BriefOutcome,
    CopyMarks,
    copy_scores,
    marks_of,
    texts_of,
)
from llama_marketing.domain.generation.models import GenerationResponse
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.evaluation.samples import (
    RULES,
    ad,
    ads_answer,
    answer,
    brief,
    hashtags_answer,
)

COFFEE = "Ven por tu café de olla hoy"
BREAD = "La concha de vainilla recién salida del horno"
ENGLISH = "Get the best coffee of your life now"


def marks(
    given: GenerationResponse | None, asked: int = 1, use_case: str = "social_post"
) -> CopyMarks:
    """The marks of an answer to a brief that asks for so many texts."""
    outcome = BriefOutcome(brief(use_case, variations=asked), given)
    return marks_of(outcome, RULES)


def test_a_good_answer_has_every_mark() -> None:
    assert marks(answer(COFFEE, BREAD), 2) == CopyMarks(1.0, 1.0, 1.0, 1.0)


def test_one_text_has_no_distinctness() -> None:
    assert marks(answer(COFFEE)) == CopyMarks(1.0, 1.0, 1.0, None)


def test_a_reply_that_cannot_be_used_has_no_structure_and_nothing_distinct() -> None:
    assert marks(None) == CopyMarks(0.0, None, None, None)
    assert marks(None, 2) == CopyMarks(0.0, None, None, 0.0)


def test_a_missing_text_costs_structure_limits_and_its_pairs() -> None:
    found = marks(answer(COFFEE, BREAD), 3)

    assert found == CopyMarks(0.0, 2 / 3, 1.0, 1 / 3)


def test_texts_that_say_the_same_are_not_distinct() -> None:
    assert marks(answer(COFFEE, f"{COFFEE} #Café"), 2).distinctness == 0.0


def test_a_text_over_its_platforms_limit_is_not_within_limits() -> None:
    assert marks(answer(COFFEE, f"{BREAD} " * 100), 2).limits == 0.5
    assert marks(answer(f"{BREAD} " * 100)).limits == 0.0


def test_an_answer_that_had_to_be_cut_kept_no_limit() -> None:
    assert marks(answer(COFFEE, partial=True)).limits == 0.0


def test_what_is_for_no_platform_has_no_limits() -> None:
    assert marks(answer(COFFEE, surface=""), 1, "brand_voice").limits is None


def test_the_language_is_the_share_of_the_texts_in_spanish() -> None:
    assert marks(answer(COFFEE, ENGLISH), 2).language == 0.5


def test_hashtags_have_no_language() -> None:
    found = marks(hashtags_answer(), 1, "hashtag_generation")

    assert (found.structure, found.language) == (1.0, None)


def test_ads_are_judged_by_their_own_findings() -> None:
    kept, broken, cut = ad("Café"), ad("Concha", broken=True), ad("Pan", partial=True)
    found = marks(ads_answer(kept, broken, cut, ad("Nieve")), 4, "ad_copy")

    assert (found.structure, found.limits) == (1.0, 0.5)
    assert texts_of(ads_answer(kept)) == ("Café\nVen por el tuyo",)


def test_more_texts_than_asked_for_earn_no_more() -> None:
    found = marks(ads_answer(ad("Café de olla"), ad("Concha rellena"), ad("Nieve")), 2, "ad_copy")

    assert (found.structure, found.limits) == (1.0, 1.0)
    assert found.distinctness is not None and found.distinctness <= 1.0


def test_figures_are_means_in_all_and_by_use_case() -> None:
    outcomes = [
        BriefOutcome(brief(), answer(COFFEE)),
        BriefOutcome(brief(), answer(ENGLISH, partial=True)),
        BriefOutcome(brief("ad_copy"), None),
    ]
    scores = copy_scores(outcomes, RULES)

    assert (scores.briefs, scores.answered, scores.partial) == (3, 2, 1)
    assert (scores.structure, scores.limits, scores.language) == (2 / 3, 0.5, 0.5)
    assert scores.distinctness is None
    posts, ads = scores.by_use_case
    assert (posts.use_case, posts.briefs, posts.structure) == (GenerationUseCase.SOCIAL_POST, 2, 1)
    assert (ads.use_case, ads.structure, ads.limits) == (GenerationUseCase.AD_COPY, 0, None)


def test_of_no_briefs_every_figure_is_unknown() -> None:
    scores = copy_scores([], RULES)

    assert (scores.briefs, scores.structure, scores.by_use_case) == (0, None, ())
