"""The operator's rows lie over the bundled ones; what cannot be read names its file."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from llama_marketing.adapters.package_data.files import read_rows
from llama_marketing.domain.errors import SettingsError

PRICE_KEY = ("host", "model", "valid_from")


def hosts(override: Path | None) -> dict[str, dict[str, object]]:
    return {row["id"]: row for row in read_rows("hosts.toml", "hosts", ("id",), override)}


def test_numbers_with_a_point_are_decimal() -> None:
    rows = read_rows("prices.toml", "prices", PRICE_KEY, None)
    assert {type(row["output"]) for row in rows} == {Decimal}


def test_an_operators_row_replaces_only_the_fields_it_names(tmp_path: Path) -> None:
    (tmp_path / "hosts.toml").write_text('[[hosts]]\nid = "groq"\nname = "Groq Enterprise"\n')
    bundled, changed = hosts(None), hosts(tmp_path)
    assert changed["groq"] == bundled["groq"] | {"name": "Groq Enterprise"}
    assert {**changed, "groq": None} == {**bundled, "groq": None}


def test_an_operators_row_with_a_new_key_comes_last(tmp_path: Path) -> None:
    (tmp_path / "hosts.toml").write_text('[[hosts]]\nid = "casa"\n')
    assert list(hosts(tmp_path)) == [*hosts(None), "casa"]


def test_a_key_of_several_fields_is_compared_whole(tmp_path: Path) -> None:
    row = '[[prices]]\nhost = "deepinfra"\nmodel = "llama-3.2-3b-instruct"\nvalid_from = {}\n'
    (tmp_path / "prices.toml").write_text(row.format("2026-11-22") + row.format("2027-01-01"))
    bundled = read_rows("prices.toml", "prices", PRICE_KEY, None)
    assert len(read_rows("prices.toml", "prices", PRICE_KEY, tmp_path)) == len(bundled) + 1


def test_a_folder_without_the_file_changes_nothing(tmp_path: Path) -> None:
    assert hosts(tmp_path) == hosts(None)


def test_a_table_that_the_operators_file_lacks_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "hosts.toml").write_text("[[others]]\n")
    assert hosts(tmp_path) == hosts(None)


def test_a_folder_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="missing is not a folder"):
        hosts(tmp_path / "missing")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"[[hosts]\n", "is not valid TOML"),
        (b'[[hosts]]\nid = "\xff"\n', "is not valid TOML"),
        (b'[[hosts]]\nname = "x"\n', r"a row of \[\[hosts\]\] lacks id"),
        (b'[[hosts]]\nid = ""\n', r"a row of \[\[hosts\]\] lacks id"),
        (b'hosts = "x"\n', "must be written as"),
        (b"hosts = [1]\n", "must be written as"),
    ],
)
def test_a_broken_file_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "hosts.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=said) as caught:
        hosts(tmp_path)
    assert str(path) in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "hosts.toml").mkdir()
    with pytest.raises(SettingsError, match=r"hosts\.toml cannot be read") as caught:
        hosts(tmp_path)
    assert os.strerror(21) in str(caught.value)


def test_two_bundled_rows_of_one_key_are_refused() -> None:
    with pytest.raises(SettingsError, match="the same key"):
        read_rows("hosts.toml", "hosts", ("status",), None)


@pytest.mark.parametrize(
    ("own", "status", "retired"),
    [
        ('status = "live"', "live", False),
        ('base_url = "http://10.0.0.7:8080/v1"', "live", False),
        ("retired_on = 2027-01-01", "retired", True),
        ('name = "Meta"', "retired", True),
    ],
)
def test_a_retired_host_is_back_where_the_operator_says_so_or_points_it_elsewhere(
    tmp_path: Path, own: str, status: str, retired: bool
) -> None:
    (tmp_path / "hosts.toml").write_text(f'[[hosts]]\nid = "meta_ai"\n{own}\n')
    row = hosts(tmp_path)["meta_ai"]
    assert row["status"] == status
    assert ("retired_on" in row) is retired
