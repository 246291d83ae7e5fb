"""`llama-marketing demo` as a person runs it: through a pipe, again, and on a terminal."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.embedded import command, needs_the_model, process_environment

SHOWN = (
    "no es de Meta", "********", "Validación", "Cuota antes", "de salida", "price_missing",
    "smollm2-135m-instruct en self_hosted", "facebook", "instagram", "whatsapp", "email",
    "base reported", "resultado ok", "Cuota después", "Anuncio 1", "Publicidad", "CAFEAZUL.MX",
    "Moderación de 5 comentarios", "Muchas gracias, el capuchino", "Comparación de proveedores",
    "Meta AI", "no hay con qué compararlo",
)  # fmt: skip
HEADING = "Publicación para Instagram"
QUOTA = re.compile(r"Cuota (antes|después) +([\d,]+) de")

pytestmark = [pytest.mark.slow, needs_the_model]


def used(printed: str) -> dict[str, int]:
    """The tokens before and after, as they were printed."""
    return {name: int(figure.replace(",", "")) for name, figure in QUOTA.findall(printed)}


def test_the_demo_ends_well_twice_in_a_pipe_on_the_same_store(tmp_path: Path) -> None:
    """The second run goes on where the first one stopped, though nobody kept the key."""
    environ = process_environment(
        {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path.absolute() / 'demo.db'}"}
    )
    printed = []
    for _ in range(2):
        result = subprocess.run(
            command("demo"), env=environ, capture_output=True, text=True, timeout=170, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr
        assert result.stderr == ""
        printed.append(result.stdout)
    first, second = (used(text) for text in printed)

    for text in printed:
        assert [part for part in SHOWN if part not in text] == []
        assert "\x1b" not in text
        assert len(text.splitlines()) <= 70
    assert first["antes"] == 0
    assert first["antes"] < first["después"] == second["antes"] < second["después"]


def test_the_demo_on_a_terminal_shows_the_text_as_it_comes(tmp_path: Path) -> None:
    """What arrives of the post is on the terminal before the summary that follows its end."""
    environ = process_environment(
        {
            "LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path.absolute() / 'demo.db'}",
            "TERM": "xterm",
            "COLUMNS": "80",
        }
    )
    master, slave = pty.openpty()
    with subprocess.Popen(
        command("demo"), env=environ, stdin=slave, stdout=slave, stderr=slave
    ) as process:
        os.close(slave)
        pieces = read_all(master)
        os.close(master)
    printed = b"".join(pieces).decode()
    whole = post(printed)
    begun = [
        post(b"".join(pieces[:number]).decode(errors="ignore")) for number in range(len(pieces))
    ]

    assert process.returncode == 0, printed
    assert [text for text in begun if text and text != whole and whole.startswith(text)], whole
    assert [part for part in SHOWN if part not in visible(printed)] == []


def read_all(terminal: int) -> list[bytes]:
    """What the terminal got, in the pieces in which it came."""
    pieces: list[bytes] = []
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            # Linux says that the other side is closed in this way.
            return pieces
        if not piece:
            return pieces
        pieces.append(piece)


def visible(text: str) -> str:
    """The text without the sequences that colour it and move the cursor, and without spinners."""
    kept = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r\n", "\n")
    return re.sub(r"[⠀-⣿] [^\n]*?\.\.\.\r?", "", kept)


def post(shown: str) -> str:
    """What stands below the post's heading so far."""
    below = visible(shown).partition(HEADING)[2].partition("»")[2]
    return below.partition("Escribió")[0].strip()
