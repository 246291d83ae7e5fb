"""The limits on pictures from the bundled file and the operator's."""

from __future__ import annotations

from pathlib import Path

import pytest

from llama_marketing.adapters.package_data.image_rules import PackagedImageRules
from llama_marketing.domain.compliance.models import LimitKind
from llama_marketing.domain.errors import SettingsError
from llama_marketing.domain.imaging.placements import ImageRules
from llama_marketing.domain.vocabulary import Platform


def _rules_with(folder: Path, toml: str) -> ImageRules:
    (folder / "images.toml").write_text(toml, encoding="utf-8")
    return PackagedImageRules(folder).rules()


def test_the_rules_are_read_once() -> None:
    source = PackagedImageRules()

    assert source.rules() is source.rules()


def test_the_platforms_of_the_reference_have_placements() -> None:
    rules = PackagedImageRules().rules()

    assert {placement.platform for placement in rules.placements} == {
        Platform.FACEBOOK,
        Platform.INSTAGRAM,
        Platform.WHATSAPP,
        Platform.MESSENGER,
    }
    assert {limit.placement for limit in rules.limits} == {each.id for each in rules.placements}
    assert LimitKind.FOLD not in {limit.kind for limit in rules.limits}


def test_a_folder_without_the_file_changes_nothing(tmp_path: Path) -> None:
    assert PackagedImageRules(tmp_path).rules() == PackagedImageRules().rules()


def test_the_operators_row_replaces_the_fields_it_names(tmp_path: Path) -> None:
    rules = _rules_with(
        tmp_path, '[[image_limits]]\nrule_id = "messenger.image.bytes"\nvalue = 5\n'
    )

    row = next(each for each in rules.limits if each.rule_id == "messenger.image.bytes")
    assert (row.value, row.kind, row.confidence) == (5, "hard", "A")


@pytest.mark.parametrize(
    ("toml", "complaint"),
    [
        ('[[image_limits]]\nrule_id = "messenger.image.bytes"\nvalue = -1\n', "messenger.image"),
        ('[[image_limits]]\nrule_id = "messenger.image.bytes"\nvalue = 0\n', "max_bytes"),
        (
            '[[image_limits]]\nrule_id = "messenger.image.bytes"\nplacement = "nowhere"\n',
            "no placement nowhere",
        ),
        ('[[placements]]\nid = "messenger_image"\nplatform = "myspace"\n', "platform"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, toml: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint) as caught:
        _rules_with(tmp_path, toml)

    assert "images.toml" in str(caught.value)
