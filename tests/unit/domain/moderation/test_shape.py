"""What a batch asks a model for: the wire of moderation."""

from __future__ import annotations

import json
import os
from pathlib import Path

import attrs
import pytest

from llama_marketing.adapters.package_data.prompts import PackagedPrompts
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.downgrade import whole_bound
from llama_marketing.domain.generation.plan import Plan, make_plan
from llama_marketing.domain.generation.reading import read_object
from llama_marketing.domain.moderation.shape import (
    COMMENT_MODERATION,
    JudgedItems,
    asking_again,
    request_of,
)
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.catalog.samples import catalog
from tests.unit.domain.generation.samples import MOMENT, brief, config
from tests.unit.domain.moderation.samples import batch_of, reply, verdicts

BATCH = batch_of()
SNAPSHOT = Path(__file__).parent / "comment_moderation.txt"


def brief_of_batch() -> Brief:
    """The sample batch under the bundled template."""
    template = PackagedPrompts().template(GenerationUseCase.COMMENT_MODERATION, None)
    return attrs.evolve(brief(request_of(BATCH)), template=template)


def plan(**fields: object) -> Plan:
    """The plan of the sample batch."""
    given = {"selected_model_id": "large"} | fields
    return make_plan(brief_of_batch(), config(**given), catalog(), MOMENT, COMMENT_MODERATION)


def test_the_user_turn_is_the_array_and_nothing_else() -> None:
    first = plan()
    system, user = first.call(first.attempts[0], "Corrige.", 1).messages

    assert json.loads(user.content) == [{"id": item.id, "text": item.text} for item in BATCH.items]
    assert (system.role, user.role) == ("system", "user")
    assert not any(item.text in system.content for item in BATCH.items)


def test_the_prompt_is_sent_word_by_word_as_it_was_reviewed() -> None:
    """To accept a change, raise the version and run ``UPDATE_SNAPSHOTS=1 pytest`` on this file."""
    first = plan()
    sent = f"{first.brief.template.name}\n\n{first.prompt.messages()[0].content}\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(sent, encoding="utf-8")

    assert sent == SNAPSHOT.read_text(encoding="utf-8")
    assert "primeros 12 caracteres" in sent


def test_the_client_s_prompt_for_moderation_is_heard_and_the_one_for_writing_is_not() -> None:
    """Between the template and the safety rules, which come last."""
    system = (
        plan(
            parameters={"system_prompt": "Escribe con emojis."},
            use_cases=[{"use_case": "comment_moderation", "custom_prompt": "«Chido» es positivo."}],
        )
        .prompt.messages()[0]
        .content
    )

    assert "«Chido» es positivo." in system
    assert "emojis" not in system
    assert system.index("«Chido»") < system.index("Reglas que siempre aplican")


def test_a_verdict_is_sampled_without_imagination_and_has_room_for_every_item() -> None:
    first = plan(parameters={"temperature": 1.5, "frequency_penalty": 1.0, "max_tokens": 100})
    call = first.call(first.attempts[0])

    assert (call.temperature, call.frequency_penalty, call.presence_penalty) == (0.0, 0.0, 0.0)
    assert call.max_tokens == 60 + 90 * 6


def test_the_client_s_own_bound_for_the_use_case_holds() -> None:
    own = [{"use_case": "comment_moderation", "max_tokens_override": 77}]

    assert plan(use_cases=own).attempts[0].max_tokens == 77


def test_the_schema_bounds_every_text_and_list() -> None:
    schema = plan().schema.schema["properties"]["items"]
    item = schema["items"]["properties"]

    assert (schema["minItems"], schema["maxItems"]) == (6, 6)
    assert list(item) == ["id", "label", "sentiment", "confidence", "echo"]
    assert item["label"]["enum"] == ["positive", "neutral", "negative", "spam", "offensive"]
    assert (item["id"]["maxLength"], item["echo"]["maxLength"]) == (5, 12)
    assert (item["confidence"]["minimum"], item["confidence"]["maximum"]) == (0, 1)
    assert schema["items"]["required"] == list(item)


def test_a_further_question_shows_its_own_batch() -> None:
    again = asking_again(plan(), batch_of("Hola", seed=2))

    assert len(json.loads(again.prompt.messages()[1].content)) == 3
    assert again.schema.schema["properties"]["items"]["maxItems"] == 3
    assert again.prompt.messages()[0] == plan().prompt.messages()[0]
    assert whole_bound(again).tokens < whole_bound(plan()).tokens


@pytest.mark.parametrize(
    ("said", "count"),
    [
        (reply(verdicts(BATCH)), 6),
        ("Claro: ```json\n" + reply(verdicts(BATCH)) + "\n```", 6),
        (reply(verdicts(BATCH))[:-30], 6),
        (reply([]), 0),
        ('{"items": null}', 0),
        ('{"items": {"id": 1}}', 0),
        ('{"other": []}', 0),
        (reply([1] * 5000), 1000),
    ],
)
def test_the_items_are_taken_as_they_came(said: str, count: int) -> None:
    """However they are wrapped; a reply that goes on is not read any further."""
    found = read_object(said)
    assert found is not None
    result = COMMENT_MODERATION.read(found, brief_of_batch())

    assert isinstance(result, JudgedItems)
    assert (len(result.items), result.text) == (count, str(count) if count else "")
    assert result.with_text("Hola") == result


def test_the_answer_of_a_batch_is_kept_nowhere() -> None:
    """The comments of the public are not the client's history, and no two batches are equal."""
    assert not COMMENT_MODERATION.is_kept
    assert not COMMENT_MODERATION.is_judged
    assert request_of(BATCH).bypass_cache
