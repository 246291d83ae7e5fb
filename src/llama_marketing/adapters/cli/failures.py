"""How a command ends when it cannot do its work: a Spanish sentence, a code, exit 1."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from llama_marketing.adapters.cli.terminal import error_output, printable
from llama_marketing.domain.errors import LlamaMarketingError, SettingsError

DOMAIN_ERROR = 1
INTERRUPTED = 130


def report(code: str, sentence: str, detail: str = "") -> None:
    """Tell standard error what went wrong."""
    console = error_output()
    console.print(f"Error: {printable(sentence)} ({code})", style="red", soft_wrap=True)
    if detail:
        console.print(printable(detail), style="dim", soft_wrap=True)


@contextmanager
def reported(verbose: bool) -> Iterator[None]:
    """Turn the library's errors into exit 1, and Ctrl-C into exit 130.

    With ``verbose`` the English detail is told too.
    """
    try:
        yield
    except LlamaMarketingError as error:
        detail = str(error) if verbose else ""
        vague = error.user_message == error.default_user_message
        if isinstance(error, SettingsError) and vague and not verbose:
            detail = "Usa --verbose para ver qué variable revisar."
        report(error.code, error.user_message, detail)
        raise typer.Exit(DOMAIN_ERROR) from None
    except KeyboardInterrupt:
        report("interrupted", "Cancelado; lo que el modelo alcanzó a escribir quedó registrado.")
        raise typer.Exit(INTERRUPTED) from None
