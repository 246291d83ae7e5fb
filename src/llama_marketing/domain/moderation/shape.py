"""What a batch asks a model for, as a use case of the generation's machinery."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Self

import attrs

from llama_marketing.domain.chat.models import Message, ReplySchema, Role
from llama_marketing.domain.chat.schemas import object_schema
from llama_marketing.domain.config.models import LlamaParameters
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.generation.plan import Plan
from llama_marketing.domain.generation.prompts import OwnPrompts, Prompt, fill
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.generation.use_cases.shape import UseCaseShape
from llama_marketing.domain.moderation.batches import ID_LENGTH, Batch
from llama_marketing.domain.moderation.models import CommentLabel
from llama_marketing.domain.moderation.reading import ECHO_LENGTH
from llama_marketing.domain.vocabulary import GenerationUseCase

_TOKENS_OF_AN_ITEM: Final = 90
"""Of the reply: names and marks of JSON about 45, an echo in any alphabet the rest."""
_TOKENS_AROUND: Final = 60
_MOST_ITEMS: Final = 1000
"""More than any batch asks about; a reply that goes on is not read any further."""


class JudgedItems(Result):
    """The items of a reply as they came; what they are worth is found out with their batch."""

    items: tuple[Any, ...] = ()

    @property
    def text(self) -> str:
        """How many there are; blank without any."""
        return str(len(self.items)) if self.items else ""

    def with_text(self, text: str) -> Self:
        """The same: there is no copy."""
        return self


@attrs.frozen
class CommentsPrompt(Prompt):
    """The system turn, and the array of texts as the whole user turn."""

    user: str = ""

    def messages(self, correction: str = "", variation: str = "") -> tuple[Message, ...]:
        """The turns of one call; nothing is ever added to the array."""
        return Message(Role.SYSTEM, self.system), Message(Role.USER, self.user)


def request_of(batch: Batch) -> GenerationRequest:
    """A batch as a request that the machinery admits and books; its answer is never kept."""
    return GenerationRequest(
        use_case=GenerationUseCase.COMMENT_MODERATION, prompt=batch.as_json(), bypass_cache=True
    )


def asking_again(plan: Plan, batch: Batch) -> Plan:
    """The plan of a further call that shows another batch to the same hosts."""
    prompt = CommentsPrompt(plan.prompt.system, {}, user=batch.as_json())
    return attrs.evolve(plan, prompt=prompt, schema=_items_schema(len(batch.items)))


def _prompt(brief: Brief, own: OwnPrompts) -> Prompt:
    # The client's general system prompt is about writing; the one for this use case is not.
    heard = attrs.evolve(own, general="")
    system = fill(brief.template, brief.request, brief.template.length_target, heard).system
    return CommentsPrompt(system, {}, user=brief.request.prompt)


def _parameters(brief: Brief, own: LlamaParameters) -> LlamaParameters:
    """A verdict takes no imagination; how long a reply is follows from how much is asked."""
    tokens = _TOKENS_AROUND + _TOKENS_OF_AN_ITEM * _count(brief)
    return LlamaParameters(temperature=0.0, top_p=own.top_p, max_tokens=tokens)


def _schema(brief: Brief, _: int) -> ReplySchema:
    return _items_schema(_count(brief))


def _count(brief: Brief) -> int:
    return len(json.loads(brief.request.prompt))


def _items_schema(count: int) -> ReplySchema:
    item = object_schema(
        "item",
        {
            "id": {"type": "string", "minLength": ID_LENGTH, "maxLength": ID_LENGTH},
            "label": {"type": "string", "enum": [label.value for label in CommentLabel]},
            "sentiment": {"type": "number", "minimum": -1, "maximum": 1},
            "confidence": {"type": "number", "minimum": 0, "maximum": 1},
            "echo": {"type": "string", "maxLength": ECHO_LENGTH},
        },
    )
    items = {"type": "array", "items": item.schema, "minItems": count, "maxItems": count}
    return object_schema("comment_moderation", {"items": items})


def _read(found: Mapping[str, Any], _: Brief) -> JudgedItems:
    items = found.get("items")
    return JudgedItems(items=tuple(items[:_MOST_ITEMS]) if isinstance(items, list) else ())


COMMENT_MODERATION = UseCaseShape(
    use_case=GenerationUseCase.COMMENT_MODERATION,
    schema=_schema,
    read=_read,
    prompt=_prompt,
    parameters=_parameters,
    is_judged=False,
    is_kept=False,
)
"""One call over one batch; which comments that are is known to the moderation alone."""
