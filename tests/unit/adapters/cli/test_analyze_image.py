"""`llama-marketing analyze-image`: a picture of a file or a URL."""

from __future__ import annotations

from pathlib import Path

from llama_marketing.domain.imaging.rubric import Criterion
from llama_marketing.testing import pictures
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.adapters.cli.shell import OWNER, Shell
from tests.unit.app.test_image_analysis import VISION, seen, told


def looking(shell: Shell, *answers: str) -> Shell:
    """A client with a vision model."""
    shell.chat = FakeChatHosts(*answers, otherwise="")
    return shell.configure(selectedModelId=VISION)


def picture(folder: Path) -> str:
    """A file with a picture."""
    file = folder / "cafe.png"
    file.write_bytes(pictures.saved(pictures.picture(1080, 1080), "PNG"))
    return str(file)


def test_a_picture_is_scored_with_its_reasons(shell: Shell, tmp_path: Path) -> None:
    """What was seen, each criterion, and what would make it better."""
    result = looking(shell, seen(), told()).run("analyze-image", *OWNER, picture(tmp_path))

    assert result.exit_code == 0, result.output
    for shown in ("Una taza de café", "8 de 10", "Agranda el llamado", "Por la composición."):
        assert shown in result.stdout
    assert VISION in result.stdout


def test_the_json_is_the_whole_answer(shell: Shell, tmp_path: Path) -> None:
    """Also of a quick look for one platform."""
    looking(shell, seen(6), told())
    options = ("--quick", "--platform", "instagram", "--prompt", "¿Sirve?")
    document = shell.json("analyze-image", *OWNER, *options, picture(tmp_path))

    assert document["score"] == 6
    named = [each["criterion"] for each in document["subScores"]]
    assert named == [each.value for each in Criterion if each.value in named] != []


def test_half_an_answer_says_so(shell: Shell, tmp_path: Path) -> None:
    """Without the Spanish words the English ones come, with a warning."""
    result = looking(shell, seen()).run("analyze-image", *OWNER, picture(tmp_path))

    assert result.exit_code == 0, result.output
    assert "A cup of coffee" in result.stdout
    assert "inglés" in result.stdout


def test_a_file_that_is_not_there_is_bad_usage(shell: Shell, tmp_path: Path) -> None:
    """Before anything is opened."""
    result = shell.run("analyze-image", *OWNER, str(tmp_path / "none.png"))

    assert result.exit_code == 2
    assert "none.png" in result.stderr.replace("\n", "").replace("│", "").replace(" ", "")


def test_what_is_no_picture_is_told_in_spanish(shell: Shell, tmp_path: Path) -> None:
    """Nothing is asked of a model."""
    file = tmp_path / "nota.png"
    file.write_text("hola", encoding="utf-8")
    result = looking(shell).run("analyze-image", *OWNER, str(file))

    assert result.exit_code == 1
    assert "Error:" in result.stderr
    assert isinstance(shell.chat, FakeChatHosts)
    assert shell.chat.calls == []


def test_a_url_that_may_not_be_called_is_refused(shell: Shell) -> None:
    """As the endpoint guard says."""
    result = looking(shell).run("analyze-image", *OWNER, "https://127.0.0.1/cafe.png")

    assert result.exit_code == 1
