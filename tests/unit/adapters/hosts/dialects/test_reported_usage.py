"""Usage is believed only when it can be true."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from llama_marketing.adapters.hosts.dialects.reported_usage import (
    MAX_TOKENS,
    believable_usage,
    count_of,
    count_or_zero,
)
from llama_marketing.adapters.package_data.catalog import PackagedCatalog
from llama_marketing.domain.chat.models import ReportedUsage
from llama_marketing.domain.costing.cost import cost


def usage(tokens_in: Any = 12, tokens_out: Any = 5, **more: Any) -> dict[str, Any]:
    """A usage object."""
    return {"prompt_tokens": tokens_in, "completion_tokens": tokens_out, **more}


@pytest.mark.parametrize(
    ("reported", "believed"),
    [
        (usage(), ReportedUsage(12, 5)),
        (usage(total_tokens=17), ReportedUsage(12, 5)),
        (usage(total_tokens=30), ReportedUsage(12, 5)),
        (usage(total_tokens=None), ReportedUsage(12, 5)),
        (usage(0, 0, total_tokens=0), ReportedUsage(0, 0)),
        (usage(MAX_TOKENS, 0), ReportedUsage(MAX_TOKENS, 0)),
        (usage(queue_time=0.1, total_time=0.5), ReportedUsage(12, 5)),
        (usage(prompt_tokens_details={"cached_tokens": 4}), ReportedUsage(12, 5, 4)),
        (usage(prompt_tokens_details={"cached_tokens": 12}), ReportedUsage(12, 5, 12)),
        (usage(cached_tokens=3), ReportedUsage(12, 5, 3)),
        (usage(cached_tokens=3, prompt_tokens_details=None), ReportedUsage(12, 5, 3)),
        (usage(cached_tokens=3, prompt_tokens_details={}), ReportedUsage(12, 5, 3)),
        (
            usage(cached_tokens=3, prompt_tokens_details={"cached_tokens": 4}),
            ReportedUsage(12, 5, 4),
        ),
        # Cached tokens that cannot be count as none: the dearer reading.
        (usage(cached_tokens=13), ReportedUsage(12, 5)),
        (usage(cached_tokens=-1), ReportedUsage(12, 5)),
        (usage(cached_tokens="4"), ReportedUsage(12, 5)),
        (usage(prompt_tokens_details={"cached_tokens": True}), ReportedUsage(12, 5)),
        # What was written to the cache is dearer; it is at most what was not read from it.
        (
            usage(prompt_tokens_details={"cached_tokens": 4, "cache_write_tokens": 3}),
            ReportedUsage(12, 5, 4, 3),
        ),
        (
            usage(prompt_tokens_details={"cached_tokens": 4, "cache_write_tokens": 99}),
            ReportedUsage(12, 5, 4, 8),
        ),
        (usage(prompt_tokens_details={"cache_write_tokens": -1}), ReportedUsage(12, 5)),
    ],
)
def test_a_report_that_can_be_true_is_believed(reported: object, believed: ReportedUsage) -> None:
    """0 stays 0."""
    assert believable_usage(reported) == believed


WRONG: list[object] = [
    None,
    -1,
    1.5,
    12.0,
    float("nan"),
    float("inf"),
    1e99,
    "12",
    "",
    True,
    [],
    {},
    MAX_TOKENS + 1,
]


@pytest.mark.parametrize("wrong", WRONG, ids=repr)
@pytest.mark.parametrize("field", ["prompt_tokens", "completion_tokens"])
def test_a_count_that_is_none_makes_the_report_unknown(field: str, wrong: object) -> None:
    """Either of the two."""
    assert believable_usage({**usage(), field: wrong}) is None
    assert believable_usage({key: value for key, value in usage().items() if key != field}) is None


@pytest.mark.parametrize("total", [16, 0, -1, 17.0, "17", True, float("nan"), {}])
def test_a_total_that_does_not_fit_makes_the_report_unknown(total: object) -> None:
    """Less than the parts, or no count."""
    assert believable_usage(usage(total_tokens=total)) is None


@pytest.mark.parametrize(
    "reported", [None, 0, 17, "17", [], [usage()], True, {}, {"total_tokens": 5}]
)
def test_what_is_no_usage_object_is_unknown(reported: object) -> None:
    """Nor one without counts."""
    assert believable_usage(reported) is None


@pytest.mark.parametrize("wrong", [value for value in WRONG if value is not None], ids=repr)
def test_what_is_no_number_of_tokens_is_no_count(wrong: object) -> None:
    """Where nothing is said, that is no count either, or 0."""
    assert (count_of(wrong), count_or_zero(wrong)) == (None, None)
    assert (count_of(None), count_or_zero(None)) == (None, 0)
    assert (count_of(0), count_or_zero(7)) == (0, 7)


def test_tokens_written_to_the_cache_cost_their_own_price() -> None:
    """GPT-6 Luna: 100 at 0.10 + 400 at 0.01 + 500 at 0.125 USD a million = 0.0000765 USD."""
    details = {"cached_tokens": 400, "cache_write_tokens": 500}
    believed = believable_usage(usage(1000, 0, prompt_tokens_details=details))
    price = PackagedCatalog().catalog().price_on("openai", "gpt-6-luna", date(2026, 11, 28))

    assert believed is not None
    assert price is not None
    assert (
        cost(
            price,
            believed.input_tokens,
            believed.output_tokens,
            believed.cached_tokens,
            cache_write_tokens=believed.cache_write_tokens,
        )
        == 76_500_000
    )
