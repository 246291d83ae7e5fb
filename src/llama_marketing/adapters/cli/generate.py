"""``llama-marketing generate``: write content for a client."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from llama_marketing.adapters.cli.ad_mockup import show_ads
from llama_marketing.adapters.cli.copy_stream import answer_of, stream_copy
from llama_marketing.adapters.cli.failures import DOMAIN_ERROR, report, reported
from llama_marketing.adapters.cli.options import AsJson, Client, Organization, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import answer_facts, compliance_table, facts
from llama_marketing.adapters.cli.terminal import output, print_json, waiting, write
from llama_marketing.app.generation.service import MetaAIGenerationService
from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse
from llama_marketing.domain.generation.results.ad_copy import AdCopy
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform, Tone

Words = Annotated[str | None, typer.Argument(metavar="PROMPT", help="Qué escribir.")]
Prompt = Annotated[
    str | None, typer.Option("--prompt", metavar="TEXTO", help="Lo mismo que PROMPT.")
]
OnPlatform = Annotated[Platform | None, typer.Option(help="Dónde se publica.")]
InTone = Annotated[Tone | None, typer.Option(help="Cómo debe sonar.")]
Language = Annotated[str, typer.Option(help="Código de idioma, como es o es-MX.")]
MaxLength = Annotated[int | None, typer.Option(help="Largo máximo del texto.")]
Variations = Annotated[int, typer.Option(help="Cuántas versiones, de 1 a 5.")]
Objective = Annotated[
    str | None, typer.Option(metavar="TEXTO", help="Del anuncio: ventas, tráfico...")
]
LandingUrl = Annotated[str | None, typer.Option(metavar="URL", help="A dónde lleva el anuncio.")]
Month = Annotated[
    str | None, typer.Option(metavar="AAAA-MM", help="Mes del calendario de contenido.")
]
Sample = Annotated[
    list[str] | None,
    typer.Option(metavar="TEXTO", help="Texto de la marca para brand_voice; se repite."),
]
Streamed = Annotated[bool, typer.Option(help="Muestra el texto conforme llega.")]
UseCase = Annotated[GenerationUseCase, typer.Option(help="Qué tipo de contenido.")]


def generate(
    context: typer.Context,
    organization: Organization,
    client: Client,
    words: Words = None,
    prompt: Prompt = None,
    platform: OnPlatform = None,
    use_case: UseCase = GenerationUseCase.SOCIAL_POST,
    tone: InTone = None,
    language: Language = "es",
    max_length: MaxLength = None,
    variations: Variations = 1,
    objective: Objective = None,
    landing_url: LandingUrl = None,
    month: Month = None,
    sample: Sample = None,
    stream: Streamed = True,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Genera contenido para un cliente; con --json el texto llega completo."""
    wanted = {"use_case": use_case, "prompt": _one_prompt(words, prompt), "platform": platform}
    shape = {"language": language, "max_length": max_length, "variations": variations}
    shape |= {"tone": tone, **_special(objective, landing_url, month, sample)}
    with reported(verbose), Session.of(context).container() as container:
        request = GenerationRequest.read(wanted | shape)
        service, console = container.generation_service(), output(quiet=as_json)
        answer_by = _streamed if stream and not as_json else _whole
        answer = answer_by(console, service, TenantRef(organization, client), request)
        _show_verdict(console, answer, as_json=as_json)


def _special(
    objective: str | None, landing_url: str | None, month: str | None, samples: list[str] | None
) -> dict[str, Any]:
    """What only an ad, a calendar and a brand voice take, as far as it was given."""
    ad = {"objective": objective, "landing_url": landing_url}
    fields = {"ad": ad if any(ad.values()) else None, "month": month, "samples": samples or None}
    return {name: value for name, value in fields.items() if value is not None}


def _one_prompt(words: str | None, prompt: str | None) -> str:
    if (words is None) == (prompt is None):
        raise typer.BadParameter("Escribe el texto como PROMPT o con --prompt, sólo una vez.")
    return words if words is not None else prompt or ""


def _streamed(
    console: Console,
    service: MetaAIGenerationService,
    tenant: TenantRef,
    request: GenerationRequest,
) -> GenerationResponse:
    end = stream_copy(console, lambda: service.stream(tenant, request))
    if end.event == "error":
        report(end.data["code"], end.data["detail"])
        raise typer.Exit(DOMAIN_ERROR)
    return answer_of(end)


def _whole(
    console: Console,
    service: MetaAIGenerationService,
    tenant: TenantRef,
    request: GenerationRequest,
) -> GenerationResponse:
    with waiting(console, "El modelo está escribiendo..."):
        answer = service.generate(tenant, request)
    for number, text in enumerate(answer.variations or (answer.content,), 1):
        if number > 1:
            write(console, f"\n--- Variación {number} ---\n")
        write(console, f"{text}\n")
    return answer


def _show_verdict(console: Console, answer: GenerationResponse, *, as_json: bool) -> None:
    if as_json:
        print_json(answer.model_dump(mode="json", by_alias=True))
    if isinstance(answer.result, AdCopy):
        show_ads(console, answer.result.ads)
    console.print()
    console.print(facts(answer_facts(answer)))
    if answer.platform_compliance is not None:
        console.print()
        console.print(compliance_table([answer.platform_compliance]))
