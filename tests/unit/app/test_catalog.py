"""The catalog's service: today by the clock, and clear errors in Spanish."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest

from llama_marketing.app.catalog import ModelCatalogService
from llama_marketing.domain.catalog.filters import ModelFilter
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.ports.catalog import CatalogSource
from llama_marketing.ports.clock import Clock
from tests.unit.domain.catalog.samples import catalog


@attrs.define
class OneCatalog(CatalogSource):
    """The sample."""

    def catalog(self) -> Catalog:
        return catalog()


@attrs.define
class StoppedClock(Clock):
    """Always the same moment."""

    moment: datetime = datetime(2026, 11, 24, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return 0.0


def service(moment: datetime = datetime(2026, 11, 24, tzinfo=UTC)) -> ModelCatalogService:
    return ModelCatalogService(catalog=OneCatalog(), clock=StoppedClock(moment))


def test_without_a_filter_every_model_comes() -> None:
    assert {row.id for row in service().models()} == {"small", "middle", "large", "eyes"}
    assert service().models() == service().models({}) == service().models(ModelFilter())


@pytest.mark.parametrize("name", ["live_only", "liveOnly"])
def test_a_filter_may_be_a_mapping_in_either_case(name: str) -> None:
    assert [row.id for row in service().models({name: True})] == ["small", "large", "middle"]


def test_today_is_the_clocks_day_in_utc() -> None:
    mexico = timezone(timedelta(hours=-6))
    last = datetime(2026, 7, 5, 17, 59, tzinfo=mexico)
    old = {"host": "old"}
    assert [row.id for row in service(last).models(old)] == ["small", "eyes"]
    assert service(last + timedelta(minutes=1)).models(old) == ()
    assert [row.id for row in service(last).suggest("image_analysis", "old")] == ["eyes"]
    assert service(last + timedelta(minutes=1)).suggest("image_analysis", "old") == ()
    offers = service(last).compare(["small", "eyes"]).models[0].hosts
    assert [offer.status.value for offer in offers if offer.host == "old"] == ["live"]


@pytest.mark.parametrize("values", [{"family": "gpt"}, {"cost": "cheap"}, {"colour": "red"}])
def test_a_bad_filter_is_refused_in_spanish(values: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest) as caught:
        service().models(values)
    assert "válid" in caught.value.user_message


def test_models_are_compared_in_the_order_asked() -> None:
    table = service().compare(iter(["large", "small"]))
    assert [row.id for row in table.models] == ["large", "small"]


def test_an_unknown_id_is_refused_without_repeating_it() -> None:
    with pytest.raises(InvalidRequest) as caught:
        service().compare(["small", "gpt"])
    assert caught.value.user_message == "Alguno de los modelos no existe en el catálogo."
    assert "gpt" not in str(caught.value)


@pytest.mark.parametrize("ids", [["small"], ["small", "middle", "large", "eyes"], []])
def test_one_or_four_models_are_not_compared(ids: list[str]) -> None:
    with pytest.raises(InvalidRequest, match="two or three"):
        service().compare(ids)


@pytest.mark.parametrize("use_case", ["image_analysis", GenerationUseCase.IMAGE_ANALYSIS])
def test_a_use_case_may_be_a_word(use_case: str) -> None:
    assert [row.id for row in service().suggest(use_case)] == ["eyes", "large"]
    assert [row.id for row in service().suggest(use_case, "cloud")] == ["large"]


@pytest.mark.parametrize(
    ("use_case", "host", "field"), [("poem", None, "useCase"), ("ad_copy", "nobody", "host")]
)
def test_an_unknown_use_case_or_host_is_refused(
    use_case: str, host: str | None, field: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        service().suggest(use_case, host)
    assert caught.value.issues[0][0] == field
    assert caught.value.user_message.endswith(".")
