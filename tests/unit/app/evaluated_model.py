"""A model that answers whatever it is asked in the form that is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from llama_marketing.adapters.package_data.evaluation_set import PackagedEvaluationSet
from llama_marketing.domain.chat.models import ChatCall, HostTarget
from llama_marketing.domain.moderation.batches import WireItem, sendable
from llama_marketing.testing.hosts import Said
from tests.unit.domain.moderation.samples import items_of, reply, verdict

WHOLE = PackagedEvaluationSet().evaluation_set()
LABELS = {sendable(comment.text): comment.label_a.value for comment in WHOLE.comments}
"""By the comments as they are sent."""
COPIES = (
    "Ven hoy por tu café de olla",
    "La concha recién horneada te espera",
    "Aparta tu lugar para el sábado",
    "Llévate dos piezas al precio de una",
    "Conoce nuestra sucursal en Puebla",
    "Pregunta por los meses sin intereses",
    "Envíos a todo México desde mañana",
)


def knows_the_labels(item: WireItem) -> dict[str, Any]:
    """The first labelling's word on a comment; on a canary, a word on its words."""
    return verdict(item, **({"label": LABELS[item.text]} if item.text in LABELS else {}))


def says_positive(item: WireItem) -> dict[str, Any]:
    """Positive, whatever it is, but for the canaries."""
    return verdict(item, **({"label": "positive"} if item.text in LABELS else {}))


def model(
    judge: Callable[[WireItem], dict[str, Any]] = knows_the_labels,
) -> Callable[[HostTarget, ChatCall], Said]:
    """A host whose comments are judged so, and whose texts each say something else."""
    numbers = count()

    def said(_: HostTarget, call: ChatCall) -> Said:
        assert call.schema is not None
        if call.schema.name == "comment_moderation":
            return reply([judge(item) for item in items_of(str(call.messages[-1].content))])
        return json.dumps(_instance(call.schema.schema, lambda: COPIES[next(numbers) % 7]))

    return said


def _instance(schema: Mapping[str, Any], text: Callable[[], str]) -> Any:
    """Something that keeps a schema of ours."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema["type"]
    if kind == "object":
        return {name: _instance(inner, text) for name, inner in schema["properties"].items()}
    if kind == "array":
        return [_instance(schema["items"], text) for _ in range(schema.get("minItems", 1))]
    if kind == "string":
        return text()[: schema.get("maxLength", 200)]
    return schema.get("minimum", 1)
