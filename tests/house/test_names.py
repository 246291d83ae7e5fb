"""Names tell where a thing is: folders, modules, tests, and the public surface."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import llama_marketing
from tests.house.sources import PACKAGE, ROOT, functions, parsed, python_files, relative

EMPTY_WORDS = {"common", "core", "helper", "helpers", "manager", "misc", "util", "utils"}

SPEC_TESTS = (
    "test_debe_crear_meta_ai_config_cuando_datos_validos",
    "test_debe_cifrar_api_key_al_guardar",
    "test_debe_auto_fill_endpoint_segun_provider",
    "test_debe_validar_api_key_con_test_call",
    "test_debe_generar_post_con_hashtags_y_compliance",
    "test_debe_respetar_limite_caracteres_instagram_2200",
    "test_debe_calcular_costo_basado_en_tokens_y_pricing",
    "test_debe_registrar_usage_entry_por_cada_generacion",
    "test_debe_rechazar_generacion_cuando_quota_excedida",
    "test_crear_config_meta_ai_endpoint_persiste_cifrado",
    "test_generar_contenido_social_via_together_api_mock",
    "test_analizar_imagen_con_llama_vision_mock",
)

KEPT_BY_THE_APP = {"credentials": "app/provider_keys.py"}
"""Ports that our own app keeps over other ports, where no host application brings its own."""

STORED_PORTS = ("configs", "generations", "provider_keys", "usage")
"""Ports that every store implements in a file of the same name."""


def ports() -> set[str]:
    """The names of the ports."""
    return {path.stem for path in (PACKAGE / "ports").glob("*.py")} - {"__init__"}


def test_no_module_is_named_after_nothing() -> None:
    """A module is called like what is in it, never utils, helpers, common or manager."""
    empty = [
        relative(path)
        for folder in ("src", "tests", "bench")
        for path in python_files(ROOT / folder)
        if EMPTY_WORDS & set(path.stem.split("_")) or path.parent.name in EMPTY_WORDS
    ]

    assert empty == []


def test_the_public_surface_is_the_list_that_was_reviewed() -> None:
    """`llama_marketing.__all__` equals public_names.txt, and every name can be imported."""
    listed = (Path(__file__).parent / "public_names.txt").read_text(encoding="utf-8").split()

    assert sorted(llama_marketing.__all__) == sorted(listed)
    assert [name for name in listed if not hasattr(llama_marketing, name)] == []
    assert set(listed) <= set(dir(llama_marketing))


@pytest.mark.parametrize("port", STORED_PORTS)
@pytest.mark.parametrize("store", ["memory", "sqlite", "dynamodb"])
def test_a_store_implements_a_port_in_the_file_of_its_name(store: str, port: str) -> None:
    """Who knows ports/usage.py guesses adapters/sqlite/usage.py."""
    path = PACKAGE / "adapters" / store / f"{port}.py"

    assert path.is_file()
    assert f"llama_marketing.ports.{port}" in path.read_text(encoding="utf-8")


def test_every_port_has_an_adapter() -> None:
    """No Protocol is promised that nothing keeps."""
    imported = "\n".join(
        path.read_text(encoding="utf-8") for path in python_files(PACKAGE / "adapters")
    )

    for port, path in KEPT_BY_THE_APP.items():
        assert f"ports.{port} import" in (PACKAGE / path).read_text(encoding="utf-8")
    missing = [port for port in sorted(ports()) if f"ports.{port} import" not in imported]
    assert [port for port in missing if port not in KEPT_BY_THE_APP] == []


def test_a_contract_test_is_named_after_its_port() -> None:
    """tests/contract/test_usage.py proves ports/usage.py, and every store's port has one."""
    proven = {
        path.stem.removeprefix("test_") for path in (ROOT / "tests/contract").glob("test_*.py")
    }

    assert proven - ports() == set()
    assert set(STORED_PORTS) - proven == set()


def test_unit_tests_mirror_the_source() -> None:
    """A folder of tests/unit stands for a folder, or a module, of src."""
    unit = ROOT / "tests" / "unit"
    folders = {path.parent.relative_to(unit) for path in unit.rglob("test_*.py")}
    strangers = [
        folder.as_posix()
        for folder in sorted(folders)
        if not (PACKAGE / folder).is_dir() and not (PACKAGE / folder).with_suffix(".py").is_file()
    ]

    assert strangers == []


def test_the_tests_of_the_specification_exist_under_their_names() -> None:
    """The customer looks for these names."""
    defined = [
        name.rpartition(".")[2]
        for path in python_files(ROOT / "tests")
        for name, _ in functions(parsed(path))
    ]

    assert {name: defined.count(name) for name in SPEC_TESTS} == dict.fromkeys(SPEC_TESTS, 1)


def test_test_folders_are_packages() -> None:
    """Two test files of the same name do not collide."""
    folders = {path.parent for path in python_files(ROOT / "tests")}

    assert [relative(folder) for folder in folders if not (folder / "__init__.py").exists()] == []


def test_only_the_listed_kinds_of_top_level_names_start_without_an_underscore() -> None:
    """Modules of ports hold Protocols and the values in their signatures, nothing that runs."""
    strangers = [
        f"{relative(path)}: {node.name}"
        for path in python_files(PACKAGE / "ports")
        for node in parsed(path).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]

    assert strangers == []
