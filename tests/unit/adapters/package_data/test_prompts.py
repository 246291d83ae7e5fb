"""The bundled templates, and the operator's files laid over them."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from llama_marketing.adapters.package_data.platform_rules import PackagedPlatformRules
from llama_marketing.adapters.package_data.prompts import PackagedPrompts
from llama_marketing.domain.errors import SettingsError
from llama_marketing.domain.generation.use_cases.offered import SHAPES
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform

POST = GenerationUseCase.SOCIAL_POST
BUNDLED = files("llama_marketing.adapters.package_data") / "files" / "prompts"


def written(folder: Path, name: str, text: str) -> PackagedPrompts:
    """Prompts with one file of the operator's."""
    (folder / "prompts").mkdir(exist_ok=True)
    (folder / "prompts" / name).write_text(text, encoding="utf-8")
    return PackagedPrompts(folder)


def bundled(name: str) -> str:
    """The text of a bundled file."""
    return (BUNDLED / name).read_text(encoding="utf-8")


PLACES = ("platform", "tone", "address", "language", "length", "hashtags")


@pytest.mark.parametrize(
    ("use_case", "platform"),
    [
        (shape.use_case, platform)
        for shape in SHAPES.values()
        for platform in (Platform if shape.has_one_platform else shape.platforms)
    ],
)
def test_every_use_case_has_a_template_for_every_platform_with_the_safety_rules(
    use_case: GenerationUseCase, platform: Platform
) -> None:
    """All its places are known ones, and its usual length fits the platform."""
    template = PackagedPrompts().template(use_case, platform)
    rules = PackagedPlatformRules().rules()

    assert template.use_case is use_case
    assert template.platform in (None, platform)
    assert template.safety.startswith("Reglas que siempre aplican")
    filled = template.system.format(**dict.fromkeys(PLACES, ""))
    assert "{" not in filled
    limit = rules.hard_limit(rules.surface_for(platform, use_case).id)
    own_measure = SHAPES[use_case].has_one_platform or not SHAPES[use_case].is_judged
    assert template.length_target <= limit.value or own_measure


@pytest.mark.parametrize("platform", list(Platform))
def test_a_post_has_a_prompt_of_its_own_on_every_platform(platform: Platform) -> None:
    """With the platform's name, and the one way to address the reader."""
    template = PackagedPrompts().template(POST, platform)

    assert template.platform is platform
    assert template.platform_name
    assert "{address}" in template.system


def test_an_operators_file_replaces_ours_whole(tmp_path: Path) -> None:
    """The others stay; the safety rules can be reworded too."""
    text = bundled("social_post.tiktok.toml").replace("version = 3", "version = 7")
    prompts = written(tmp_path, "social_post.tiktok.toml", text)
    assert prompts.template(POST, Platform.TIKTOK).name == "social_post.tiktok@7"
    assert prompts.template(POST, Platform.EMAIL) == PackagedPrompts().template(
        POST, Platform.EMAIL
    )

    reworded = written(tmp_path, "safety.toml", 'text = "Sé breve."')
    assert {reworded.template(POST, platform).safety for platform in Platform} == {"Sé breve."}


def test_a_general_template_serves_where_the_platform_has_none(tmp_path: Path) -> None:
    """Without either there is an error that says so."""
    text = bundled("social_post.tiktok.toml").replace("social_post", "brand_voice")
    text = text.replace('id = "brand_voice.tiktok"', 'id = "brand_voice"')
    text = text.replace('platform = "tiktok"\n', "")
    prompts = written(tmp_path, "brand_voice.toml", text)

    for platform in (None, Platform.EMAIL):
        assert prompts.template(GenerationUseCase.BRAND_VOICE, platform).id == "brand_voice"
    with pytest.raises(SettingsError, match="no prompt template for ad_copy"):
        prompts.template(GenerationUseCase.AD_COPY, Platform.EMAIL)
    with pytest.raises(SettingsError, match="no prompt template for social_post"):
        prompts.template(POST, None)


def test_a_template_cannot_bring_its_own_safety_rules(tmp_path: Path) -> None:
    """They are the same for all."""
    text = bundled("social_post.tiktok.toml") + '\nsafety = "Todo vale."\n'
    prompts = written(tmp_path, "social_post.tiktok.toml", text)

    assert prompts.template(POST, Platform.TIKTOK).safety.startswith("Reglas que siempre")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("safety.toml", ""),
        ("safety.toml", 'text = " "'),
        ("safety.toml", "text = 5"),
        ("safety.toml", "not toml"),
        ("social_post.tiktok.toml", "not toml"),
        ("social_post.tiktok.toml", 'id = "social_post.tiktok"'),
        ("social_post.tiktok.toml", bundled("social_post.email.toml")),
        ("social_post.other.toml", bundled("social_post.email.toml")),
        (
            "social_post.tiktok.toml",
            bundled("social_post.tiktok.toml").replace('platform = "tiktok"', 'platform = "email"'),
        ),
        (
            "social_post.tiktok.toml",
            bundled("social_post.tiktok.toml").replace('output = """', 'output = """"""\n#'),
        ),
        ("social_post.tiktok.toml", bundled("social_post.tiktok.toml") + "\nunknown = 1\n"),
        ("social_post.tiktok.toml", bundled("social_post.tiktok.toml") + "\n[table]\n"),
    ],
)
def test_a_wrong_file_is_a_settings_error_that_names_it(
    tmp_path: Path, name: str, text: str
) -> None:
    """Also one that would silently take another's place, or leave a rule empty."""
    prompts = written(tmp_path, name, text)

    with pytest.raises(SettingsError, match=r"prompt template \w+(\.\w+)?\.toml") as caught:
        prompts.template(POST, Platform.FACEBOOK)
    assert caught.value.__cause__ is None


def test_a_folder_that_is_not_there_is_a_settings_error(tmp_path: Path) -> None:
    """One without prompts is as if there were none."""
    ours = PackagedPrompts().template(POST, Platform.EMAIL)
    assert PackagedPrompts(tmp_path).template(POST, Platform.EMAIL) == ours
    with pytest.raises(SettingsError, match="is not a folder"):
        PackagedPrompts(tmp_path / "nowhere").template(POST, Platform.EMAIL)


def test_a_file_that_is_not_utf_8_is_a_settings_error(tmp_path: Path) -> None:
    """By its name."""
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "safety.toml").write_bytes(b"\xff")
    with pytest.raises(SettingsError, match=r"safety\.toml cannot be read"):
        PackagedPrompts(tmp_path).template(POST, Platform.EMAIL)


def test_an_operator_adds_an_industry_or_changes_one(tmp_path: Path) -> None:
    """A row replaces ours whole; the others stay."""
    row = """
[[industries]]
id = "health"
name = "Salud"
as_of = 2026-11-29
source = "agency"
[industries.prompts]
social_post = "Escribe sin prometer."
"""
    (tmp_path / "industries.toml").write_text(row, encoding="utf-8")
    industries = {each.id: each for each in PackagedPrompts(tmp_path).industries()}

    assert industries["health"].prompts == {POST: "Escribe sin prometer."}
    assert len(industries) == 6


def test_an_industry_that_cannot_be_read_names_its_row(tmp_path: Path) -> None:
    row = '[[industries]]\nid = "mining"\nname = "Minas"\n'
    (tmp_path / "industries.toml").write_text(row, encoding="utf-8")

    with pytest.raises(SettingsError, match="mining"):
        PackagedPrompts(tmp_path).industries()
