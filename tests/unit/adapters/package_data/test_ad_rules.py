"""Facts about ads from the bundled files and the operator's."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_marketing.adapters.package_data.ad_rules import PackagedAdRules
from llama_marketing.domain.errors import SettingsError


def test_the_rules_are_read_once() -> None:
    source = PackagedAdRules()
    assert source.rules() is source.rules()


def test_the_operators_rows_replace_the_fields_they_name(tmp_path: Path) -> None:
    (tmp_path / "ads.toml").write_text(
        '[[calls_to_action]]\ntype = "SHOP_NOW"\nlabel = "Ir de compras"\n', encoding="utf-8"
    )
    (tmp_path / "policies.toml").write_text(
        '[[policies]]\nid = "policy.meta_brand"\nterms = ["fiesta"]\n', encoding="utf-8"
    )
    rules = PackagedAdRules(tmp_path).rules()
    assert rules.suggestions("ventas")[0].label == "Ir de compras"
    assert [each.rule_id for each in rules.hints.findings("¡Fiesta!")] == ["policy.meta_brand"]


@pytest.mark.parametrize(
    ("file", "toml", "names"),
    [
        ("ads.toml", "[[objectives", ["ads.toml"]),
        (
            "ads.toml",
            '[[placements]]\nid = "MARKETPLACE_MOBILE"\nheadline = -1\n',
            ["ads.toml", "[[placements]]", "MARKETPLACE_MOBILE", "headline"],
        ),
        (
            "ads.toml",
            '[[objectives]]\nid = "OUTCOME_SALES"\ncalls_to_action = ["DANCE_NOW"]\n',
            ["ads.toml", "OUTCOME_SALES", "DANCE_NOW"],
        ),
        (
            "policies.toml",
            '[[policies]]\nid = "policy.finance"\npatterns = ["a+"]\n',
            ["policies.toml", "[[policies]]", "policy.finance", "bounded"],
        ),
    ],
)
def test_bad_data_is_named_with_file_and_row(
    tmp_path: Path, file: str, toml: str, names: list[str]
) -> None:
    (tmp_path / file).write_text(toml, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        PackagedAdRules(tmp_path).rules()
    for name in names:
        assert name in str(caught.value)
