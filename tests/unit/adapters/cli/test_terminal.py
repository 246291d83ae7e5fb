"""What the command line writes reads well on any terminal and in a pipe."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
import typer
from rich.console import Console

from llama_marketing.adapters.cli import main
from llama_marketing.adapters.cli.figures import (
    PRICE_MISSING,
    count,
    counted,
    dollars,
    percent,
    quota_sentence,
)
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import answer_facts, compliance_table, facts
from llama_marketing.adapters.cli.terminal import (
    PIPE_WIDTH,
    output,
    printable,
    tolerate_encodings,
    waiting,
    write,
)
from llama_marketing.domain.compliance.models import ComplianceStatus, PlatformCompliance
from llama_marketing.domain.generation.models import GenerationResponse
from llama_marketing.domain.usage.quota import QuotaStatus
from llama_marketing.domain.vocabulary import Platform


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (None, PRICE_MISSING),
        (Decimal(0), "US$0.00"),
        (Decimal("5"), "US$5.00"),
        (Decimal("1234.5"), "US$1,234.50"),
        (Decimal("0.000000000320"), "US$0.00000000032"),
        (Decimal("1E+3"), "US$1,000.00"),
    ],
)
def test_money_keeps_every_decimal_it_has(amount: Decimal | None, shown: str) -> None:
    """At least two, never rounded; an unknown price is no zero."""
    assert dollars(amount) == shown


def test_numbers_are_grouped_and_agree_with_their_noun() -> None:
    """As a person in Mexico writes them."""
    assert count(1234567) == "1,234,567"
    assert counted(1, "operación", "operaciones") == "1 operación"
    assert counted(0, "operación", "operaciones") == "0 operaciones"
    assert percent(Decimal("12.345")) == "12.3 %"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"unit": "tokens", "quota": 50_000, "settled": 526, "percent": Decimal("1.052")},
            "526 de 50,000 tokens en 2026-11 (1.1 %, verde)",
        ),
        (
            {"unit": "usd", "quota": Decimal(5), "settled": Decimal("4.5"), "percent": 90},
            "US$4.50 de US$5.00 en 2026-11 (90.0 %, amarillo)",
        ),
        (
            {"unit": "generations", "quota": None, "settled": 3, "percent": None},
            "3 generaciones en 2026-11, sin cuota",
        ),
    ],
)
def test_a_quota_is_one_sentence(fields: dict[str, object], sentence: str) -> None:
    """In the quota's own unit."""
    level = "yellow" if fields["unit"] == "usd" else "green"
    status = QuotaStatus.read(
        {"period": "2026-11", "available": None, "reserved": 0, "level": level, **fields}
    )

    assert quota_sentence(status) == sentence


def test_control_characters_are_replaced() -> None:
    """What moves a cursor, rings or starts a sequence does not go out; lines and emoji do."""
    assert printable("a\x1b[2J\x07\x9b\r\x00b") == "a\ufffd[2J\ufffd\ufffd\ufffd\ufffdb"
    assert printable("línea\n\t👩🏽‍🍳 [bold]ñ") == "línea\n\t👩🏽‍🍳 [bold]ñ"


def test_a_pipe_has_a_fixed_width_and_no_markup(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless COLUMNS says otherwise."""
    monkeypatch.delenv("COLUMNS", raising=False)
    console = output()
    console.print("[bold]:coffee: 42[/bold]")

    assert console.width == PIPE_WIDTH
    assert capsys.readouterr().out == "[bold]:coffee: 42[/bold]\n"
    monkeypatch.setenv("COLUMNS", "60")
    assert output().width == 60


def test_a_quiet_console_writes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """So that --json is the only thing on the output."""
    console = output(quiet=True)
    console.print("hola")
    write(console, "hola")
    with waiting(console, "hola"):
        pass

    assert capsys.readouterr().out == ""


def test_waiting_shows_a_sign_on_a_terminal_only() -> None:
    """A pipe would only get its remains."""
    terminal, pipe = (Console(file=io.StringIO(), force_terminal=t) for t in (True, False))
    for console in (terminal, pipe):
        with waiting(console, "Esperando"):
            pass

    assert "Esperando" in terminal.file.getvalue()  # type: ignore[attr-defined] # a StringIO
    assert pipe.file.getvalue() == ""  # type: ignore[attr-defined] # a StringIO


def test_an_output_without_our_characters_does_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal in ASCII shows question marks."""
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii"))
    monkeypatch.setattr("sys.stderr", io.StringIO())
    tolerate_encodings()
    console = output()
    console.print("café ☕")
    console.file.flush()

    assert raw.getvalue() == b"caf? ?\n"


@pytest.mark.parametrize(
    ("status", "is_compliant", "word"),
    [
        ("ok", True, "cumple"),
        ("warning", True, "con avisos"),
        ("exceeds", False, "excede"),
        ("warning", False, "no cumple"),
    ],
)
def test_a_verdict_is_a_word(status: ComplianceStatus, is_compliant: bool, word: str) -> None:
    """Too many hashtags are not compliant though the length is fine."""
    verdict = PlatformCompliance(
        platform=Platform.INSTAGRAM,
        character_limit=2200,
        current_length=10,
        is_compliant=is_compliant,
        status=status,
        surface="instagram_caption",
    )
    console = Console(file=io.StringIO(), width=100)
    console.print(compliance_table([verdict]))

    assert f" {word} " in console.file.getvalue()  # type: ignore[attr-defined] # a StringIO


def test_an_answer_is_told_with_its_warnings_and_without_what_it_lacks() -> None:
    """Every sentence about what was cut; no empty line for hashtags or emojis."""
    answer = GenerationResponse.read(
        {
            "id": "g1",
            "useCase": "social_post",
            "content": "Hola",
            "result": {"content": "Hola"},
            "tokensUsed": {"inputTokens": 1200, "outputTokens": 5, "totalTokens": 1205},
            "model": "m",
            "provider": "p",
            "latencyMs": 1,
            "metadata": {
                "finishReason": "stop",
                "contentWarnings": ["Se acortó.", "Falta algo."],
                "promptVersion": "v",
                "servedBy": {"host": "p", "model": "m\x1b[1m"},
                "publishable": {"verdict": "yes"},
            },
        }
    )
    told = dict(answer_facts(answer))
    console = Console(file=io.StringIO(), width=100)
    console.print(facts(told.items()))

    assert list(told) == ["Escribió", "Tokens", "Costo", "Avisos"]
    assert told["Tokens"] == "1,200 de entrada + 5 de salida = 1,205"
    assert told["Avisos"] == "Se acortó.\nFalta algo."
    assert "\x1b" not in console.file.getvalue()  # type: ignore[attr-defined] # a StringIO


def test_main_runs_the_commands(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console script; without a command it shows the help and exits with 2."""
    monkeypatch.setattr("sys.argv", ["llama-marketing", "--help"])
    with pytest.raises(SystemExit) as ended:
        main.main()

    assert ended.value.code == 0
    assert "demo" in capsys.readouterr().out


def test_a_session_of_its_own_reads_the_process_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where nobody brought another one."""
    monkeypatch.setenv("LLAMA_MARKETING_STORE", "memory://")
    context = typer.Context(typer.main.get_command(main.app))

    assert Session.of(context).environ["LLAMA_MARKETING_STORE"] == "memory://"
