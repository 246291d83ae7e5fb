"""``llama-marketing analyze-image``: judge a picture for a client."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.figures import count, dollars
from llama_marketing.adapters.cli.options import AsJson, Client, Organization, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import facts, plain_table
from llama_marketing.adapters.cli.terminal import output, print_json, printable, waiting
from llama_marketing.domain.generation.pictures import ImageAnalysisResponse
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.vocabulary import Platform

Picture = Annotated[
    str, typer.Argument(metavar="IMAGEN", help="Un archivo, o una URL https:// o s3://.")
]


def analyze_image(
    context: typer.Context,
    organization: Organization,
    client: Client,
    picture: Picture,
    prompt: Annotated[
        str, typer.Option(metavar="TEXTO", help="Qué quieres saber de la imagen.")
    ] = "",
    platform: Annotated[Platform | None, typer.Option(help="Dónde se publica.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Un juicio corto y barato.")] = False,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Mide una imagen, la califica del 1 al 10 y dice cómo mejorarla."""
    console, by_url = output(quiet=as_json), "://" in picture
    asked = {"prompt": prompt, "platform": platform, "imageUrl": picture if by_url else None}
    # Left out, the client's own mode counts.
    mode = {"mode": "quick"} if quick else {}
    image = None if by_url else _read(Path(picture))
    with reported(verbose), Session.of(context).container() as container:
        service, tenant = container.vision_service(), TenantRef(organization, client)
        with waiting(console, "El modelo está viendo la imagen..."):
            answer = service.analyze(tenant, {**asked, **mode}, image=image)
    if as_json:
        print_json(answer.model_dump(mode="json", by_alias=True))
        return
    _show(console, answer)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"No se puede leer {path}: {error.strerror}") from None


def _show(console: Console, answer: ImageAnalysisResponse) -> None:
    console.print(printable(answer.description))
    console.print()
    table = plain_table("Criterio", "Puntos", "Por qué")
    for each in answer.sub_scores:
        table.add_row(each.label, str(each.score), printable(each.reason) or "-")
    table.columns[1].justify = "right"
    console.print(table)
    console.print()
    used = answer.tokens_used
    rows = [
        ("Calificación", f"{answer.score} de 10"),
        *((("Mejora", text)) for text in answer.improvements),
        *((("Revisar", finding.message)) for finding in answer.policy_findings),
        ("Vio", f"{answer.model} en {answer.provider}"),
        ("Tokens", f"{count(used.total_tokens)}, {dollars(used.estimated_cost_usd)}"),
    ]
    console.print(facts(rows))
    for warning in answer.metadata.content_warnings:
        console.print(printable(warning), style="yellow")
