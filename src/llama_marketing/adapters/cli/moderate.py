"""``llama-marketing moderate``: judge comments for a client, at once or as a job."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.figures import count, counted, dollars, percent
from llama_marketing.adapters.cli.options import AsJson, Client, Organization, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import facts, plain_table
from llama_marketing.adapters.cli.terminal import output, print_json, printable, waiting
from llama_marketing.app.moderation import CommentModerationService
from llama_marketing.domain.jobs.models import JobPage, JobTicket
from llama_marketing.domain.moderation.models import (
    CommentResult,
    ModerationAction,
    ModerationRequest,
    ModerationResponse,
)
from llama_marketing.domain.tenant import TenantRef

ACTIONS = {
    ModerationAction.REPLY: ("responder", "cyan"),
    ModerationAction.HIDE: ("ocultar", "yellow"),
    ModerationAction.DELETE: ("borrar", "red"),
    ModerationAction.ESCALATE: ("lo decide una persona", "magenta"),
    ModerationAction.NONE: ("nada", ""),
}
SHOWN_LENGTH = 48
"""Characters of a comment in a table."""

Texts = Annotated[
    list[str] | None, typer.Argument(metavar="COMENTARIO...", help="Uno o varios comentarios.")
]
File = Annotated[
    typer.FileText | None,
    typer.Option(
        encoding="utf-8",
        help="Un comentario por línea, o una lista JSON de {id, text}; - lee la entrada estándar.",
    ),
]
Job = Annotated[str | None, typer.Option(metavar="ID", help="Muestra cómo va un trabajo.")]


def moderate(
    context: typer.Context,
    organization: Organization,
    client: Client,
    texts: Texts = None,
    file: File = None,
    job: Job = None,
    background: Annotated[
        bool, typer.Option("--background", help="Como trabajo, que hace `worker`.")
    ] = False,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Clasifica comentarios y propone qué hacer; más de 200 van como trabajo de `worker`."""
    if sum(given is not None for given in (texts or None, file, job)) != 1:
        raise typer.BadParameter("Da los comentarios como argumentos, con --file, o un --job.")
    console = output(quiet=as_json)
    with reported(verbose), Session.of(context).container() as container:
        service, tenant = container.moderation_service(), TenantRef(organization, client)
        if job is not None:
            _tell(console, service.job(tenant, job), {}, as_json=as_json)
            return
        comments = _comments(texts or [], file)
        asked = ModerationRequest.read({"comments": comments, "async": background})
        answer = _answer(console, service, tenant, asked)
        known = {comment.id: comment.text for comment in asked.comments}
        _tell(console, answer, known, as_json=as_json)


def moderation_table(results: Sequence[CommentResult], texts: Mapping[str, str]) -> Table:
    """One line a comment: its text (or its id), what it is, how sure that is, and what to do."""
    table = plain_table("Comentario", "Es", "Seguridad", "Qué hacer")
    for result in results:
        words, colour = ACTIONS[result.action]
        text = printable(texts.get(result.comment_id, result.comment_id)).replace("\n", " ")
        shown = text if len(text) <= SHOWN_LENGTH else f"{text[: SHOWN_LENGTH - 1]}…"
        judged = result.sentiment is not None
        table.add_row(
            Text(shown),
            result.label_text if judged else "sin juicio",
            percent(Decimal(str(100 * result.confidence))) if judged else "-",
            Text(words, style=colour),
        )
    table.columns[2].justify = "right"
    return table


def _comments(texts: Sequence[str], file: typer.FileText | None) -> Any:
    """What a request takes as its comments; lines get their number as their id."""
    content = "\n".join(texts) if file is None else file.read()
    if file is not None and content.lstrip().startswith("["):
        try:
            return json.loads(content)
        except ValueError as error:
            raise typer.BadParameter(f"El archivo no es JSON válido: {error}") from None
    lines = texts if file is None else [line for line in content.splitlines() if line.strip()]
    return [{"id": str(number), "text": line} for number, line in enumerate(lines, 1)]


def _answer(
    console: Console,
    service: CommentModerationService,
    tenant: TenantRef,
    asked: ModerationRequest,
) -> ModerationResponse | JobTicket:
    if asked.is_job:
        return service.submit(tenant, asked)
    with waiting(console, "El modelo está leyendo los comentarios..."):
        return service.moderate(tenant, asked)


def _tell(
    console: Console,
    answer: ModerationResponse | JobTicket | JobPage,
    texts: Mapping[str, str],
    *,
    as_json: bool,
) -> None:
    if as_json:
        print_json(answer.model_dump(mode="json", by_alias=True))
    elif isinstance(answer, ModerationResponse):
        console.print(moderation_table(answer.results, texts))
        console.print()
        console.print(facts(moderation_facts(answer)))
    else:
        _tell_job(console, answer)


def moderation_facts(answer: ModerationResponse) -> list[tuple[str, str]]:
    """What a moderation took, and what is worth knowing about it."""
    used, sums = answer.tokens_used, answer.summary
    rows = [
        ("Juzgó", f"{answer.model} en {answer.provider}"),
        ("Comentarios", f"{count(sums.total)}, sin juicio {count(sums.not_judged)}"),
        ("Tokens", f"{count(used.total_tokens)}, {dollars(used.estimated_cost_usd)}"),
    ]
    if answer.crisis:
        rows.append(("Crisis", "Demasiados comentarios negativos en una hora: avisa a alguien."))
    return rows


def _tell_job(console: Console, told: JobTicket | JobPage) -> None:
    done = f"{count(told.processed)} de {counted(told.total, 'comentario', 'comentarios')}"
    console.print(facts([("Trabajo", told.job_id), ("Estado", told.status.value), ("Van", done)]))
    if isinstance(told, JobPage) and told.results:
        console.print()
        console.print(moderation_table(told.results, {}))
