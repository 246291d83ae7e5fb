"""`llama-marketing refresh-prices`: shows what differs, and changes nothing."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.adapters.cli.price_sources import PROVIDERS, packaged_prices
from llama_marketing.adapters.package_data.catalog import PackagedCatalog
from llama_marketing.domain.catalog.price_refresh import served_pairs
from llama_marketing.domain.costing.prices import PriceRow
from tests.unit.adapters.cli.shell import Shell
from tests.unit.app.samples import NOW

TODAY = NOW.date()
HOST_MODEL = "us.meta.llama3-3-70b-instruct-v1:0"
ROWS: Sequence[dict[str, Any]] = (
    {
        "host": "bedrock",
        "model": "us.meta.llama3-3-70b-instruct-v1:0",
        "input": 7.000001,
        "output": 8,
    },
    {"host": "self_hosted", "model": "llama-3.1-8b-instruct", "input": 0.5, "output": 0.5},
    {"host": "bedrock", "model": "llama-9", "input": 1, "output": 1},
)
"""One that changed, one that is new, and a model that nobody has."""


def as_toml(rows: Sequence[dict[str, Any]]) -> str:
    """The rows as an override file has them."""
    return "\n".join(
        "\n".join(["[[prices]]", *(f"{name} = {json.dumps(value)}" for name, value in row.items())])
        for row in rows
    )


@pytest.fixture(params=["list.json", "object.json", "rows.toml"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The rows in each form that is read."""
    path = tmp_path / str(request.param)
    forms = {
        "list.json": json.dumps(ROWS),
        "object.json": json.dumps({"prices": ROWS}),
        "rows.toml": as_toml(ROWS),
    }
    path.write_text(forms[path.name], encoding="utf-8")
    return path


def test_a_file_is_compared_with_the_catalog(shell: Shell, file: Path) -> None:
    """Each row in the list it belongs to, and the rows to paste."""
    found = shell.json("refresh-prices", "--from", str(file))

    (changed,) = found["changed"]
    assert (changed["host"], changed["model"]) == ("bedrock", "llama-3.3-70b-instruct")
    assert changed["seen"] == {
        "input": 7.000001, "output": 8, "cachedInput": None, "cacheWrite": None,
    }  # fmt: skip
    assert [(one["host"], one["before"]) for one in found["new"]] == [("self_hosted", None)]
    assert [one["model"] for one in found["unmatched"]] == ["llama-9"]
    assert "llama-3.1-8b-instruct" in {one["model"] for one in found["missing"]}
    assert "deepinfra" in found["uncovered"]
    assert found["source"] == file.name
    rows = tomllib.loads(found["rows"], parse_float=Decimal)["prices"]
    assert [PriceRow.read(row).input for row in rows] == [Decimal("7.000001"), Decimal("0.5")]


def test_a_person_reads_old_and_new(shell: Shell, file: Path) -> None:
    """In Spanish, with headings, and the rows at the end."""
    with shell.container() as container:
        service = container.catalog_service()
        before = service.catalog.catalog().price_on(
            "bedrock", "llama-3.3-70b-instruct", service.today()
        )
    result = shell.run("refresh-prices", "--from", str(file))

    assert result.exit_code == 0
    assert before is not None
    assert before.input is not None
    assert f"entrada {before.input.normalize():f} -> 7.000001" in result.stdout
    for heading in ("Cambiaron (1)", "Nuevos", "no en la fuente", "no en el catálogo (1)"):
        assert heading in result.stdout
    assert result.stdout.index("[[prices]]") > result.stdout.index("Fuente: ")


def test_the_rows_make_the_difference_go_away(shell: Shell, file: Path, tmp_path: Path) -> None:
    """Pasted into the operator's prices.toml they are what is in force."""
    found = shell.json("refresh-prices", "--from", str(file))
    folder = tmp_path / "override"
    folder.mkdir()
    (folder / "prices.toml").write_text(found["rows"], encoding="utf-8")
    shell.environ["LLAMA_MARKETING_CATALOG"] = str(folder)
    again = shell.json("refresh-prices", "--from", str(file))

    assert (again["changed"], again["new"], again["rows"]) == ([], [], "")
    assert again["same"] == 2
    assert (
        "Ningún precio es distinto" not in shell.run("refresh-prices", "--from", str(file)).stdout
    )


def test_nothing_is_written(shell: Shell, file: Path, tmp_path: Path) -> None:
    """Neither the catalog nor a store."""
    shell.run("refresh-prices", "--from", str(file))

    assert list(tmp_path.iterdir()) == [file]


def test_where_nothing_differs_it_says_so(shell: Shell, tmp_path: Path) -> None:
    """And there is nothing to paste."""
    path = tmp_path / "none.json"
    path.write_text("[]")
    result = shell.run("refresh-prices", "--from", str(path))

    assert "Ningún precio es distinto." in result.stdout
    assert "[[prices]]" not in result.stdout


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", "{"),
        ("a.json", "7"),
        ("a.json", '{"prices": 7}'),
        ("a.json", "[" * 100_000),
        ("a.json", "[7]"),
        ("a.json", '[{"host": "groq", "model": "m", "input": NaN, "output": 1}]'),
        ("a.json", '[{"host": "groq", "model": "m", "input": -1, "output": 1}]'),
        ("a.json", '[{"host": "groq", "model": "m", "input": 1}]'),
        ("a.toml", "prices = ["),
        ("a.toml", "[[other]]"),
        ("a.json", "\udcff"),
    ],
)
def test_a_file_that_is_no_list_of_prices_exits_with_1(
    shell: Shell, tmp_path: Path, name: str, content: str
) -> None:
    """With the file's name, without its content."""
    path = tmp_path / name
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    result = shell.run("refresh-prices", "--from", str(path))

    assert result.exit_code == 1
    assert "invalid_request" in result.stderr
    assert name in result.stderr


def test_a_file_that_is_not_there_is_bad_usage(shell: Shell, tmp_path: Path) -> None:
    """As everywhere."""
    assert shell.run("refresh-prices", "--from", str(tmp_path / "no.json")).exit_code == 2


def test_without_the_extra_it_names_it(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """In Spanish and in English, exit 2; a file needs no extra."""
    monkeypatch.setitem(sys.modules, "genai_prices", None)
    monkeypatch.setitem(sys.modules, "genai_prices.data_snapshot", None)
    result = shell.run("refresh-prices")

    assert result.exit_code == 2
    assert "Falta el paquete genai-prices" in result.stderr
    assert "llama-marketing[prices]" in result.stderr
    assert "is not installed" in result.stderr


def test_the_installed_package_is_compared_for_real(shell: Shell) -> None:
    """It covers every host of the table, and knows most of what they serve."""
    found = shell.json("refresh-prices")

    assert found["source"].startswith("genai-prices ")
    known = found["same"] + len(found["changed"])
    assert known >= 15
    assert known > len(found["missing"])
    assert found["unmatched"] == []
    assert "deepinfra" in found["uncovered"]
    assert shell.run("refresh-prices").exit_code == 0


def test_every_host_of_the_table_is_known_to_both_sides() -> None:
    """The mapping has no typing error, and no price comes for a host that it lacks."""
    catalog = PackagedCatalog().catalog()
    source = packaged_prices(catalog, TODAY)

    assert PROVIDERS.keys() - {row.id for row in catalog.hosts} == set()
    assert set(source.covered) == set(PROVIDERS)
    assert {price.host for price in source.seen} <= set(PROVIDERS)
    assert {(price.host, price.model) for price in source.seen} <= {
        (host, model) for host, model, _ in served_pairs(catalog, TODAY)
    }
    assert all(isinstance(price.input, Decimal) for price in source.seen)


def test_of_a_price_in_tiers_the_first_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """And a seventh decimal is rounded, since a row has six."""
    from genai_prices import data_snapshot
    from genai_prices.types import ClauseEquals, ModelInfo, ModelPrice, Provider, Tier, TieredPrices

    tiered = TieredPrices(Decimal("1.25"), [Tier(200_000, Decimal("2.5"))])
    prices = ModelPrice(input_mtok=tiered, output_mtok=Decimal("0.12345678"))
    unpriced = ModelInfo(
        "free", ClauseEquals("meta-llama/llama-3.1-8b-instruct"), prices=ModelPrice()
    )
    known = ModelInfo("known", ClauseEquals("meta-llama/llama-3.3-70b-instruct"), prices=prices)
    router = Provider("openrouter", "OpenRouter", "x", models=[unpriced, known])
    snapshot = data_snapshot.DataSnapshot([router], from_auto_update=False)
    monkeypatch.setattr(data_snapshot, "_custom_snapshot", snapshot)
    source = packaged_prices(PackagedCatalog().catalog(), TODAY)

    assert list(source.covered) == ["openrouter"]
    (price,) = source.seen
    assert (price.input, price.output) == (Decimal("1.25"), Decimal("0.123457"))
    assert price.model == "llama-3.3-70b-instruct"
