"""Two or three models side by side, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from llama_marketing.domain.catalog.benchmarks import ModelBenchmark, Score
from llama_marketing.domain.catalog.models import LlamaModel
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.model import Model
from llama_marketing.domain.money import json_number

Value = bool | int | float | str | None


class SideBySideRow(Model):
    """One line of the table; ``values`` stand in the order of the models."""

    field: str
    """The field's name in JSON."""
    label: str
    """Spanish."""
    values: tuple[Value, ...]
    best: tuple[str, ...] = ()
    """The ids of the best models; empty where nothing can be compared or all are equal."""


class SideBySide(Model):
    """The comparison: the whole models, and the lines of the table."""

    models: tuple[LlamaModel, ...]
    rows: tuple[SideBySideRow, ...]


def compare(models: Sequence[LlamaModel]) -> SideBySide:
    """Lay two or three different models side by side; raises InvalidRequest for other numbers."""
    if not 2 <= len(models) <= 3 or len({model.id for model in models}) != len(models):
        raise InvalidRequest(
            "a comparison needs two or three different models",
            user_message="Elige dos o tres modelos distintos para compararlos.",
            issues=(("ids", "must name two or three different models"),),
        )
    facts = [_fact(models, *fact) for fact in _FACTS]
    prices = [_least(models, *price) for price in _PRICES]
    scores = [_score(models, name, label) for name, label in _SCORES]
    return SideBySide(models=tuple(models), rows=(*facts, *prices, *scores))


_FACTS: tuple[tuple[str, str, Callable[[LlamaModel], Value]], ...] = (
    ("family", "Familia", lambda model: model.family),
    ("parameterCount", "Parámetros", lambda model: model.parameter_count),
    ("contextWindow", "Ventana de contexto (tokens)", lambda model: model.context_window),
    ("capabilities", "Capacidades", lambda model: ", ".join(model.capabilities)),
    ("languages", "Idiomas", lambda model: ", ".join(model.languages)),
    ("supportedProviders", "Proveedores", lambda model: ", ".join(model.supported_providers)),
    ("costBand", "Nivel de costo", lambda model: model.cost_band.value),
    ("knowledgeCutoff", "Conocimiento hasta", lambda model: model.knowledge_cutoff or None),
    ("licence", "Licencia", lambda model: model.licence),
)
_PRICES = (
    ("costPer1MInput", "cost_per_1m_input", "USD por millón de tokens de entrada"),
    ("costPer1MOutput", "cost_per_1m_output", "USD por millón de tokens de salida"),
)
_SCORES = (
    ("mmlu", "MMLU (conocimiento general)"),
    ("human_eval", "HumanEval (código)"),
    ("mbpp", "MBPP (programación)"),
    ("hella_swag", "HellaSwag (razonamiento)"),
    ("arc", "ARC (razonamiento avanzado)"),
    ("mmlu_spanish", "MMLU en español"),
    ("if_eval", "IFEval (seguir instrucciones)"),
    ("mmmu", "MMMU (imágenes)"),
    ("chart_qa", "ChartQA (gráficas)"),
    ("doc_vqa", "DocVQA (documentos)"),
)


def _fact(
    models: Sequence[LlamaModel], field: str, label: str, read: Callable[[LlamaModel], Value]
) -> SideBySideRow:
    return SideBySideRow(field=field, label=label, values=tuple(read(model) for model in models))


def _least(models: Sequence[LlamaModel], field: str, name: str, label: str) -> SideBySideRow:
    prices = [getattr(model, name) for model in models]
    values = tuple(None if price is None else json_number(price) for price in prices)
    return SideBySideRow(field=field, label=label, values=values, best=_best(models, values, min))


def _score(models: Sequence[LlamaModel], name: str, label: str) -> SideBySideRow:
    scores: list[Score | None] = [getattr(model.benchmarks, name) for model in models]
    values = tuple(None if score is None else score.value for score in scores)
    known = [score for score in scores if score is not None]
    same_way = all(score.comparable(known[0]) for score in known)
    alias = ModelBenchmark.model_fields[name].alias or name
    return SideBySideRow(
        field=f"benchmarks.{alias}",
        label=label,
        values=values,
        best=_best(models, values, max) if same_way else (),
    )


def _best(
    models: Sequence[LlamaModel],
    values: Sequence[float | None],
    choose: Callable[[Iterable[float]], float],
) -> tuple[str, ...]:
    known = [value for value in values if value is not None]
    if not known or min(known) == max(known):
        return ()
    best = choose(known)
    return tuple(model.id for model, value in zip(models, values, strict=True) if value == best)
