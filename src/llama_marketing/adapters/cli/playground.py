"""``llama-marketing playground``: one prompt to several providers, side by side."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.figures import count, dollars
from llama_marketing.adapters.cli.options import AsJson, Client, Organization, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.terminal import output, print_json, printable, waiting
from llama_marketing.domain.playground.models import ColumnAnswer, PlaygroundAnswer
from llama_marketing.domain.tenant import TenantRef

WIDTH = 48

Prompt = Annotated[str, typer.Argument(metavar="PROMPT", help="Qué preguntar a todos.")]
Column = Annotated[
    list[str],
    typer.Option(
        "--column",
        metavar="PROVEEDOR[:MODELO]",
        help="A quién: meta_ai, openai, anthropic, gemini; de 2 a 6 veces.",
    ),
]


def playground(
    context: typer.Context,
    organization: Organization,
    client: Client,
    prompt: Prompt,
    column: Column,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Hace la misma pregunta a varios proveedores y muestra qué contestó cada uno."""
    console = output(quiet=as_json)
    asked = {"prompt": prompt, "columns": [_column(text) for text in column]}
    with reported(verbose), Session.of(context).container() as container:
        service, tenant = container.comparison_service(), TenantRef(organization, client)
        with waiting(console, "Preguntando a todos a la vez..."):
            answer = service.playground(tenant, asked)
    if as_json:
        print_json(answer.model_dump(mode="json", by_alias=True))
        return
    _show(console, answer)


def _column(text: str) -> dict[str, str]:
    provider, _, model = text.partition(":")
    return {"provider": provider} | ({"model": model} if model else {})


def _show(console: Console, answer: PlaygroundAnswer) -> None:
    console.print(Columns([_panel(each) for each in answer.columns], width=WIDTH))


def _panel(column: ColumnAnswer) -> Panel:
    used = column.tokens_used
    if column.error is None:
        body = Text(printable(column.content))
    else:
        body = Text(printable(f"{column.error.message} ({column.error.code})"), style="red")
    for notice in column.notices:
        body.append(f"\n{notice}", style="yellow")
    cost = dollars(used.estimated_cost_usd)
    return Panel(
        body,
        title=f"{column.provider}: {column.model or '-'}",
        subtitle=f"{count(column.latency_ms)} ms, {count(used.total_tokens)} tokens, {cost}",
    )
