"""`llama-marketing moderate`: comments judged at once, or handed to workers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.adapters.cli.shell import OWNER, Shell

TEXTS = ("Muchas gracias", "Eres un idiota", "El pan llegó frío\ny tarde" + "." * 60)


def test_each_comment_is_a_line_with_what_to_do(shell: Shell) -> None:
    """In the order given, cut to one line, with what it took."""
    shell.configure()
    result = shell.run("moderate", *OWNER, *TEXTS)

    assert result.exit_code == 0, result.output
    lines = [line for line in result.stdout.splitlines() if "90.0 %" in line]
    assert [line.split()[0] for line in lines] == ["Muchas", "Eres", "El"]
    assert ["positivo" in lines[0], "ofensivo" in lines[1], "negativo" in lines[2]] == [True] * 3
    assert "frío y tarde" in lines[2]
    assert "…" in lines[2]
    assert "llama-3.3-70b-instruct en deepinfra" in result.stdout


def test_a_file_has_a_comment_a_line_or_is_a_list(shell: Shell, tmp_path: Path) -> None:
    """Blank lines are none; a list brings its own ids."""
    shell.configure()
    lines, listed = tmp_path / "lines.txt", tmp_path / "list.json"
    lines.write_text("Muchas gracias\n\nEres un idiota\n", encoding="utf-8")
    listed.write_text(json.dumps([{"id": "c7", "text": "Excelente"}]), encoding="utf-8")

    by_line = shell.json("moderate", *OWNER, "--file", str(lines))
    by_id = shell.json("moderate", *OWNER, "--file", str(listed))

    assert [each["commentId"] for each in by_line["results"]] == ["1", "2"]
    assert [each["label"] for each in by_line["results"]] == ["positive", "offensive"]
    assert [each["commentId"] for each in by_id["results"]] == ["c7"]


def test_a_job_is_handed_in_and_looked_at(shell: Shell) -> None:
    """Before and after a worker did it."""
    shell.configure()
    ticket = shell.json("moderate", *OWNER, "--background", "Muchas gracias")
    waits = shell.run("moderate", *OWNER, "--job", ticket["jobId"])
    worked = shell.run("worker", "--until-empty")
    done = shell.run("moderate", *OWNER, "--job", ticket["jobId"])

    assert "0 de 1 comentario" in waits.stdout
    assert worked.exit_code == 0, worked.output
    assert "1 de 1 comentario" in done.stdout
    assert "positivo" in done.stdout


def test_comments_that_nobody_judged_say_so(shell: Shell) -> None:
    """No confidence is shown where there is no verdict."""
    shell.configure()
    shell.chat = FakeChatHosts(otherwise='{"items": []}')
    result = shell.run("moderate", *OWNER, "Muchas gracias")

    assert "sin juicio" in result.stdout
    assert "lo decide una persona" in result.stdout
    assert "sin juicio 1" in result.stdout


def test_too_many_negative_comments_are_a_crisis(shell: Shell) -> None:
    """Which is told in words."""
    shell.configure()
    result = shell.run("moderate", *OWNER, *[f"Qué mal {number}" for number in range(20)])

    assert "avisa a alguien" in result.stdout


@pytest.mark.parametrize("arguments", [(), ("Hola", "--job", "j1")], ids=["nothing", "two sources"])
def test_comments_come_from_one_source(shell: Shell, arguments: tuple[str, ...]) -> None:
    """Anything else is bad usage."""
    result = shell.run("moderate", *OWNER, *arguments)

    assert result.exit_code == 2
    assert "--file" in result.stderr


def test_a_file_that_is_no_json_is_bad_usage(shell: Shell, tmp_path: Path) -> None:
    """It began like a list."""
    file = tmp_path / "list.json"
    file.write_text("[{", encoding="utf-8")

    assert shell.run("moderate", *OWNER, "--file", str(file)).exit_code == 2


def test_a_comment_without_a_text_is_a_domain_error(shell: Shell, tmp_path: Path) -> None:
    """Told in Spanish."""
    file = tmp_path / "list.json"
    file.write_text('[{"id": "c1"}]', encoding="utf-8")
    result = shell.configure().run("moderate", *OWNER, "--file", str(file))

    assert result.exit_code == 1
    assert "(invalid_request)" in result.stderr
