"""Plans: who is asked in which order, never a private text to a cloud, and the upper bound."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.chat.models import ReportedUsage, Role
from llama_marketing.domain.compliance.measures import Measure
from llama_marketing.domain.config.models import UseCaseConfig
from llama_marketing.domain.costing.estimate import input_token_bound
from llama_marketing.domain.costing.prices import PriceRow
from llama_marketing.domain.errors import HostRetired, InvalidRequest
from llama_marketing.domain.generation.accounting import answered
from llama_marketing.domain.generation.length import LengthTarget
from llama_marketing.domain.generation.plan import Plan
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.catalog.samples import catalog, host, offer, price
from tests.unit.domain.generation.samples import config, other, plan, request


def tried(made: Plan) -> list[tuple[str, str, int]]:
    """Host, model and slot of the attempts in their order."""
    return [(attempt.row.id, attempt.model_id, attempt.slot) for attempt in made.attempts]


def with_rows(**fields: Any) -> Catalog:
    """The sample catalog with a second cloud and further rows."""
    base = catalog()
    hosts = (
        *base.hosts,
        host("sky", base_url="https://sky/v1"),
        host("generic", takes_any_model=True),
    )
    return attrs.evolve(base, **{"hosts": hosts, **fields})


def test_the_attempts_stand_in_the_order_in_which_they_are_tried() -> None:
    """The client's host, its other hosts, then the fallback model at the first."""
    settings = config(
        fallback_model_id="middle",
        fallback_hosts=(
            other("home", api_endpoint="http://h:1/v1"),
            other("sky", model_id="large"),
        ),
    )
    made = plan(settings=settings, rows=with_rows())

    assert tried(made) == [
        ("cloud", "small", -1),
        ("home", "small", 0),
        ("sky", "large", 1),
        ("cloud", "middle", -1),
    ]
    assert [attempt.base_url for attempt in made.attempts] == [
        "https://cloud.example/v1",
        "http://h:1/v1",
        "https://sky/v1",
        "https://cloud.example/v1",
    ]
    assert [attempt.host_model_id for attempt in made.attempts] == [
        "cloud/small",
        "small",
        "large",
        "cloud/middle",
    ]


def test_a_use_cases_own_model_comes_before_the_selected_one() -> None:
    """A fallback model that is the same is not tried twice."""
    settings = config(
        use_cases=(UseCaseConfig(use_case=GenerationUseCase.SOCIAL_POST, model_override="middle"),),
        fallback_model_id="middle",
    )

    assert tried(plan(settings=settings)) == [("cloud", "middle", -1)]


PRIVATE = {"hosting_provider": "home", "api_endpoint": "http://h:1/v1"}


@pytest.mark.parametrize(
    "fallback",
    [
        other("cloud"),
        other("cloud", api_endpoint="http://localhost:1/v1"),
        other("generic", api_endpoint="https://cloud.example/v1"),
    ],
)
def test_a_private_text_goes_to_no_cloud_unless_the_client_says_so(fallback: object) -> None:
    """Nor to a generic host, whose endpoint may be anywhere (C15)."""
    settings = config(**PRIVATE, fallback_hosts=(fallback,))
    made = plan(settings=settings, rows=with_rows())

    assert {attempt.row.id for attempt in made.attempts} == {"home"}
    assert "tus datos no salen de tu servidor" in made.warnings[0]

    opted = plan(
        settings=config(**PRIVATE, fallback_hosts=(fallback,), cloud_fallback=True),
        rows=with_rows(),
    )
    assert len({attempt.row.id for attempt in opted.attempts}) == 2
    assert opted.warnings == ()


def test_a_generic_host_in_the_clients_own_network_is_tried() -> None:
    """Its endpoint says literally where it stands."""
    generic = other("generic", api_endpoint="http://10.0.0.7:8000/v1")
    made = plan(settings=config(**PRIVATE, fallback_hosts=(generic,)), rows=with_rows())

    assert {attempt.row.id for attempt in made.attempts} == {"home", "generic"}
    assert made.warnings == ()


def test_another_machine_of_the_clients_own_is_tried() -> None:
    """Private to private leaks nothing."""
    settings = config(**PRIVATE, fallback_hosts=(other("home", api_endpoint="http://h:2/v1"),))

    assert tried(plan(settings=settings)) == [("home", "small", -1), ("home", "small", 0)]


def test_a_retired_host_is_refused_and_passed_over_as_a_fallback() -> None:
    """An endpoint of the client's own stands for another machine."""
    with pytest.raises(HostRetired) as caught:
        plan(settings=config(hosting_provider="old"))
    assert caught.value.host == "old"

    mine = config(hosting_provider="old", api_endpoint="https://mine/v1")
    assert tried(plan(settings=mine)) == [("old", "small", -1)]
    assert tried(plan(settings=config(fallback_hosts=(other("old"),)))) == [("cloud", "small", -1)]


def test_the_day_of_retirement_decides() -> None:
    """Also of a row that still says live; a day to come changes nothing yet."""

    def rows(day: date) -> Catalog:
        late = host("cloud", base_url="https://c/v1", retired_on=day)
        base = catalog()
        return attrs.evolve(base, hosts=(late, *(row for row in base.hosts if row.id != "cloud")))

    with pytest.raises(HostRetired):
        plan(rows=rows(date(2026, 11, 24)))
    assert tried(plan(rows=rows(date(2026, 11, 25))))


def test_what_is_not_in_the_catalog_ends_the_operation_only_as_the_main_choice() -> None:
    """A fallback that the operator took out is passed over."""
    gone = config(
        fallback_model_id="nothing",
        fallback_hosts=(
            other("nowhere"),
            other("home", api_endpoint="http://h/v1", model_id="nothing"),
        ),
    )
    assert tried(plan(settings=gone)) == [("cloud", "small", -1)]

    for settings in (config(selected_model_id="nothing"), config(hosting_provider="nowhere")):
        with pytest.raises(InvalidRequest) as caught:
            plan(settings=settings)
        assert caught.value.issues[0][1].startswith("not ")


def test_a_use_case_that_is_not_offered_is_refused() -> None:
    """With a Spanish sentence."""
    with pytest.raises(InvalidRequest, match="comment_moderation cannot be generated"):
        plan(request(useCase="comment_moderation"))


def test_a_fine_tune_is_sent_only_where_any_model_is_taken() -> None:
    """And only to the main host."""
    advanced = {"fine_tune_id": "mine-v2"}
    second = (other("home", api_endpoint="http://h:2/v1"),)
    made = plan(settings=config(**PRIVATE, advanced=advanced, fallback_hosts=second))

    assert [attempt.host_model_id for attempt in made.attempts] == ["mine-v2", "small"]
    assert plan(settings=config(advanced=advanced)).attempts[0].host_model_id == "cloud/small"


def test_max_tokens_is_lowered_to_what_host_and_window_leave_with_a_warning() -> None:
    """C19: the least of config, use case, host row and window minus prompt."""
    assert plan().warnings == ()
    assert plan().attempts[0].max_tokens == 200

    wide = {"parameters": {"max_tokens": 900}}
    by_host = plan(settings=config(**wide))
    assert by_host.attempts[0].max_tokens == 300
    assert by_host.warnings == (
        "Se pidieron hasta 900 tokens de respuesta; el proveedor permite 300.",
    )

    by_window = plan(settings=config(**wide, selected_model_id="middle"))
    assert 0 < by_window.attempts[0].max_tokens < 1000
    own = config(**PRIVATE, **wide, advanced={"context_window": 300})
    assert plan(settings=own).attempts[0].max_tokens < 300

    override = UseCaseConfig(use_case=GenerationUseCase.SOCIAL_POST, max_tokens_override=50)
    assert plan(settings=config(use_cases=(override,))).attempts[0].max_tokens == 50


def test_the_window_of_an_offer_counts_and_the_clients_only_at_its_main_host() -> None:
    """A fallback host has the model's own window."""
    base = catalog()
    narrow = offer("cloud", "middle", context_window=400)
    offers = tuple(narrow if row.model == "middle" else row for row in base.offers)
    settings = config(
        **PRIVATE,
        selected_model_id="middle",
        parameters={"max_tokens": 5000},
        advanced={"context_window": 256},
        fallback_hosts=(other("cloud"),),
        cloud_fallback=True,
    )
    home, cloud = plan(settings=settings, rows=attrs.evolve(base, offers=offers)).attempts

    assert cloud.max_tokens - home.max_tokens == 400 - 256


def test_a_prompt_over_every_window_is_refused_and_over_some_is_tried_elsewhere() -> None:
    """The library says so before a host does."""
    long = request(prompt="x" * 3000)
    with pytest.raises(InvalidRequest, match="more than the model's window"):
        plan(long)

    settings = config(fallback_model_id="large")
    assert tried(plan(long, settings)) == [("cloud", "large", -1)]


def bounds(schema: object) -> list[object]:
    """The bound of every text and list of a schema, None where one is missing."""
    if not isinstance(schema, dict):
        return []
    found = [bound for child in schema.values() for bound in bounds(child)]
    for kind, name in (("string", "maxLength"), ("array", "maxItems")):
        if schema.get("type") == kind:
            found.append(schema.get(name))
    return found


@pytest.mark.parametrize(
    ("asked", "hard_limit", "bound"),
    [
        (request(), 2200, 100),
        (request(maxLength=150), 2200, 150),
        (request(maxLength=5000), 2200, 240),
        (request(maxLength=150), 120, 120),
        (request(maxLength=150), 63_206, 150),
        (request(maxLength=1), 2200, 1),
    ],
)
def test_every_text_and_list_of_the_schema_is_bounded(
    asked: Any, hard_limit: int, bound: int
) -> None:
    """By the request, the platform and the tokens there are; the copy comes first."""
    schema = plan(asked, length=LengthTarget(hard_limit, Measure.UTF16)).schema.schema

    assert None not in bounds(schema)
    assert len(bounds(schema)) == 5
    assert list(schema["properties"]) == ["content", "hashtags", "emojis"]
    assert schema["required"] == ["content", "hashtags", "emojis"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["content"]["maxLength"] == bound


def test_a_schema_never_asks_for_more_repetitions_than_a_grammar_takes() -> None:
    """And with hardly any tokens there is room for a few words still."""
    rich = config(selected_model_id="large", parameters={"max_tokens": 3000})
    long = plan(request(maxLength=60_000), rich, length=LengthTarget(63_206, Measure.UTF16))
    assert long.schema.schema["properties"]["content"]["maxLength"] == 2000

    poor = plan(settings=config(parameters={"max_tokens": 10}))
    assert poor.schema.schema["properties"]["content"]["maxLength"] == 20


def test_a_call_carries_the_parameters_and_the_variation() -> None:
    """One request for each variation, told which it is."""
    parameters = {
        "max_tokens": 50,
        "temperature": 0.1,
        "top_p": 0.2,
        "frequency_penalty": 0.3,
        "presence_penalty": 0.4,
    }
    made = plan(request(variations=3), config(parameters=parameters))
    call = made.call(made.attempts[0], "Acórtalo.", 1)

    assert (call.temperature, call.top_p) == (0.1, 0.2)
    assert (call.frequency_penalty, call.presence_penalty) == (0.3, 0.4)
    assert (call.model, call.max_tokens, call.schema) == ("cloud/small", 50, made.schema)
    assert [message.role for message in call.messages] == [Role.SYSTEM, Role.USER]
    for text in ("Café de Chiapas", "Acórtalo.", "2 de 3"):
        assert text in call.messages[1].content
    alone = plan()
    assert "variante" not in alone.call(alone.attempts[0]).messages[1].content


@given(
    st.integers(0, 10**7),
    st.integers(0, 10**7),
    st.integers(0, 10**7),
    st.integers(0, 10**7),
    st.booleans(),
    st.integers(0, 100),
    st.integers(1, 5),
    st.data(),
)
def test_a_bound_is_not_less_than_any_cost(
    first: int, second: int, third: int, cached: int, hourly: bool, ask: int, calls: int, data: Any
) -> None:
    """Whichever attempt serves, whatever it reports within its limits, or is estimated at."""

    def row(host_id: str, model: str, amount: int, per_hour: bool = False) -> PriceRow:
        dollars = Decimal(amount).scaleb(-6)
        if per_hour:
            return price(host_id, model, None, per_hour=dollars)
        return price(
            host_id,
            model,
            None,
            input=dollars,
            output=dollars * 2,
            cached_input=Decimal(cached).scaleb(-6),
            cache_write=dollars * 3,
        )

    rows = attrs.evolve(
        catalog(),
        prices=(
            row("cloud", "small", first),
            row("cloud", "middle", second),
            row("home", "small", third, hourly),
        ),
    )
    settings = config(
        fallback_model_id="middle", fallback_hosts=(other("home", api_endpoint="http://h/v1"),)
    )
    made = plan(request(prompt="ñ" * (ask + 1)), settings, rows)
    attempt = data.draw(st.sampled_from(made.attempts))
    call = made.call(attempt)
    bound = made.bound(call.messages, calls)
    most = input_token_bound(call.messages)
    tokens_in = data.draw(st.integers(0, most))
    usage = data.draw(
        st.none()
        | st.builds(
            ReportedUsage,
            st.just(tokens_in),
            st.integers(0, call.max_tokens),
            st.integers(0, tokens_in),
            st.integers(0, tokens_in),
        )
    )
    text = data.draw(st.text(max_size=2000)) * 4
    paid = [
        answered(attempt, call, text, usage, data.draw(st.integers(0, 600_000)))
        for _ in range(calls)
    ]

    assert sum(one.cost_pico_usd or 0 for one in paid) <= bound.cost
    assert sum(one.tokens_input + one.tokens_output for one in paid) <= bound.tokens
    assert bound.generations == 0


def test_a_price_by_the_hour_is_bounded_by_the_longest_time_of_every_call() -> None:
    """Three calls of ten minutes, also where they run at the same time."""
    rows = attrs.evolve(catalog(), prices=(price("home", "small", None, per_hour=Decimal(6)),))
    made = plan(settings=config(**PRIVATE), rows=rows)

    assert made.bound(made.prompt.messages(), 3).cost == 3 * 10**12


def test_an_unknown_price_bounds_nothing() -> None:
    """Under a quota in dollars such an operation holds 0."""
    made = plan(rows=attrs.evolve(catalog(), prices=()))

    assert made.bound(made.prompt.messages()).cost == 0
    assert made.bound(made.prompt.messages()).tokens > 200


def test_the_traits_of_a_call_are_its_models() -> None:
    """Beside an image some models take no system turn."""
    base = catalog()
    blind = tuple(row.model_copy(update={"system_with_image": False}) for row in base.models)
    for rows, expected in ((base, True), (attrs.evolve(base, models=blind), False)):
        made = plan(rows=rows)
        assert made.call(made.attempts[0]).traits.system_with_image is expected


def test_another_providers_host_is_never_in_a_plan_for_llama() -> None:
    """Neither as the main host nor as a fallback that was once stored."""
    rows = with_rows(
        hosts=(*catalog().hosts, host("rival", role="comparator", base_url="https://r/v1"))
    )
    with pytest.raises(InvalidRequest, match="not known"):
        plan(settings=config(hosting_provider="rival"), rows=rows)

    settings = config(fallback_hosts=(other("rival"),))
    assert tried(plan(settings=settings, rows=rows)) == [("cloud", "small", -1)]
