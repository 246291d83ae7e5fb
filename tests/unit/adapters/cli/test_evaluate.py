"""`llama-marketing evaluate`: the figures as a person and as a program read them."""

from __future__ import annotations

from llama_marketing.domain.errors import HostUnreachable
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.adapters.cli.shell import OWNER, Shell
from tests.unit.app.evaluated_model import model


def test_the_whole_run_shows_score_classes_confusion_and_texts(shell: Shell) -> None:
    """And no word of caution, as nothing is missing."""
    shell.chat = FakeChatHosts(otherwise=model())
    result = shell.configure().run("evaluate", *OWNER)

    assert result.exit_code == 0, result.output
    for shown in (
        "marketingScore", "de 100", "moderación (macro-F1)  1.000", "positivo", "sin juzgar",
        "Exhaustividad", "sarcasmo", "ECE", "content_calendar", "todos",
        "llama-3.3-70b-instruct en deepinfra (72 operaciones)", "versión 1 (2026-11-28)",
    ):  # fmt: skip
        assert shown in result.stdout
    assert "orientativo" not in result.stdout


def test_a_sample_says_that_it_is_one(shell: Shell) -> None:
    """Its score is no score for the catalog."""
    shell.chat = FakeChatHosts(otherwise=model())
    result = shell.configure().run("evaluate", *OWNER, "--sample", "25")

    assert result.exit_code == 0
    assert "No es la evaluación completa" in result.stdout


def test_json_is_one_document_with_every_figure(shell: Shell) -> None:
    """In camelCase, unknown figures null."""
    shell.chat = FakeChatHosts(otherwise=model())
    document = shell.configure().json("evaluate", *OWNER, "--sample", "25")

    assert document["moderation"]["macroF1"] == 1.0
    assert document["moderation"]["calibration"]["bins"][0]["count"] > 0
    assert document["copies"]["byUseCase"][0]["useCase"] == "social_post"
    assert set(document["scoreParts"]) == {
        "moderation", "structure", "limits", "language", "distinctness",
    }  # fmt: skip
    assert document["complete"] is False
    assert document["setVersion"] == 1


def test_faults_two_models_and_an_early_end_are_told(shell: Shell) -> None:
    """Who reads the score must know."""
    shell.chat = FakeChatHosts(
        model(), model(), *[HostUnreachable("gone")] * 40, otherwise=HostUnreachable("gone")
    )
    result = shell.configure(fallbackModelId=None).run("evaluate", *OWNER, "--sample", "50")

    assert result.exit_code == 0, result.output
    assert "host_unreachable (3)" in result.stdout
    assert "Se detuvo antes de terminar" in result.stdout
    assert "marketingScore" in result.stdout


def test_two_models_are_told(shell: Shell) -> None:
    """No score between them."""
    shell.chat = FakeChatHosts(otherwise=model())
    other = {"useCase": "comment_moderation", "modelOverride": "llama-3.1-8b-instruct"}
    result = shell.configure(useCases=[other]).run("evaluate", *OWNER, "--sample", "25")

    assert result.exit_code == 0
    assert "Respondió más de un modelo" in result.stdout


def test_only_texts_show_no_table_of_comments(shell: Shell) -> None:
    """Where moderation is switched off for the client."""
    shell.chat = FakeChatHosts(otherwise=model())
    off = {"useCase": "comment_moderation", "enabled": False}
    result = shell.configure(useCases=[off]).run("evaluate", *OWNER, "--sample", "25")

    assert result.exit_code == 0
    assert "Exhaustividad" not in result.stdout
    assert "use_case_disabled (1)" in result.stdout


def test_a_sample_out_of_bounds_exits_with_1(shell: Shell) -> None:
    """With a Spanish sentence."""
    result = shell.configure().run("evaluate", *OWNER, "--sample", "0")

    assert result.exit_code == 1
    assert "de 1 a 300 comentarios" in result.output


def test_without_a_configuration_it_exits_with_1(shell: Shell) -> None:
    """There is nobody to ask."""
    assert shell.run("evaluate", *OWNER, "--sample", "1").exit_code == 1
