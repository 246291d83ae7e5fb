"""The tables and fact lists that several commands show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table
from rich.text import Text

from llama_marketing.adapters.cli.figures import count, dollars
from llama_marketing.adapters.cli.terminal import printable
from llama_marketing.domain.compliance.models import PlatformCompliance
from llama_marketing.domain.generation.models import GenerationResponse

STATUSES = {
    "ok": ("cumple", "green"),
    "warning": ("con avisos", "yellow"),
    "exceeds": ("excede", "red"),
}


def plain_table(*headings: str) -> Table:
    """A table with one rule below its headings, which reads well in a pipe too."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 1, 0, 0))
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def facts(rows: Iterable[tuple[str, str]]) -> Table:
    """Names on the left, values on the right."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in rows:
        grid.add_row(name, Text(printable(value)))
    return grid


def compliance_table(verdicts: Iterable[PlatformCompliance]) -> Table:
    """One line for each platform: how long the text is, what is allowed, and the verdict."""
    table = plain_table("Plataforma", "Largo", "Límite", "Estado", "Avisos")
    for verdict in verdicts:
        word, colour = STATUSES[verdict.status]
        if not verdict.is_compliant and verdict.status != "exceeds":
            word, colour = "no cumple", "red"
        table.add_row(
            verdict.platform.value,
            count(verdict.current_length),
            count(verdict.character_limit),
            Text(word, style=colour),
            Text(printable(" ".join(verdict.warnings)) or "-"),
        )
    for column in table.columns[1:3]:
        column.justify = "right"
    return table


def answer_facts(answer: GenerationResponse) -> list[tuple[str, str]]:
    """Who wrote an answer, what it took, and what is worth knowing about it."""
    used, metadata = answer.tokens_used, answer.metadata
    tokens = f"{count(used.input_tokens)} de entrada + {count(used.output_tokens)} de salida"
    rows = [
        ("Escribió", f"{metadata.served_by.model} en {metadata.served_by.host}"),
        ("Tokens", f"{tokens} = {count(used.total_tokens)}"),
        ("Costo", dollars(used.estimated_cost_usd)),
    ]
    if metadata.suggested_hashtags:
        rows.append(("Hashtags", _hashtags(metadata.suggested_hashtags)))
    if metadata.suggested_emojis:
        rows.append(("Emojis", " ".join(metadata.suggested_emojis)))
    if metadata.content_warnings:
        rows.append(("Avisos", "\n".join(metadata.content_warnings)))
    return rows


def _hashtags(tags: Sequence[str]) -> str:
    return " ".join(tag if tag.startswith("#") else f"#{tag}" for tag in tags)
