"""Changes: the rules of a merge patch, strict types, and keys that stay wrapped."""

from __future__ import annotations

import traceback
from decimal import Decimal
from typing import Any

import pytest

from llama_marketing.domain.config.changes import ConfigChanges, conceal, merge_settings
from llama_marketing.domain.config.models import (
    AdvancedSettings,
    LlamaParameters,
    MetaAIConfig,
    UseCaseConfig,
)
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import GenerationUseCase, QuotaUnit

CANARY = "gsk_canary0123456789canary0123456789"


def config(**fields: Any) -> MetaAIConfig:
    """A configuration that differs from the defaults everywhere."""
    given: dict[str, Any] = {
        "id": "c1",
        "client_id": "cli1",
        "organization_id": "org1",
        "hosting_provider": "groq",
        "enabled": True,
        "selected_model_id": "m1",
        "fallback_model_id": "m2",
        "parameters": LlamaParameters(temperature=0.2, system_prompt="Tuteo."),
        "use_cases": (UseCaseConfig(use_case=GenerationUseCase.AD_COPY, enabled=False),),
        "quota_monthly": Decimal(7),
        "quota_alerts": (50,),
        "cloud_fallback": True,
        "deadline_seconds": 30.0,
        "cache_hours": 1,
        "advanced": AdvancedSettings(quantization="q4", context_window=4096),
    }
    return MetaAIConfig(**given | fields)


def changed(fields: dict[str, Any], before: MetaAIConfig | None = None) -> MetaAIConfig:
    """The configuration after a form was sent."""
    current = dict(before or config())
    return MetaAIConfig.read(merge_settings(current, ConfigChanges.read(conceal(fields))))


def test_what_is_not_sent_stays() -> None:
    """An empty form changes nothing."""
    assert changed({}) == config()
    assert changed({"enabled": False}) == config(enabled=False)


def test_a_group_is_merged_field_by_field_in_either_case() -> None:
    """One parameter is changed, the others stay."""
    for name in ("maxTokens", "max_tokens"):
        assert changed({"parameters": {name: 9}}).parameters == LlamaParameters(
            temperature=0.2, system_prompt="Tuteo.", max_tokens=9
        )
    moderation = changed({"moderation": {"automatic": True}}).moderation
    assert (moderation.automatic, moderation.min_confidence) == (True, 0.7)


def test_null_in_a_group_brings_the_default_back() -> None:
    """Of one field, or of them all."""
    assert changed({"parameters": {"systemPrompt": None}}).parameters == LlamaParameters(
        temperature=0.2
    )
    assert changed({"advanced": {"quantization": None}}).advanced == AdvancedSettings(
        context_window=4096
    )
    assert changed({"parameters": None}).parameters == LlamaParameters()
    with pytest.raises(InvalidRequest):
        changed({"parameters": {"unknown": None}})


def test_a_group_is_made_where_there_was_none() -> None:
    """A new configuration takes the rest from the defaults."""
    fields = merge_settings({}, ConfigChanges.read({"parameters": {"topP": 0.5}}))

    assert fields == {"parameters": LlamaParameters(top_p=0.5)}


def test_a_list_replaces_the_list() -> None:
    """Nothing is merged inside of lists."""
    assert changed({"useCases": [], "quotaAlerts": [80, 100]}) == config(
        use_cases=(), quota_alerts=(80, 100)
    )


def test_null_clears() -> None:
    """No fallback model, no quota, no deadline of its own; the others go back to the default."""
    cleared = changed(
        dict.fromkeys(
            [
                *("fallbackModelId", "quotaMonthly", "deadlineSeconds", "selectedModelId"),
                *("enabled", "useCases", "quotaAlerts", "quotaUnit", "cloudFallback", "advanced"),
                "cacheHours",
            ]
        )
    )

    assert (cleared.fallback_model_id, cleared.quota_monthly) == (None, None)
    assert cleared == MetaAIConfig(
        id="c1",
        client_id="cli1",
        organization_id="org1",
        hosting_provider="groq",
        fallback_model_id=None,
        quota_monthly=None,
        parameters=config().parameters,
    )


def test_null_hosts_and_keys_are_read_as_what_they_mean() -> None:
    """No other hosts is an empty list; no key typed is None, which the service keeps."""
    changes = ConfigChanges.read(
        conceal({"fallbackHosts": None, "apiKey": None, "hostingProvider": None})
    )

    assert changes.fallback_hosts == ()
    assert changes.sent("api_key")
    assert (changes.api_key, changes.hosting_provider) == (None, None)
    assert ConfigChanges.read({}).fallback_hosts is None


@pytest.mark.parametrize(
    "fields",
    [
        {"parameters": {"temperature": "0.5"}},
        {"parameters": {"temperature": True}},
        {"parameters": {"temperature": 2.01}},
        {"parameters": {"temperature": float("nan")}},
        {"parameters": {"topP": "1"}},
        {"parameters": {"maxTokens": "5"}},
        {"parameters": {"maxTokens": True}},
        {"parameters": {"maxTokens": 0}},
        {"parameters": {"maxTokens": 16385}},
        {"parameters": {"maxTokens": 10**400}},
        {"parameters": {"frequencyPenalty": -0.1}},
        {"parameters": {"responseFormat": "xml"}},
        {"parameters": {"systemPrompt": "\ud800"}},
        {"parameters": {"systemPrompt": "x" * 20_001}},
        {"parameters": []},
        {"useCases": [{"useCase": "ad_copy", "maxTokensOverride": "5"}]},
        {"useCases": [{"useCase": "ad_copy", "maxTokensOverride": 0}]},
        {"useCases": [{"useCase": "ad_copy", "enabled": 1}]},
        {"useCases": [{"useCase": "ad_copy"}, {"useCase": "ad_copy"}]},
        {"useCases": [{"useCase": "poem"}]},
        {"useCases": [{"useCase": "ad_copy", "x": 1}]},
        {"moderation": {"automatic": "true"}},
        {"moderation": {"minConfidence": "0.7"}},
        {"moderation": {"crisisPerHour": True}},
        {"advanced": {"contextWindow": "4096"}},
        {"advanced": {"contextWindow": 255}},
        {"advanced": {"visionMode": "fast"}},
        {"advanced": {"x": 1}},
        {"moderation": {"x": {"y": 1}}},
        {"quotaMonthly": "5"},
        {"quotaMonthly": True},
        {"quotaMonthly": -1},
        {"quotaMonthly": float("inf")},
        {"quotaMonthly": 1_000_001},
        {"quotaMonthly": 1.5, "quotaUnit": "tokens"},
        {"quotaMonthly": 10**9 + 1, "quotaUnit": "generations"},
        {"quotaUnit": "euros"},
        {"quotaAction": "stop"},
        {"quotaAlerts": ["80"]},
        {"quotaAlerts": [True]},
        {"quotaAlerts": [0]},
        {"quotaAlerts": [1] * 11},
        {"deadlineSeconds": "5"},
        {"deadlineSeconds": True},
        {"deadlineSeconds": 0},
        {"deadlineSeconds": 601},
        {"cacheHours": "24"},
        {"cacheHours": True},
        {"cacheHours": -1},
        {"cacheHours": 1.5},
        {"cacheHours": 721},
        {"enabled": "true"},
        {"enabled": 1},
        {"cloudFallback": 0},
        {"revision": "1"},
        {"revision": True},
        {"selectedModelId": ""},
        {"selectedModelId": "x" * 129},
        {"hostingProvider": ""},
        {"hostingProvider": 5},
        {"apiKey": 5},
        {"apiKey": [CANARY]},
        {"apiKey": {"apiKey": CANARY}},
        {"apiKey": CANARY.encode()},
        {"apiKey": CANARY + "ñ"},
        {"apiKey": CANARY + " x"},
        {"apiKey": CANARY + "\n"},
        {"apiKey": CANARY * 200},
        {"fallbackHosts": [{"hostingProvider": "groq", "apiKey": CANARY + "\r"}]},
        {"fallbackHosts": [{"hostingProvider": "groq", "x": 1}]},
        {"fallbackHosts": [{"hostingProvider": "groq"}] * 11},
        {"fallbackHosts": [{"apiKey": CANARY}]},
        {"apiKey": CANARY, "x": 1},
        {"x\ud800": 1},
    ],
    ids=lambda fields: str(fields)[:40],
)
def test_a_wrong_field_is_refused_and_no_key_is_told(fields: dict[str, Any]) -> None:
    """Not in the error, nor in a local variable of any frame below ``create`` and ``update``."""
    concealed = conceal(fields)
    with pytest.raises(InvalidRequest) as caught:
        MetaAIConfig.read(merge_settings(dict(config()), ConfigChanges.read(concealed)))

    error = caught.value
    trace = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame for frame in trace.stack if "test_changes" not in frame.filename]
    shown = f"{error} {error.issues} {[frame.locals for frame in frames]}"
    assert "canary" not in shown
    assert error.__context__ is None
    assert error.__cause__ is None


@pytest.mark.parametrize(
    "fields",
    [
        {"parameters": {"temperature": 2, "topP": 0, "maxTokens": 16384}},
        {"quotaMonthly": 1_000_000},
        {"quotaMonthly": 10**12, "quotaUnit": "tokens"},
        {"quotaMonthly": 5.0, "quotaUnit": "generations"},
        {"quotaMonthly": 0},
        {"deadlineSeconds": 600},
        {"cacheHours": 0},
        {"cacheHours": 720},
        {"quotaAlerts": [1, 1000]},
        {"useCases": [{"useCase": "ad_copy", "maxTokensOverride": 1_000_000}]},
    ],
)
def test_the_bounds_themselves_are_taken(fields: dict[str, Any]) -> None:
    """As interfaces 2.1 has them."""
    changed(fields)


def test_a_quota_keeps_its_decimal_digits() -> None:
    """A JSON 0.1 is one tenth, not the float beside it."""
    assert changed({"quotaMonthly": 0.1}).quota_monthly == Decimal("0.1")
    assert changed({"quotaMonthly": 5.0, "quotaUnit": "tokens"}).quota_unit is QuotaUnit.TOKENS


def test_a_form_that_was_read_before_can_be_sent_back() -> None:
    """With the mask, the masked twin, the dates and the warnings."""
    before = config(api_key="gsk_********abcd", api_key_masked="gsk_********abcd", warnings=("x",))
    form = before.model_dump(mode="json", by_alias=True)

    changes = ConfigChanges.read(conceal(form))

    assert changes.api_key is None
    assert changed(form, before) == before


def test_a_key_is_taken_as_typed_and_not_shown() -> None:
    """An empty one, or our mask, is none."""
    changes = ConfigChanges.read(conceal({"api_key": CANARY}))

    assert changes.api_key is not None
    assert changes.api_key.reveal() == CANARY
    assert "api_key=" not in repr(changes)
    assert ConfigChanges.read(conceal({"apiKey": ""})).api_key is None
    assert ConfigChanges.read(conceal({"apiKey": "any-prefix-at-all********"})).api_key is None


def test_concealing_changes_nothing_else() -> None:
    """Tuples become lists, what is too deep or no mapping is handed on as it is."""
    deep: dict[str, Any] = {"a": {"b": {"c": {"d": {"e": 1}}}}}
    assert conceal(deep) == deep
    assert conceal({"a": (1, "x"), 3: None}) == {"a": [1, "x"], 3: None}
    assert conceal("text") == "text"
    assert conceal(None) is None
