"""The cache: which answers are kept, for how long, and how one is given again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import attrs
import pytest

from llama_marketing.domain.chat.models import FinishReason, ImagePart, Message, Role
from llama_marketing.domain.generation import cache
from llama_marketing.domain.generation.cache import CachedAnswer, cache_item, cache_key
from llama_marketing.domain.generation.models import GenerationResponse
from llama_marketing.domain.generation.plan import Plan
from llama_marketing.domain.generation.prompts import Prompt
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.testing.samples import sample_response
from tests.unit.domain.generation.samples import plan

NOW = datetime(2026, 2, 14, 18, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = "a" * 64


def finished(reason: FinishReason) -> GenerationResponse:
    """An answer that ended for a reason."""
    metadata = sample_response().metadata.model_copy(update={"finish_reason": reason})
    return sample_response(metadata=metadata)


def test_a_whole_answer_is_kept_for_its_lifetime() -> None:
    item = cache_item(KEY, sample_response(), NOW, DAY)

    assert item is not None
    assert item.key == KEY
    assert item.answer == CachedAnswer(
        response=sample_response(),
        created_at="2026-02-14T18:00:00.000000Z",
        expires_at="2026-02-15T18:00:00.000000Z",
    )


@pytest.mark.parametrize(
    ("key", "response"),
    [
        ("", sample_response()),
        (KEY, None),
        (KEY, sample_response(partial=True)),
        (KEY, finished(FinishReason.LENGTH)),
        (KEY, finished(FinishReason.ERROR)),
    ],
    ids=["off", "failed", "partial", "cut", "error"],
)
def test_what_is_not_whole_or_not_wanted_is_not_kept(
    key: str, response: GenerationResponse | None
) -> None:
    assert cache_item(key, response, NOW, DAY) is None


def test_an_answer_is_given_again_for_nothing_under_an_id_of_its_own() -> None:
    """Everything else is as it was; what is kept does not change."""
    kept = CachedAnswer(response=sample_response(), created_at="a", expires_at="b")
    again = kept.again("gen9", 3)

    assert (again.id, again.latency_ms, again.metadata.cached) == ("gen9", 3, True)
    assert again.tokens_used.model_dump() == {
        "input_tokens": 0,
        "output_tokens": 0,
        "total_tokens": 0,
        "estimated_cost_usd": Decimal(0),
    }
    assert changed(again, sample_response()) == {"id", "latency_ms", "tokens_used", "metadata"}
    assert changed(again.metadata, sample_response().metadata) == {"cached"}
    assert kept.response == sample_response()


def changed(one: Any, other: Any) -> set[str]:
    """The names of the fields that differ."""
    names = type(one).model_fields
    return {name for name in names if getattr(one, name) != getattr(other, name)}


class Seeing(Prompt):
    """A prompt whose user turn has an image."""

    image = b""

    def messages(self, correction: str = "", variation: str = "") -> tuple[Message, ...]:
        """One turn."""
        return (Message(Role.USER, "¿Qué ves?", (ImagePart("image/png", self.image),)),)


def key_of(made: Plan) -> str:
    """The key of a plan, everything else being equal."""
    return cache_key(TenantRef("org1", "cli1"), made)


def test_an_images_bytes_are_a_part_of_the_key() -> None:
    one, other = Seeing("", {}), Seeing("", {})
    object.__setattr__(other, "image", b"\xff")

    assert key_of(attrs.evolve(plan(), prompt=one)) != key_of(attrs.evolve(plan(), prompt=other))


def test_the_schema_that_the_reply_must_follow_is_a_part_of_the_key() -> None:
    made = plan()
    schema = attrs.evolve(made.schema, schema={**made.schema.schema, "title": "x"})

    assert key_of(attrs.evolve(made, schema=schema)) != key_of(made)


def test_a_new_scheme_gives_no_older_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    before = key_of(plan())
    monkeypatch.setattr(cache, "SCHEME", cache.SCHEME + 1)

    assert key_of(plan()) != before


def test_what_has_no_canonical_form_is_no_key() -> None:
    """A part that was forgotten must not make unequal requests equal."""
    made = plan()
    schema = attrs.evolve(made.schema, schema={"odd": {1, 2}})

    with pytest.raises(TypeError, match="set has no canonical form"):
        key_of(attrs.evolve(made, schema=schema))
