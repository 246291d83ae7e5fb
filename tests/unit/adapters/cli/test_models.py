"""`llama-marketing models`: the catalog, without a client, a key or a store."""

from __future__ import annotations

from pathlib import Path

from tests.unit.adapters.cli.shell import Shell


def test_models_need_neither_key_nor_store(shell: Shell, tmp_path: Path) -> None:
    """Nothing is written anywhere."""
    shell.environ = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    result = shell.run("models")

    assert result.exit_code == 0
    assert "llama-3.3-70b-instruct" in result.stdout
    assert "131,072" in result.stdout
    assert "10M" in result.stdout
    assert "sin precio" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_filters_and_order_reach_the_catalog(shell: Shell) -> None:
    """Each option narrows what is shown."""
    everything = shell.json("models")["models"]
    vision = shell.json("models", "--capability", "vision", "--family", "llama-4")["models"]
    cheap = shell.json("models", "--cost-band", "low", "--sort", "price", "--live-only")["models"]
    at_groq = shell.json("models", "--host", "self_hosted")["models"]

    assert len(everything) == len(at_groq) == 9
    assert {model["family"] for model in vision} == {"llama-4"}
    assert {model["costBand"] for model in cheap} == {"low"}
    assert cheap == sorted(cheap, key=lambda m: m["costPer1MInput"] + m["costPer1MOutput"])


def test_an_empty_choice_is_said(shell: Shell) -> None:
    """Not a table without lines."""
    result = shell.run("models", "--host", "meta_ai")

    assert result.exit_code == 0
    assert "Ningún modelo" in result.stdout


def test_one_model_shows_all_its_hosts(shell: Shell) -> None:
    """What all models share is said below the table only where there are several."""
    result = shell.run("models", "--host", "together")

    assert "self_hosted" in result.stdout
    assert "Todos, además" not in result.stdout


def test_an_unknown_family_exits_with_1_and_an_unknown_band_with_2(shell: Shell) -> None:
    """Families are data, bands are a closed list."""
    assert shell.run("models", "--family", "gpt").exit_code == 1
    assert shell.run("models", "--cost-band", "gratis").exit_code == 2


def test_a_catalog_override_is_shown(shell: Shell, tmp_path: Path) -> None:
    """A model of the operator's own enters through LLAMA_MARKETING_CATALOG."""
    (tmp_path / "models.toml").write_text(
        '[[models]]\nid = "propio"\nname = "Propio"\nfamily = "propia"\nparameter_count = "1B"\n'
        'context_window = 4096\ncapabilities = ["text"]\nas_of = 2026-11-01\nsource = "nuestro"\n'
    )
    shell.environ["LLAMA_MARKETING_CATALOG"] = str(tmp_path)

    assert "propio" in shell.run("models", "--family", "propia").stdout
