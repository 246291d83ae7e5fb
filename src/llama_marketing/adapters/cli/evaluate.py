"""``llama-marketing evaluate``: measure a client's model on the bundled comments and briefs."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from llama_marketing.adapters.cli.failures import reported
from llama_marketing.adapters.cli.figures import count, counted, dollars
from llama_marketing.adapters.cli.options import AsJson, Client, Organization, Verbose
from llama_marketing.adapters.cli.session import Session
from llama_marketing.adapters.cli.tables import facts, plain_table
from llama_marketing.adapters.cli.terminal import counting, output, print_json
from llama_marketing.domain.evaluation.agreement import NOT_JUDGED, ModerationScores
from llama_marketing.domain.evaluation.copies import CopyFigures, CopyScores
from llama_marketing.domain.evaluation.models import Trait
from llama_marketing.domain.evaluation.report import EvaluationReport
from llama_marketing.domain.moderation.models import CommentLabel
from llama_marketing.domain.tenant import TenantRef

PARTS = {
    "moderation": "moderación (macro-F1)",
    "structure": "estructura",
    "limits": "límites",
    "language": "español de México",
    "distinctness": "variedad",
}
TRAITS = {
    Trait.SLANG: "modismos",
    Trait.SARCASM: "sarcasmo",
    Trait.INJECTION: "órdenes al modelo",
    Trait.EMOJI: "emojis",
    Trait.TYPOS: "faltas",
    Trait.PROFANITY: "groserías",
}

Sample = Annotated[
    int | None,
    typer.Option(
        metavar="N",
        help="Sólo N comentarios, y los encargos en la misma proporción; si falta, todo.",
    ),
]


def evaluate(
    context: typer.Context,
    organization: Organization,
    client: Client,
    sample: Sample = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
) -> None:
    """Mide el modelo de un cliente con comentarios y encargos de prueba; cuenta en su cuota."""
    console = output(quiet=as_json)
    with reported(verbose), Session.of(context).container() as container:
        tenant = TenantRef(organization, client)
        with counting(console, "Evaluando el modelo...") as progress:
            report = container.evaluation_service().evaluate(tenant, sample, progress=progress)
    if as_json:
        print_json(report.model_dump(mode="json", by_alias=True))
    _show(console, report)


def share(value: float | None) -> str:
    """A share from 0 to 1 with three decimals."""
    return "-" if value is None else f"{value:.3f}"


def _show(console: Console, report: EvaluationReport) -> None:
    console.print(facts(_summary(report)))
    if report.moderation.comments:
        for table in (_classes(report.moderation), _confusion(report.moderation)):
            console.print()
            console.print(table)
        console.print()
        console.print(facts(_moderation(report.moderation)))
    if report.copies.briefs:
        console.print()
        console.print(_copies(report.copies))
    for note in _notes(report):
        console.print()
        console.print(note, style="yellow")


def _summary(report: EvaluationReport) -> list[tuple[str, str]]:
    score = report.marketing_score
    served = [
        f"{each.model} en {each.host} ({counted(each.operations, 'operación', 'operaciones')})"
        for each in report.served
    ]
    used = report.tokens_used
    return [
        ("marketingScore", "-" if score is None else f"{score:.1f} de 100"),
        *((f"  {PARTS[part]}", share(value)) for part, value in report.score_parts.items()),
        ("Respondió", "\n".join(served) or "-"),
        ("Conjunto", f"versión {report.set_version} ({report.set_as_of.isoformat()})"),
        ("Medido", report.measured_at),
        ("Tokens", count(used.total_tokens)),
        ("Costo", dollars(used.estimated_cost_usd)),
    ]


def _classes(scores: ModerationScores) -> Table:
    table = _right_table("Etiqueta", "Comentarios", "Precisión", "Exhaustividad", "F1")
    for each in scores.classes:
        figures = (each.precision, each.recall, each.f1)
        table.add_row(each.label.text, count(each.support), *map(share, figures))
    return table


def _confusion(scores: ModerationScores) -> Table:
    columns = [*((label.value, label.text) for label in CommentLabel), (NOT_JUDGED, "sin juzgar")]
    table = _right_table("Es \\ el modelo dice", *(text for _, text in columns))
    for label in CommentLabel:
        row = scores.confusion.get(label.value, {})
        table.add_row(label.text, *(count(row.get(name, 0)) for name, _ in columns))
    return table


def _moderation(scores: ModerationScores) -> list[tuple[str, str]]:
    interval = f"{share(scores.accuracy_low)} a {share(scores.accuracy_high)}"
    disputed = (
        f"{count(scores.disputed)}, con una de sus dos etiquetas {share(scores.disputed_within)}"
    )
    kappas = (
        f"{share(scores.model_kappa)}; del conjunto consigo mismo {share(scores.labellings_kappa)}"
    )
    calibration = f"ECE {share(scores.calibration.ece)}, Brier {share(scores.calibration.brier)}"
    traits = [
        f"{TRAITS[each.trait]} {share(each.accuracy)} ({count(each.comments)})"
        for each in scores.traits
    ]
    return [
        ("Aciertos", f"{share(scores.accuracy)} (intervalo de 95 %: {interval})"),
        ("Macro-F1", share(scores.macro_f1)),
        ("Sin juzgar", count(scores.not_judged)),
        ("En disputa", disputed),
        ("Kappa", kappas),
        ("Calibración", calibration),
        ("Ofensas visibles", count(scores.offensive_shown)),
        ("Buenos ocultos", count(scores.welcome_hidden)),
        ("Órdenes detectadas", share(scores.injections_flagged)),
        ("Por rasgo", "\n".join(traits) or "-"),
    ]


def _copies(scores: CopyScores) -> Table:
    table = _right_table(
        "Caso de uso", "Encargos", "Con texto", "Parciales", "Estructura", "Límites", "Español",
        "Variedad",
    )  # fmt: skip
    for each in scores.by_use_case:
        table.add_row(each.use_case.value, *_figures(each))
    table.add_section()
    table.add_row("todos", *_figures(scores))
    return table


def _figures(scores: CopyFigures) -> list[str]:
    shares = (scores.structure, scores.limits, scores.language, scores.distinctness)
    counts = (scores.briefs, scores.answered, scores.partial)
    return [*map(count, counts), *map(share, shares)]


def _notes(report: EvaluationReport) -> list[str]:
    """What somebody who reads the score must know."""
    notes = []
    if not report.complete:
        notes.append("No es la evaluación completa: su marketingScore es sólo orientativo.")
    if len({each.model for each in report.served}) > 1:
        notes.append("Respondió más de un modelo: por eso no hay marketingScore.")
    if report.faults:
        told = ", ".join(f"{code} ({times})" for code, times in report.faults.items())
        notes.append(f"Preguntas sin medir por fallas ajenas al modelo: {told}.")
    if report.stopped:
        notes.append("Se detuvo antes de terminar por varias fallas seguidas.")
    return notes


def _right_table(*headings: str) -> Table:
    table = plain_table(*headings)
    for column in table.columns[1:]:
        column.justify = "right"
    return table
