"""How the command line writes: the consoles, a sign of waiting, and texts made harmless."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

PIPE_WIDTH = 100
"""Columns of what goes into a pipe or a file, unless ``COLUMNS`` says otherwise."""


def output(*, quiet: bool = False) -> Console:
    """The console of standard output; a quiet one writes nothing."""
    return _console(stderr=False, quiet=quiet)


def error_output() -> Console:
    """The console of standard error."""
    return _console(stderr=True, quiet=False)


def _console(*, stderr: bool, quiet: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    fixed = None if stream.isatty() or os.environ.get("COLUMNS") else PIPE_WIDTH
    # A model's text is no markup, and its numbers are no code.
    return Console(
        stderr=stderr, quiet=quiet, width=fixed, markup=False, emoji=False, highlight=False
    )


def tolerate_encodings() -> None:
    """Let a terminal that lacks a character show another instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def printable(text: str) -> str:
    """A text of a model or a host without the characters that command a terminal."""
    return "".join(
        char if char in "\n\t" or unicodedata.category(char) != "Cc" else "\ufffd" for char in text
    )


def write(console: Console, text: str) -> None:
    """Write a piece of text at once, as it is."""
    if not console.quiet:
        console.file.write(printable(text))
        console.file.flush()


@contextmanager
def waiting(console: Console, text: str) -> Iterator[None]:
    """Turn a spinner on a terminal while the block runs; a pipe gets nothing."""
    if not console.is_terminal or console.quiet:
        yield
        return
    with console.status(text):
        yield


@contextmanager
def counting(console: Console, text: str) -> Iterator[Callable[[int, int], None]]:
    """Grow a bar on a terminal while the block tells done and total; a pipe gets nothing."""
    if not console.is_terminal or console.quiet:
        yield lambda done, total: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(text, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def print_json(document: Any) -> None:
    """Write one JSON document to standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=2))  # noqa: T201 - this is the output


def write_lines(lines: Iterable[str]) -> None:
    """Write lines that end in a line end of their own, in UTF-8, as they come."""
    for line in lines:
        sys.stdout.buffer.write(line.encode())
    sys.stdout.flush()
