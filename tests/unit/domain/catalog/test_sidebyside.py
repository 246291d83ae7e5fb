"""Two or three models side by side; a best one is named only where figures can be compared."""

from __future__ import annotations

import attrs
import pytest

from llama_marketing.domain.catalog.benchmarks import ModelBenchmark, Score
from llama_marketing.domain.catalog.sidebyside import SideBySideRow, compare
from llama_marketing.domain.catalog.views import views
from llama_marketing.domain.errors import InvalidRequest
from tests.unit.domain.catalog.samples import TODAY, catalog, model, price, score

SMALL, MIDDLE, LARGE, EYES = "small", "middle", "large", "eyes"


def table(*ids: str) -> dict[str, SideBySideRow]:
    seen = {row.id: row for row in views(catalog(), TODAY)}
    return {row.field: row for row in compare([seen[name] for name in ids]).rows}


def mmlu(*scores: Score | None) -> SideBySideRow:
    names = [f"m{number}" for number in range(len(scores))]
    models = tuple(
        model(name, benchmarks=ModelBenchmark(mmlu=figure))
        for name, figure in zip(names, scores, strict=True)
    )
    bare = attrs.evolve(catalog(), models=models, offers=(), prices=(), suggestions=())
    rows = compare(views(bare, TODAY)).rows
    return next(row for row in rows if row.field == "benchmarks.mmlu")


@pytest.mark.parametrize("ids", [[], [SMALL], [SMALL, SMALL], [SMALL, MIDDLE, LARGE, EYES]])
def test_a_comparison_is_of_two_or_three_different_models(ids: list[str]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        table(*ids)
    assert caught.value.user_message == "Elige dos o tres modelos distintos para compararlos."


def test_values_stand_in_the_order_of_the_models() -> None:
    assert table(LARGE, SMALL)["contextWindow"].values == (4000, 1000)
    assert table(SMALL, LARGE)["contextWindow"].values == (1000, 4000)


def test_the_cheapest_is_the_best_price() -> None:
    row = table(SMALL, MIDDLE, EYES)["costPer1MInput"]
    assert (row.values, row.best) == ((0.02, 0.3, None), (SMALL,))


def test_a_single_known_price_is_no_best_one() -> None:
    assert table(SMALL, EYES)["costPer1MOutput"].best == ()


def test_equal_prices_have_no_best() -> None:
    equal = attrs.evolve(catalog(), prices=(price("cloud", "small"), price("cloud", "middle")))
    seen = {row.id: row for row in views(equal, TODAY)}
    rows = {row.field: row for row in compare([seen[SMALL], seen[MIDDLE]]).rows}
    assert (rows["costPer1MInput"].values, rows["costPer1MInput"].best) == ((1, 1), ())


def test_the_highest_score_of_the_same_test_is_the_best() -> None:
    assert mmlu(score(70), score(80), None).best == ("m1",)


def test_scores_measured_in_different_ways_have_no_best() -> None:
    assert mmlu(score(70, shots=0), score(80, shots=5)).best == ()
    assert mmlu(score(70, variant="CoT"), score(80, variant="macro")).best == ()


def test_equal_or_single_scores_have_no_best() -> None:
    assert mmlu(score(70), score(70)).best == ()
    assert mmlu(score(70), None).best == ()
    assert mmlu(None, None).values == (None, None)


def test_the_names_of_the_lines_are_the_jsons_names() -> None:
    fields = set(table(SMALL, LARGE))
    assert {"costPer1MInput", "benchmarks.humanEval", "benchmarks.hellaSwag"} <= fields


def test_the_whole_models_come_along() -> None:
    seen = views(catalog(), TODAY)
    assert compare(seen[:2]).models == seen[:2]
