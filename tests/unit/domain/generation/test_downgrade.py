"""The action downgrade: the cheapest other model of the client's hosts that fits, or none."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from llama_marketing.domain.catalog.hosts import ServingStatus
from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.config.models import MetaAIConfig, UseCaseConfig
from llama_marketing.domain.generation.downgrade import cheaper_plan, whole_bound
from llama_marketing.domain.generation.plan import NEEDED, Plan
from llama_marketing.domain.usage.books import Counter
from llama_marketing.domain.vocabulary import GenerationUseCase, LlamaCapability, QuotaUnit
from tests.unit.domain.catalog.samples import catalog, host, model, offer, price
from tests.unit.domain.generation.samples import MOMENT, config, other, plan, request

PLENTY = 10**18


def rows(*prices: tuple[str, str, str], **fields: Any) -> Catalog:
    """Two clouds and a home; ``prices`` are host, model, and USD per million tokens both ways."""
    base = catalog()
    return attrs.evolve(
        base,
        models=(model("small"), model("middle"), model("large"), model("tiny")),
        hosts=(
            host("cloud", base_url="https://cloud/v1"),
            host("sky", base_url="https://sky/v1"),
            host("home", takes_any_model=True, private=True),
        ),
        offers=tuple(
            offer(where, name)
            for where in ("cloud", "sky")
            for name in ("small", "middle", "large", "tiny")
        ),
        prices=tuple(price(where, name, cost) for where, name, cost in prices),
        suggestions=(),
        **fields,
    )


USUAL = (
    ("cloud", "large", "9"),
    ("cloud", "middle", "5"),
    ("cloud", "small", "1"),
    ("sky", "small", "0.5"),
)


def asks_for_large(**fields: Any) -> MetaAIConfig:
    """A client of the cloud whose model is the large one."""
    return config(selected_model_id="large", **fields)


def cheaper(
    settings: MetaAIConfig,
    kept: Catalog,
    available: int = PLENTY,
    unit: QuotaUnit = QuotaUnit.USD,
    **fields: Any,
) -> Plan | None:
    """The cheaper plan of the usual request."""
    asked = request(**fields)
    made = plan(asked, settings, kept)
    counter = Counter(period="2026-11", limit=available, unit=unit)
    return cheaper_plan(made, kept, MOMENT, counter)


def served(made: Plan | None) -> tuple[str, str, int] | None:
    """Host, model and slot of a plan's one attempt."""
    if made is None:
        return None
    (attempt,) = made.attempts
    return attempt.row.id, attempt.model_id, attempt.slot


def test_the_cheapest_model_of_the_clients_host_is_taken() -> None:
    """And the plan says which one was asked for, also in a sentence."""
    made = cheaper(asks_for_large(), rows(*USUAL))

    assert made is not None
    assert served(made) == ("cloud", "small", -1)
    assert made.downgraded_from == "large"
    assert made.warnings == ("La cuota no alcanza para «large»; se usó «small».",)


def test_a_host_that_the_client_did_not_configure_is_never_asked() -> None:
    """However cheap; one that it configured is."""
    with_sky = asks_for_large(fallback_hosts=(other("sky"),))

    assert served(cheaper(asks_for_large(), rows(*USUAL))) == ("cloud", "small", -1)
    assert served(cheaper(with_sky, rows(*USUAL))) == ("sky", "small", 0)


def test_an_unknown_price_is_not_cheap() -> None:
    """Though such a model takes nothing from a quota in dollars."""
    assert served(cheaper(asks_for_large(), rows(("cloud", "large", "9")))) is None
    only_middle = rows(("cloud", "large", "9"), ("cloud", "middle", "5"))
    assert served(cheaper(asks_for_large(), only_middle)) == ("cloud", "middle", -1)


def test_exactly_what_is_available_fits_and_a_pico_dollar_less_does_not() -> None:
    whole = cheaper(asks_for_large(), rows(*USUAL))
    assert whole is not None
    needed = whole_bound(whole).cost

    assert served(cheaper(asks_for_large(), rows(*USUAL), needed)) == ("cloud", "small", -1)
    assert cheaper(asks_for_large(), rows(*USUAL), needed - 1) is None


def test_the_model_that_was_asked_for_is_no_downgrade() -> None:
    """The use case's own model counts as asked for."""
    settings = config(
        selected_model_id="large",
        use_cases=(UseCaseConfig(use_case=GenerationUseCase.SOCIAL_POST, model_override="small"),),
    )
    made = cheaper(settings, rows(*USUAL))

    assert served(made) == ("cloud", "middle", -1)
    assert made is not None
    assert made.downgraded_from == "small"


@pytest.mark.parametrize("status", [ServingStatus.RETIRED, ServingStatus.UNKNOWN])
def test_a_model_that_the_host_does_not_serve_is_passed_over(status: ServingStatus) -> None:
    base = rows(*USUAL)
    offers = tuple(
        row.model_copy(update={"status": status}) if row.model == "small" else row
        for row in base.offers
    )

    assert served(cheaper(asks_for_large(), attrs.evolve(base, offers=offers))) == (
        "cloud",
        "middle",
        -1,
    )


def test_a_model_without_the_use_cases_capability_is_passed_over() -> None:
    base = rows(*USUAL)
    models = tuple(
        row.model_copy(update={"capabilities": (LlamaCapability.CODE,)})
        if row.id == "small"
        else row
        for row in base.models
    )

    made = cheaper(asks_for_large(), attrs.evolve(base, models=models))

    assert served(made) == ("cloud", "middle", -1)
    assert NEEDED[GenerationUseCase.IMAGE_ANALYSIS] is LlamaCapability.VISION


def test_a_model_whose_window_is_too_small_is_passed_over() -> None:
    base = rows(*USUAL)
    models = tuple(
        row.model_copy(update={"context_window": 300}) if row.id == "small" else row
        for row in base.models
    )

    made = cheaper(asks_for_large(), attrs.evolve(base, models=models), prompt="café " * 400)

    assert served(made) == ("cloud", "middle", -1)


def test_of_a_server_of_ones_own_only_the_models_that_it_is_said_to_have() -> None:
    """It would take any name; the client's configuration says what is loaded there."""
    prices = (("home", "large", "9"), ("home", "small", "1"), ("home", "tiny", "0.1"))
    own: dict[str, Any] = {"hosting_provider": "home", "api_endpoint": "http://h:1/v1"}
    named = asks_for_large(**own, fallback_model_id="small")

    assert served(cheaper(named, rows(*prices))) == ("home", "small", -1)
    assert cheaper(asks_for_large(**own), rows(*prices)) is None
    tuned = asks_for_large(**own, fallback_model_id="small", advanced={"fine_tune_id": "ft-1"})
    assert cheaper(tuned, rows(*prices)) is None
    fallback = asks_for_large(
        fallback_hosts=(other("home", api_endpoint="http://h:1/v1", model_id="tiny"),)
    )
    assert served(cheaper(fallback, rows(*USUAL, *prices))) == ("home", "tiny", 0)


def test_a_private_clients_text_stays_at_home() -> None:
    """A cheaper cloud among its fallback hosts is not asked unless the client opted in."""
    prices = (("home", "large", "9"), *USUAL)
    own: dict[str, Any] = {
        "hosting_provider": "home",
        "api_endpoint": "http://h:1/v1",
        "fallback_hosts": (other("sky"),),
    }

    assert cheaper(asks_for_large(**own), rows(*prices)) is None
    opted = asks_for_large(**own, cloud_fallback=True)
    assert served(cheaper(opted, rows(*prices))) == ("sky", "small", 0)


def test_a_quota_in_generations_has_no_cheaper_model() -> None:
    """One generation is one, whoever writes it; in tokens a smaller answer may fit."""
    assert cheaper(asks_for_large(), rows(*USUAL), 0, QuotaUnit.GENERATIONS) is None
    base = rows(*USUAL)
    short = tuple(
        row.model_copy(update={"max_output_tokens": 50}) if row.model == "middle" else row
        for row in base.offers
    )
    kept = attrs.evolve(base, offers=short)
    whole = whole_bound(plan(request(), asks_for_large(), kept)).tokens

    made = cheaper(asks_for_large(), kept, whole - 1, QuotaUnit.TOKENS)

    assert served(made) == ("cloud", "middle", -1)


def test_every_variation_is_paid_for() -> None:
    one = cheaper(asks_for_large(), rows(*USUAL))
    three = cheaper(asks_for_large(), rows(*USUAL), variations=3)
    assert one is not None
    assert three is not None

    assert whole_bound(three).cost > 2 * whole_bound(one).cost
    assert cheaper(asks_for_large(), rows(*USUAL), whole_bound(one).cost, variations=3) is None


def test_equals_stay_in_the_order_of_the_clients_hosts() -> None:
    same = (("cloud", "large", "9"), ("cloud", "small", "1"), ("sky", "small", "1"))
    with_sky = asks_for_large(fallback_hosts=(other("sky"),))

    assert served(cheaper(with_sky, rows(*same))) == ("cloud", "small", -1)
