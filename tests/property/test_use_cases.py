"""Laws of every text use case: any reply gives a bounded, typed result, or one without text."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.adapters.package_data.prompts import PackagedPrompts
from llama_marketing.domain.calendar.shares import OBJECTIVE_SHARES, TYPE_SHARES, apportion
from llama_marketing.domain.compliance.hashtags import clean_hashtags
from llama_marketing.domain.compliance.measures import Measure, utf16
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.copy_text import copy_text
from llama_marketing.domain.generation.drafts import LONGEST_CORRECTION
from llama_marketing.domain.generation.length import LengthTarget
from llama_marketing.domain.generation.results.content_calendar import ContentCalendar
from llama_marketing.domain.generation.results.known import RESULTS
from llama_marketing.domain.generation.use_cases.content_calendar import MOST_ENTRIES
from llama_marketing.domain.generation.use_cases.offered import shape_of
from llama_marketing.domain.vocabulary import GenerationUseCase
from tests.unit.domain.generation.samples import AD_RULES, MOMENT, RULES, request

TEXT_USE_CASES = [
    GenerationUseCase.SOCIAL_POST,
    GenerationUseCase.EMAIL_COPY,
    GenerationUseCase.WHATSAPP_MESSAGE,
    GenerationUseCase.HASHTAG_GENERATION,
    GenerationUseCase.CONTENT_CALENDAR,
    GenerationUseCase.BRAND_VOICE,
]
NAMES = st.sampled_from(
    [
        *("content", "hashtags", "emojis", "subject", "preheader", "body", "entries", "date"),
        *("time", "platform", "type", "objective", "topic", "copy", "summary", "tone", "traits"),
        *("vocabulary", "avoid", "address", "examples"),
    ]
)
TEXTS = st.sampled_from(
    [
        "", " ", "#Cafe", "Café ☕", "2026-12-24", "2025-02-31", "12:30", "feed", "reel", "sales",
        "threads", "tú", "\ud83d", "\u200d", "a\r\nb", "#uno #dos", "x" * 3000, "😀" * 700,
    ]
) | st.text(max_size=12)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(NAMES, inner, max_size=9),
    max_leaves=25,
)
FOUND = st.dictionaries(NAMES, VALUES, max_size=9) | st.fixed_dictionaries(
    {
        "entries": st.lists(
            st.fixed_dictionaries(
                dict.fromkeys(("date", "time", "platform", "type", "objective", "copy"), TEXTS)
            ),
            max_size=40,
        )
    }
)


def brief(use_case: GenerationUseCase, max_length: int | None, month: str | None) -> Brief:
    """A brief with the bundled template."""
    asked = request(useCase=use_case.value, maxLength=max_length, month=month)
    shape = shape_of(use_case)
    surface = RULES.surface_for(shape.default_platform, use_case)
    limit = RULES.hard_limit(surface.id)
    return Brief(
        request=asked,
        template=PackagedPrompts().template(use_case, shape.default_platform),
        rules=RULES,
        ad_rules=AD_RULES,
        surface=surface.id,
        length=LengthTarget(limit.value, limit.measure or Measure.UTF16, max_length),
        today=MOMENT.date(),
    )


@pytest.mark.parametrize("use_case", TEXT_USE_CASES)
@given(
    FOUND, st.none() | st.integers(1, 300), st.sampled_from([None, "2026-02", "2027-12", "2028-02"])
)
def test_any_object_gives_a_typed_result_that_fits_once_it_is_mended(
    use_case: GenerationUseCase, found: dict[str, Any], max_length: int | None, month: str | None
) -> None:
    shape, settled = shape_of(use_case), brief(use_case, max_length, month)
    result = shape.read(found, settled)
    assert type(result) is RESULTS[use_case]
    assert result.text == copy_text(result.text)
    assert clean_hashtags(result.suggested_hashtags) == result.suggested_hashtags
    assert len(result.suggested_hashtags) <= settled.template.max_hashtags
    assert len(shape.correction(result, settled)) <= len(LONGEST_CORRECTION)

    mended = shape.mend(result, settled)
    assert type(mended.result) is type(result)
    if not isinstance(mended.result, ContentCalendar):
        assert settled.length.overflow(mended.result.text) is None
        assert all("\n" not in line for _, line in mended.result.lines_beside)
    written = mended.result.model_dump_json(by_alias=True)
    assert RESULTS[use_case].model_validate_json(written) == mended.result


@given(FOUND, st.none() | st.integers(1, 300), st.sampled_from([None, "2028-02", "2027-12"]))
def test_any_calendar_lies_in_its_month_in_exact_mixes(
    found: dict[str, Any], max_length: int | None, month: str | None
) -> None:
    use_case = GenerationUseCase.CONTENT_CALENDAR
    shape, settled = shape_of(use_case), brief(use_case, max_length, month)
    result = shape.mend(shape.read(found, settled), settled).result
    assert isinstance(result, ContentCalendar)
    entries = result.entries
    assert len(entries) <= MOST_ENTRIES
    assert all(entry.date.startswith(month or "2026-12") for entry in entries)
    assert all(utf16(entry.copy) <= (max_length or 63206) for entry in entries)
    types, objectives = ([entry.type for entry in entries], [entry.objective for entry in entries])
    assert Counter(types) == +Counter(apportion(len(entries), TYPE_SHARES))
    assert Counter(objectives) == +Counter(apportion(len(entries), OBJECTIVE_SHARES))


@pytest.mark.parametrize("use_case", TEXT_USE_CASES)
@given(st.integers(20, 100_000))
def test_every_text_and_list_of_a_schema_is_bounded(
    use_case: GenerationUseCase, bound: int
) -> None:
    """So that a small model ends, and llama.cpp takes the grammar."""
    settled = brief(use_case, None, None)
    unbounded: list[object] = []

    def look(part: dict[str, Any]) -> None:
        if part["type"] == "string" and not ("enum" in part or 1 <= part["maxLength"] <= 2000):
            unbounded.append(part)
        if part["type"] == "array":
            assert 0 <= part["maxItems"] <= 31
            look(part["items"])
        for inner in part.get("properties", {}).values():
            look(inner)

    schema = shape_of(use_case).schema(settled, bound)
    look(dict(schema.schema))
    assert unbounded == []
    assert json.loads(json.dumps(schema.schema)) == schema.schema
