"""The bundled catalog holds what the references say, and the operator can change all of it."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from llama_marketing.adapters.package_data.catalog import PackagedCatalog
from llama_marketing.domain.catalog.hosts import HostRole, JsonMode, ServingStatus
from llama_marketing.domain.catalog.models import Catalog, Row
from llama_marketing.domain.errors import SettingsError
from llama_marketing.domain.vocabulary import (
    GenerationUseCase,
    LlamaCapability,
    LlamaHostingProvider,
    LlamaModelFamily,
)

TODAY = date(2026, 11, 24)
SPEC_IDS = [
    "llama-3.3-70b-instruct",
    "llama-3.2-90b-vision-instruct",
    "llama-3.2-11b-vision-instruct",
    "llama-3.1-405b-instruct",
    "llama-3.1-8b-instruct",
    "llama-3.2-3b-instruct",
    "llama-3.2-1b-instruct",
    "llama-4-scout-17b-16e-instruct",
    "llama-4-maverick-17b-128e-instruct",
]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return PackagedCatalog(None).catalog()


def overridden(folder: Path, **files: str) -> Catalog:
    for name, content in files.items():
        (folder / f"{name}.toml").write_text(content)
    return PackagedCatalog(folder).catalog()


def test_the_nine_models_stand_there_under_their_ids(catalog: Catalog) -> None:
    assert [model.id for model in catalog.models] == SPEC_IDS


def test_only_the_70b_is_recommended(catalog: Catalog) -> None:
    recommended = [model.id for model in catalog.models if model.recommended]
    assert recommended == ["llama-3.3-70b-instruct"]


def test_every_model_has_a_spanish_description_uses_and_licence(catalog: Catalog) -> None:
    for model in catalog.models:
        assert model.description.endswith(".")
        assert model.recommended_use_cases
        assert model.licence == f"Llama {model.family[6:]} Community License"
        assert model.attribution == "Built with Llama"
        assert model.family in set(LlamaModelFamily)


def test_the_licence_excludes_the_eu_for_the_multimodal_models_alone(catalog: Catalog) -> None:
    for model in catalog.models:
        assert model.eu_restricted is (LlamaCapability.VISION in model.capabilities)


def test_llama_3_2_vision_understands_images_in_english_only(catalog: Catalog) -> None:
    languages = {model.id: model.image_languages for model in catalog.models}
    assert languages["llama-3.2-11b-vision-instruct"] == ("en",)
    assert languages["llama-3.2-90b-vision-instruct"] == ("en",)
    assert "es" in languages["llama-4-scout-17b-16e-instruct"]
    assert all(languages[m.id] for m in catalog.models if LlamaCapability.VISION in m.capabilities)


def test_only_the_8b_has_all_five_benchmarks_and_llama_4_has_none(catalog: Catalog) -> None:
    five = ("mmlu", "human_eval", "mbpp", "hella_swag", "arc")
    published = {
        model.id: [name for name in five if getattr(model.benchmarks, name) is not None]
        for model in catalog.models
    }
    assert [model for model, names in published.items() if len(names) == 5] == [
        "llama-3.1-8b-instruct"
    ]
    assert published["llama-4-scout-17b-16e-instruct"] == []
    assert published["llama-4-maverick-17b-128e-instruct"] == []
    assert all(model.benchmarks.marketing_score is None for model in catalog.models)


def test_mmlu_figures_of_five_shots_say_so(catalog: Catalog) -> None:
    shots = {
        model.id: (model.benchmarks.mmlu.value, model.benchmarks.mmlu.shots)
        for model in catalog.models
        if model.benchmarks.mmlu is not None
    }
    assert shots["llama-3.2-3b-instruct"] == (63.4, 5)
    assert shots["llama-3.2-1b-instruct"] == (49.3, 5)
    assert shots["llama-3.3-70b-instruct"] == (86.0, 0)


def test_every_provider_of_the_vocabulary_has_a_host_row(catalog: Catalog) -> None:
    assert {host.id for host in catalog.llama_hosts} == {
        host.value for host in LlamaHostingProvider
    }


def test_every_pair_of_a_selling_host_and_a_model_has_a_fact(catalog: Catalog) -> None:
    for host in catalog.llama_hosts:
        for model in catalog.models:
            assert catalog.offer(host.id, model.id) is not None, (host.id, model.id)


@pytest.mark.parametrize(
    ("host", "model", "status", "retired_on"),
    [
        ("meta_ai", "llama-3.3-70b-instruct", "retired", date(2026, 7, 6)),
        ("meta_ai", "llama-3.1-8b-instruct", "never", None),
        ("groq", "llama-3.1-8b-instruct", "retired", date(2026, 8, 16)),
        ("groq", "llama-4-scout-17b-16e-instruct", "retired", date(2026, 7, 17)),
        ("groq", "llama-3.2-11b-vision-instruct", "retired", date(2025, 4, 14)),
        ("together", "llama-3.3-70b-instruct", "retired", date(2026, 10, 22)),
        ("together", "llama-3.1-405b-instruct", "dedicated", None),
        ("fireworks", "llama-3.3-70b-instruct", "dedicated", None),
        ("fireworks", "llama-4-maverick-17b-128e-instruct", "unknown", None),
        ("bedrock", "llama-3.3-70b-instruct", "live", date(2027, 3, 30)),
        ("bedrock", "llama-3.1-405b-instruct", "retired", date(2026, 7, 7)),
        ("deepinfra", "llama-3.3-70b-instruct", "live", None),
        ("openrouter", "llama-3.1-405b-instruct", "unknown", None),
        ("self_hosted", "llama-3.1-405b-instruct", "live", None),
    ],
)
def test_what_serves_what_is_as_the_references_say(
    catalog: Catalog, host: str, model: str, status: str, retired_on: date | None
) -> None:
    offer = catalog.offer(host, model)
    assert offer is not None
    assert (catalog.status_on(host, model, TODAY).value, offer.retired_on) == (status, retired_on)


def test_bedrock_names_are_regional_inference_profiles(catalog: Catalog) -> None:
    for offer in catalog.offers:
        if offer.host == "bedrock":
            assert offer.host_model_id.startswith("us.meta.")


@pytest.mark.parametrize(
    ("host", "endpoint"),
    [
        ("together", "https://api.together.xyz/v1"),
        ("fireworks", "https://api.fireworks.ai/inference/v1"),
        ("groq", "https://api.groq.com/openai/v1"),
        ("meta_ai", "https://api.llama.com/v1"),
        ("deepinfra", "https://api.deepinfra.com/v1/openai"),
        ("openrouter", "https://openrouter.ai/api/v1"),
        ("self_hosted", ""),
        ("openai_compatible", ""),
    ],
)
def test_hosts_have_their_base_url(catalog: Catalog, host: str, endpoint: str) -> None:
    row = catalog.host(host)
    assert row is not None
    assert row.base_url == endpoint


def test_a_server_of_ones_own_needs_no_key_and_takes_every_parameter(catalog: Catalog) -> None:
    row = catalog.host("self_hosted")
    assert row is not None
    assert (row.key_required, row.private, row.takes_any_model) == (False, True, True)
    assert row.json_mode is JsonMode.JSON_SCHEMA
    assert set(row.parameters) == {
        "temperature", "top_p", "frequency_penalty", "presence_penalty", "seed",
    }  # fmt: skip


def test_groq_takes_no_penalties_and_its_own_token_field(catalog: Catalog) -> None:
    row = catalog.host("groq")
    assert row is not None
    assert "frequency_penalty" not in row.parameters
    assert row.token_field == "max_completion_tokens"


def test_dialects_beyond_openais_are_metas_and_bedrocks(catalog: Catalog) -> None:
    dialects = {host.id: host.dialect for host in catalog.llama_hosts if host.dialect != "openai"}
    assert dialects == {"meta_ai": "meta_native", "bedrock": "bedrock"}


def test_the_comparator_hosts_speak_their_own_dialects_with_the_key_in_their_own_header(
    catalog: Catalog,
) -> None:
    rows = {row.id: row for row in catalog.hosts if row.role is HostRole.COMPARATOR}
    assert {row.id: (row.dialect, row.key_header, row.token_field) for row in rows.values()} == {
        "openai": ("openai", "authorization", "max_completion_tokens"),
        "anthropic": ("anthropic", "x-api-key", "max_tokens"),
        "gemini": ("gemini", "x-goog-api-key", "max_tokens"),
    }
    assert rows["anthropic"].headers == {"anthropic-version": "2026-10-21"}
    assert rows["anthropic"].parameters == ()
    assert all(row.greeting_tokens == 256 and row.base_url for row in rows.values())
    assert all("key=" not in row.chat_path + row.stream_path for row in rows.values())


def test_every_comparator_host_has_one_default_and_every_model_a_price(catalog: Catalog) -> None:
    for host in ("openai", "anthropic", "gemini"):
        rows = [row for row in catalog.comparators if row.host == host]
        assert [row.default for row in rows].count(True) == 1
        for row in rows:
            assert catalog.price_on(host, row.id, TODAY) is not None, row.id
            assert row.effort
    assert {row.host for row in catalog.comparators} == {"openai", "anthropic", "gemini"}


def test_a_comparator_thinks_as_little_as_it_can_and_has_room_for_it(catalog: Catalog) -> None:
    bodies = {row.id: row.extra_body for row in catalog.comparators}
    assert bodies["gpt-6-luna"] == {"reasoning_effort": "none"}
    assert bodies["claude-haiku-5-5"] == {"thinking": {"type": "disabled"}}
    assert bodies["claude-sonnet-5-5"] == {"output_config": {"effort": "low"}}
    level = bodies["gemini-3.5-flash-lite"]["generationConfig"]["thinkingConfig"]
    assert level == {"thinkingLevel": "minimal"}
    for row in catalog.comparators:
        assert row.accepts_sampling or row.least_tokens >= 2048, row.id


@pytest.mark.parametrize(
    ("model", "eve", "day", "amounts"),
    [
        ("gemini-3.8-flash", date(2026, 12, 31), date(2027, 1, 1), ("0.75", "1.50")),
        ("gemini-4-argon", date(2026, 11, 30), date(2026, 12, 1), ("2.00", "4.00")),
    ],
)
def test_an_announced_price_holds_from_its_day(
    catalog: Catalog, model: str, eve: date, day: date, amounts: tuple[str, str]
) -> None:
    prices = [catalog.price_on("gemini", model, when) for when in (eve, day)]
    assert [price and price.input for price in prices] == [Decimal(amount) for amount in amounts]


def test_images_are_sent_as_every_host_takes_them(catalog: Catalog) -> None:
    images = {row.id: row.images for row in catalog.hosts}
    assert (images["self_hosted"].most, images["fireworks"].most) == (1, 30)
    assert "image/webp" not in images["fireworks"].types
    # Base64 adds a third, and Groq takes no request over 4 MB.
    assert images["groq"].max_bytes * 4 / 3 < 4_000_000
    assert all(rules.max_bytes <= 3_000_000 for rules in images.values())
    # Fireworks takes 10 MB of base64 in all of a call's images.
    in_all = {name: rules.most_bytes for name, rules in images.items() if rules.most_bytes}
    assert in_all.keys() == {"fireworks"}
    assert in_all["fireworks"] * 4 / 3 < 10_000_000
    assert all("image/jpeg" in rules.types for rules in images.values())


def test_only_llama_3_2_vision_takes_no_system_turn_beside_an_image(catalog: Catalog) -> None:
    assert [model.id for model in catalog.models if not model.system_with_image] == [
        "llama-3.2-90b-vision-instruct",
        "llama-3.2-11b-vision-instruct",
    ]


def test_an_operator_adds_and_changes_comparators(tmp_path: Path) -> None:
    catalog = overridden(
        tmp_path,
        comparators="""
            [[comparators]]
            host = "openai"
            id = "gpt-6-luna"
            extra_body = { reasoning_effort = "low" }

            [[comparators]]
            host = "mistral"
            id = "mistral-large"
            name = "Mistral Large"
            context_window = 128000
            as_of = 2026-11-24
            source = "mine"
        """,
        hosts="""
            [[hosts]]
            id = "mistral"
            role = "comparator"
            name = "Mistral"
            description = "Otro."
            status = "live"
            base_url = "https://api.mistral.ai/v1"
            as_of = 2026-11-24
            source = "mine"
        """,
    )
    luna = catalog.comparator("openai", "gpt-6-luna")
    assert luna is not None
    assert (luna.extra_body, luna.default) == ({"reasoning_effort": "low"}, True)
    assert catalog.comparator("mistral", "mistral-large") is not None


def test_no_price_is_bundled_where_it_is_not_known(catalog: Catalog) -> None:
    priced = {price.host for price in catalog.prices}
    assert not priced & {"self_hosted", "openai_compatible", "fireworks", "meta_ai"}


def test_prices_of_what_is_not_live_have_ended(catalog: Catalog) -> None:
    for price in catalog.prices:
        if catalog.status_on(price.host, price.model, TODAY) is not ServingStatus.LIVE:
            assert price.valid_to is not None, price
            assert price.valid_to <= TODAY, price


def test_openrouters_price_changes_with_the_day(catalog: Catalog) -> None:
    def paid(day: int, month: int = 11) -> Decimal | None:
        moment = datetime(2026, month, day, tzinfo=UTC)
        price = catalog.price("openrouter", "llama-3.3-70b-instruct", moment)
        return None if price is None else price.input

    assert [paid(18, 10), paid(19, 10), paid(2), paid(3), paid(9)] == [
        None, Decimal("0.10"), Decimal("0.10"), Decimal("0.45"), Decimal("0.59"),
    ]  # fmt: skip


def test_every_row_says_when_and_where_it_was_seen(catalog: Catalog) -> None:
    rows: tuple[Row, ...] = (
        *catalog.models, *catalog.hosts, *catalog.offers, *catalog.prices, *catalog.suggestions,
        *catalog.comparators,
    )  # fmt: skip
    assert all(row.as_of >= date(2026, 11, 1) and row.source for row in rows)
    assert catalog.stale(TODAY) == ()


def test_every_use_case_has_a_suggestion(catalog: Catalog) -> None:
    assert {row.use_case for row in catalog.suggestions} == set(GenerationUseCase)


def test_images_are_suggested_to_models_that_see(catalog: Catalog) -> None:
    row = next(r for r in catalog.suggestions if r.use_case is GenerationUseCase.IMAGE_ANALYSIS)
    for model_id in row.models:
        model = catalog.model(model_id)
        assert model is not None
        assert LlamaCapability.VISION in model.capabilities


def test_the_catalog_is_read_once_however_many_threads_ask() -> None:
    source = PackagedCatalog(None)
    with ThreadPoolExecutor(8) as threads:
        catalogs = list(threads.map(lambda _: source.catalog(), range(16)))
    assert len({id(catalog) for catalog in catalogs}) == 1


def test_importing_the_adapter_reads_no_file() -> None:
    code = (
        "import tomllib\n"
        "def refuse(*_, **__): raise SystemExit('read at import')\n"
        "tomllib.loads = refuse\n"
        "import llama_marketing.adapters.package_data.catalog as module\n"
        "module.PackagedCatalog(None)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": ":".join(sys.path)},
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_an_operator_adds_a_model_of_ones_own_with_few_fields(tmp_path: Path) -> None:
    catalog = overridden(
        tmp_path,
        models="""
            [[models]]
            id = "smol"
            name = "Smol"
            family = "smollm2"
            parameter_count = "135M"
            context_window = 8192
            capabilities = ["text"]
            as_of = 2026-11-24
            source = "mine"
        """,
    )
    model = catalog.model("smol")
    assert model is not None
    assert (model.max_output_tokens, model.attribution) == (8192, "")
    offer = catalog.offer("self_hosted", "smol")
    assert offer is not None
    assert (offer.host_model_id, offer.status) == ("smol", ServingStatus.LIVE)


def test_an_operator_maps_a_model_to_its_name_on_ones_own_server(tmp_path: Path) -> None:
    catalog = overridden(
        tmp_path,
        models="""
            [[offers]]
            host = "self_hosted"
            model = "llama-3.1-8b-instruct"
            host_model_id = "llama3.1:8b"
            status = "live"
            context_window = 4096
            as_of = 2026-11-24
            source = "mine"
        """,
    )
    offer = catalog.offer("self_hosted", "llama-3.1-8b-instruct")
    assert offer is not None
    assert (offer.host_model_id, offer.context_window) == ("llama3.1:8b", 4096)


def test_an_operator_with_an_enterprise_contract_brings_groq_back(tmp_path: Path) -> None:
    catalog = overridden(
        tmp_path,
        hosts='[[hosts]]\nid = "groq"\nretired_on = 2030-01-01\n',
        models='[[offers]]\nhost = "groq"\nmodel = "llama-3.1-8b-instruct"\n'
        "retired_on = 2030-01-01\n",
    )
    assert catalog.status_on("groq", "llama-3.1-8b-instruct", TODAY) is ServingStatus.LIVE
    assert catalog.status_on("groq", "llama-3.3-70b-instruct", TODAY) is ServingStatus.RETIRED


def test_an_operator_prices_ones_own_server_by_the_hour(tmp_path: Path) -> None:
    catalog = overridden(
        tmp_path,
        prices="""
            [[prices]]
            host = "self_hosted"
            model = "llama-3.1-8b-instruct"
            per_hour = 1.25
            valid_from = 2026-01-01
            as_of = 2026-11-24
            source = "invoice"
        """,
    )
    price = catalog.price_on("self_hosted", "llama-3.1-8b-instruct", TODAY)
    assert price is not None
    assert price.per_hour == Decimal("1.25")


PRICE = """
[[prices]]
host = "{host}"
model = "{model}"
input = {amount}
output = 1
valid_from = 2026-12-01
as_of = 2026-11-24
source = "mine"
"""


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PRICE.format(host="nobody", model=SPEC_IDS[0], amount=1), "no host 'nobody'"),
        (PRICE.format(host="deepinfra", model="gpt", amount=1), "no model 'gpt'"),
        (PRICE.format(host="deepinfra", model=SPEC_IDS[0], amount="0.0000001"), "6 decimal"),
        (PRICE.format(host="deepinfra", model=SPEC_IDS[0], amount="-1"), "greater than"),
        (PRICE.format(host="deepinfra", model=SPEC_IDS[0], amount="nan"), "finite"),
    ],
)
def test_a_bad_price_is_refused_with_file_and_row(tmp_path: Path, content: str, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        overridden(tmp_path, prices=content)
    assert "[[prices]]" in str(caught.value)


def test_an_unknown_field_is_refused_with_file_and_row(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"hosts\.toml \[\[hosts\]\] groq: .*color"):
        overridden(tmp_path, hosts='[[hosts]]\nid = "groq"\ncolor = "red"\n')


def test_a_broken_file_breaks_every_call_and_not_only_the_first(tmp_path: Path) -> None:
    (tmp_path / "models.toml").write_text("[[")
    source = PackagedCatalog(tmp_path)
    for _ in range(2):
        with pytest.raises(SettingsError):
            source.catalog()
