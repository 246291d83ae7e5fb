"""The models, and the catalog that joins them with hosts, offers and prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

import attrs
from pydantic import Field

from llama_marketing.domain.catalog.benchmarks import ModelBenchmark
from llama_marketing.domain.catalog.comparators import ComparatorModelRow
from llama_marketing.domain.catalog.hosts import HostRole, HostRow, ServingStatus
from llama_marketing.domain.catalog.offers import Offer
from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.domain.model import Model
from llama_marketing.domain.money import Usd
from llama_marketing.domain.vocabulary import GenerationUseCase, LlamaCapability

STALE_AFTER = timedelta(days=90)


class CostBand(StrEnum):
    """Cheap or dear among the catalog's models at their cheapest live host."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    UNKNOWN = "unknown"
    """No live host has a known price; never the same as cheap."""


class ModelRow(Model):
    """One row ``[[models]]`` of ``models.toml``: what holds for the weights, wherever they run."""

    id: str = Field(min_length=1, max_length=128)
    name: str
    family: str
    """An open set; the bundled ones are in ``LlamaModelFamily``."""
    parameter_count: str
    context_window: int = Field(gt=0)
    """Tokens of prompt and answer together; hosts often allow less."""
    max_output_tokens: int = Field(default_factory=lambda row: int(row["context_window"]), gt=0)
    """Meta publishes no bound of its own, so without one the window is the only one."""
    capabilities: tuple[LlamaCapability, ...]
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes of the languages that Meta supports for text."""
    image_languages: tuple[str, ...] = ()
    """The same for prompts with an image."""
    system_with_image: bool = True
    """Whether a system turn may stand beside an image; where not, it goes into the user's turn."""
    release_date: date | None = None
    knowledge_cutoff: str = ""
    """``YYYY-MM``."""
    recommended: bool = False
    description: str = ""
    """Spanish."""
    recommended_use_cases: tuple[str, ...] = ()
    """Spanish, one phrase each."""
    licence: str = ""
    attribution: str = ""
    """What a product built on the model must show prominently."""
    eu_restricted: bool = False
    """The licence grants nothing to licensees domiciled in the European Union."""
    benchmarks: ModelBenchmark = ModelBenchmark()
    as_of: date
    source: str = Field(min_length=1)


class ModelOffer(Model):
    """How a model stands at one host on the day of the view; USD per million tokens."""

    host: str
    host_model_id: str
    status: ServingStatus
    retired_on: date | None = None
    cost_per_1m_input: Usd | None = None
    cost_per_1m_output: Usd | None = None
    price_as_of: date | None = None


class LlamaModel(ModelRow):
    """A model as the catalog shows it on a day (``domain.catalog.views``).

    ``cost_per_1m_input`` and ``_output`` are the prices at the host the view was made for, else
    at the cheapest live host, else None. ``max_output_tokens`` is that host's, where it is known.
    """

    supported_providers: tuple[str, ...]
    """The hosts that serve it, or would on a deployment of one's own."""
    cost_per_1m_input: Usd | None
    cost_per_1m_output: Usd | None
    cost_band: CostBand
    hosts: tuple[ModelOffer, ...]


class Suggestion(Model):
    """One row ``[[suggestions]]``: the models for a use case, the best fit first."""

    use_case: GenerationUseCase
    models: tuple[str, ...] = Field(min_length=1)
    as_of: date
    source: str = Field(min_length=1)


Row = ModelRow | HostRow | Offer | PriceRow | Suggestion | ComparatorModelRow


@attrs.frozen(slots=False)
class Catalog:
    """Every dated row, with look-ups that do not search.

    Raises SettingsError when a row stands there twice or names a model or host that is not there.
    """

    models: tuple[ModelRow, ...]
    hosts: tuple[HostRow, ...]
    offers: tuple[Offer, ...] = ()
    prices: tuple[PriceRow, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()
    comparators: tuple[ComparatorModelRow, ...] = ()
    _models: Mapping[str, ModelRow] = attrs.field(init=False, repr=False, eq=False)
    _hosts: Mapping[str, HostRow] = attrs.field(init=False, repr=False, eq=False)
    _offers: Mapping[tuple[str, str], Offer] = attrs.field(init=False, repr=False, eq=False)
    _prices: Mapping[tuple[str, str], tuple[PriceRow, ...]] = attrs.field(
        init=False, repr=False, eq=False
    )
    _comparators: Mapping[tuple[str, str], ComparatorModelRow] = attrs.field(
        init=False, repr=False, eq=False
    )

    @_models.default
    def _models_by_id(self) -> Mapping[str, ModelRow]:
        return {row.id: row for row in self.models}

    @_hosts.default
    def _hosts_by_id(self) -> Mapping[str, HostRow]:
        return {row.id: row for row in self.hosts}

    @_offers.default
    def _offers_by_pair(self) -> Mapping[tuple[str, str], Offer]:
        rows = {(row.host, row.model): row for row in self.offers}
        for host in self.hosts:
            if host.takes_any_model:
                for model in self.models:
                    rows.setdefault((host.id, model.id), _any_model(host, model))
        return rows

    @_prices.default
    def _prices_by_pair(self) -> Mapping[tuple[str, str], tuple[PriceRow, ...]]:
        newest_first = sorted(self.prices, key=lambda row: row.valid_from, reverse=True)
        rows: dict[tuple[str, str], tuple[PriceRow, ...]] = {}
        for row in newest_first:
            pair = (row.host, row.model)
            rows[pair] = (*rows.get(pair, ()), row)
        return rows

    @_comparators.default
    def _comparators_by_pair(self) -> Mapping[tuple[str, str], ComparatorModelRow]:
        return {(row.host, row.id): row for row in self.comparators}

    def __attrs_post_init__(self) -> None:
        _refuse_repeated("models", (row.id for row in self.models))
        _refuse_repeated("hosts", (row.id for row in self.hosts))
        _refuse_repeated("offers", ((row.host, row.model) for row in self.offers))
        _refuse_repeated("prices", ((row.host, row.model, row.valid_from) for row in self.prices))
        _refuse_repeated("suggestions", (row.use_case.value for row in self.suggestions))
        _refuse_repeated("comparators", ((row.host, row.id) for row in self.comparators))
        _refuse_repeated("comparators", (row.host for row in self.comparators if row.default))
        for row in self.comparators:
            self._refuse_no_comparator(row)
        for offer in self.offers:
            self._refuse_unknown("offers", f"{offer.host} {offer.model}", [offer.model], offer.host)
        for price in self.prices:
            models = [] if (price.host, price.model) in self._comparators else [price.model]
            self._refuse_unknown("prices", f"{price.host} {price.model}", models, price.host)
        for suggestion in self.suggestions:
            self._refuse_unknown("suggestions", suggestion.use_case.value, suggestion.models)

    def model(self, model_id: str) -> ModelRow | None:
        """A model by its id, or None."""
        return self._models.get(model_id)

    def host(self, host_id: str) -> HostRow | None:
        """A host by its id, whatever its role, or None."""
        return self._hosts.get(host_id)

    @property
    def llama_hosts(self) -> tuple[HostRow, ...]:
        """The hosts that a client can choose for Llama, in the catalog's order."""
        return tuple(row for row in self.hosts if row.role is HostRole.LLAMA)

    def llama_host(self, host_id: str) -> HostRow | None:
        """A host that a client can choose for Llama, or None."""
        row = self.host(host_id)
        return row if row is not None and row.role is HostRole.LLAMA else None

    def comparator(self, host_id: str, model_id: str) -> ComparatorModelRow | None:
        """Another provider's model, or None."""
        return self._comparators.get((host_id, model_id))

    def default_comparator(self, host_id: str, day: date) -> ComparatorModelRow | None:
        """The model to ask at a host where none is named; a retired one only for want of others."""
        rows = [row for row in self.comparators if row.host == host_id]
        live = [row for row in rows if row.status_on(day) is ServingStatus.LIVE]
        return next((row for row in live if row.default), next(iter([*live, *rows]), None))

    def offer(self, host_id: str, model_id: str) -> Offer | None:
        """What is known of a model at a host, or None.

        A host that takes any model serves every catalog model under its catalog id, unless a
        row says otherwise.
        """
        return self._offers.get((host_id, model_id))

    def status_on(self, host_id: str, model_id: str, day: date) -> ServingStatus:
        """Whether a host serves a model on a day; a retired host serves none."""
        host = self.host(host_id)
        offer = self.offer(host_id, model_id) or self.comparator(host_id, model_id)
        if host is None or offer is None:
            return ServingStatus.UNKNOWN
        status = offer.status_on(day)
        serves = status in (ServingStatus.LIVE, ServingStatus.DEDICATED)
        if serves and host.status_on(day) is ServingStatus.RETIRED:
            return ServingStatus.RETIRED
        return status

    def price(self, host_id: str, model_id: str, moment: datetime) -> PriceRow | None:
        """The newest price in force at an aware moment (by its day in UTC); None is unknown."""
        if moment.tzinfo is None:
            raise InvalidRequest("a moment must have a time zone")
        return self.price_on(host_id, model_id, moment.astimezone(UTC).date())

    def price_on(self, host_id: str, model_id: str, day: date) -> PriceRow | None:
        """The newest price in force on a day; None is unknown."""
        rows = self._prices.get((host_id, model_id), ())
        return next((row for row in rows if row.in_force(day)), None)

    def stale(self, today: date) -> tuple[Row, ...]:
        """The rows that nobody looked after for more than 90 days."""
        rows: tuple[Row, ...] = (
            *self.models, *self.hosts, *self.offers, *self.prices, *self.suggestions,
            *self.comparators,
        )  # fmt: skip
        return tuple(row for row in rows if today - row.as_of > STALE_AFTER)

    def _refuse_no_comparator(self, row: ComparatorModelRow) -> None:
        host = self.host(row.host)
        if host is None or host.role is not HostRole.COMPARATOR:
            raise SettingsError(
                f"[[comparators]] {row.host} {row.id}: there is no host {row.host!r} "
                'with role = "comparator"'
            )

    def _refuse_unknown(
        self, table: str, row: str, models: Iterable[str], host: str | None = None
    ) -> None:
        if host is not None and host not in self._hosts:
            raise SettingsError(f"[[{table}]] {row}: there is no host {host!r}")
        for model in models:
            if model not in self._models:
                raise SettingsError(f"[[{table}]] {row}: there is no model {model!r}")


def _any_model(host: HostRow, model: ModelRow) -> Offer:
    return Offer(
        model=model.id,
        host=host.id,
        host_model_id=model.id,
        status=ServingStatus.LIVE,
        as_of=host.as_of,
        source=host.source,
    )


def _refuse_repeated(table: str, keys: Iterable[Any]) -> None:
    repeated = [key for key, count in Counter(keys).items() if count > 1]
    if repeated:
        raise SettingsError(f"[[{table}]] {repeated[0]}: the row stands there twice")
