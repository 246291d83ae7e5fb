"""The platforms' limits from the bundled file and the operator's."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules
from llama_marketing.domain.compliance.check import check_text
from llama_marketing.domain.compliance.models import PlatformRules
from llama_marketing.domain.errors import SettingsError


def _rules_with(folder: Path, toml: str) -> PlatformRules:
    (folder / "limits.toml").write_text(toml, encoding="utf-8")
    return PackagedPlatformRules(folder).rules()


def test_the_rules_are_read_once() -> None:
    source = PackagedPlatformRules()
    assert source.rules() is source.rules()


def test_a_folder_without_the_file_changes_nothing(tmp_path: Path) -> None:
    assert PackagedPlatformRules(tmp_path).rules() == PackagedPlatformRules().rules()


def test_the_operators_row_replaces_the_fields_it_names(tmp_path: Path) -> None:
    rules = _rules_with(
        tmp_path,
        '[[limits]]\nrule_id = "instagram.caption.length"\nvalue = 2196\n',
    )
    row = rules.hard_limit("instagram_caption")
    assert (row.value, row.kind, row.confidence) == (2196, "hard", "A")
    assert check_text("a" * 2197, "instagram_caption", rules).status == "exceeds"


def test_the_operator_may_add_a_surface_with_its_limit(tmp_path: Path) -> None:
    rules = _rules_with(
        tmp_path,
        """
        [[surfaces]]
        id = "facebook_event"
        platform = "facebook"
        name = "el evento de Facebook"

        [[limits]]
        rule_id = "facebook.event.length"
        surface = "facebook_event"
        kind = "hard"
        measure = "utf16"
        value = 5
        message = "Excede {limit}."
        as_of = 2026-11-24
        source = "the operator"
        confidence = "C"
        """,
    )
    assert check_text("seis letras", "facebook_event", rules).warnings == ("Excede 5.",)


@pytest.mark.parametrize(
    ("toml", "names"),
    [
        ("[[limits", ["limits.toml"]),
        ("[[limits]]\nvalue = 1\n", ["limits.toml", "rule_id"]),
        (
            '[[limits]]\nrule_id = "threads.post.length"\nvalue = -1\n',
            ["limits.toml", "[[limits]]", "threads.post.length", "value"],
        ),
        (
            '[[limits]]\nrule_id = "threads.post.length"\nmessage = "{x}"\n',
            ["limits.toml", "threads.post.length", "message"],
        ),
        (
            '[[surfaces]]\nid = "threads_post"\nplatform = "x"\n',
            ["limits.toml", "[[surfaces]]", "threads_post", "platform"],
        ),
        (
            '[[limits]]\nrule_id = "threads.post.length"\nkind = "advice"\n',
            ["limits.toml", "threads_post", "one hard limit"],
        ),
        (
            '[[surfaces]]\nid = "threads_post"\ndefault = false\n',
            ["limits.toml", "default of threads"],
        ),
    ],
)
def test_bad_data_is_named_with_file_and_row(tmp_path: Path, toml: str, names: list[str]) -> None:
    with pytest.raises(SettingsError) as caught:
        _rules_with(tmp_path, toml)
    for name in names:
        assert name in str(caught.value)
