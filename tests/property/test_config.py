"""Laws of a configuration: endpoints, masks, keys and what is stored."""

from __future__ import annotations

import contextlib
import pickle
import string
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llama_marketing.domain.config.changes import ConfigChanges, conceal, merge_settings
from llama_marketing.domain.config.endpoint import normalise_endpoint, origin_of
from llama_marketing.domain.config.masking import is_mask, mask
from llama_marketing.domain.config.models import LlamaParameters, MetaAIConfig, StoredConfig
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import QuotaUnit

VISIBLE = st.characters(min_codepoint=33, max_codepoint=126)
PREFIXES = ("gsk_", "fw_", "tgp_v1_", "LLM|", "sk-or-", "sk-")
URL_PARTS = st.sampled_from(
    [
        *(
            "http://",
            "https://",
            "HTTP://",
            "ftp://",
            "//",
            "/",
            ":",
            "@",
            "?",
            "#",
            "\\",
            " ",
            "%",
        ),
        *("[", "]", "::1", "[::1]", "[fe80::1%25eth0]", "h", "a.b", "user:pw", "0", "80", "65535"),
        *("65536", "/v1", "/chat/completions", "..", "\r\n", "\t", "ñ", "\u2024", "；", "%2f", "x"),
    ]
)
URLS = st.lists(URL_PARTS, max_size=9).map("".join) | st.text(max_size=40)


@given(st.one_of(URLS, URLS.map("https://h".__add__), URLS.map("http://".__add__)))
@example("http://[::1]x:80")
@example("http://x[::1]:80")
@example("http://[v1.a]/")
def test_an_endpoint_is_refused_or_plain(text: str) -> None:
    """What is taken has one host for every reader; normalising it again changes nothing."""
    try:
        endpoint = normalise_endpoint(text)
    except InvalidRequest:
        return
    parts = urlsplit(endpoint)
    assert normalise_endpoint(endpoint) == endpoint
    assert parts.scheme in ("http", "https")
    assert parts.hostname is not None
    assert set(parts.hostname) <= set(string.ascii_lowercase + string.digits + "._-:")
    assert "@" not in parts.netloc
    assert not parts.query
    assert not parts.fragment
    assert not endpoint.endswith(("/", "/chat/completions"))
    assert endpoint.isascii()
    assert parts.port is None or 1 <= parts.port <= 65535
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    assert origin_of(endpoint) == f"{parts.scheme}://{host}:{port}"


@given(
    st.sampled_from(["http", "https"]),
    st.lists(st.text("abz09-_", min_size=1, max_size=8), min_size=1, max_size=4),
    st.none() | st.integers(1, 65535),
    st.sampled_from(["", "/", "/v1", "/v1/", "/openai/v1/chat/completions"]),
)
def test_every_ordinary_endpoint_is_taken(
    scheme: str, labels: list[str], port: int | None, path: str
) -> None:
    netloc = ".".join(labels) + ("" if port is None else f":{port}")
    endpoint = normalise_endpoint(f" {scheme}://{netloc}{path}\r\n")
    expected = {"": "/v1", "/": "/v1", "/v1/": "/v1"}.get(path, path)
    assert endpoint == f"{scheme}://{netloc}{expected.removesuffix('/chat/completions')}"


@given(st.text(VISIBLE, max_size=60), st.sampled_from(["", *PREFIXES]))
def test_a_mask_shows_a_public_prefix_and_at_most_four_characters(body: str, prefix: str) -> None:
    """It is recognised as a mask, and has no other length for another key."""
    key = prefix + body
    shown = mask(key, PREFIXES)
    if not key:
        assert shown == ""
        return
    public = max((text for text in PREFIXES if key.startswith(text)), key=len, default="")
    assert is_mask(shown)
    assert shown.startswith(public + "*" * 8)
    behind = shown[len(public) + 8 :]
    assert behind == "" or (behind == key[-4:] and len(key) >= 20)
    if len(key) >= 20 and len(key) - len(public) >= 8:
        assert behind == key[-4:]


@given(st.text(VISIBLE, max_size=30).filter(lambda text: "*" * 8 not in text))
def test_a_key_is_a_key_and_is_kept_as_typed(key: str) -> None:
    typed = ConfigChanges.read(conceal({"apiKey": key})).api_key
    assert (typed.reveal() if typed else "") == key


@given(
    st.text(VISIBLE, min_size=1, max_size=60),
    st.sampled_from(["", *PREFIXES, "own-prefix-of-20-chars_"]),
)
def test_a_mask_is_never_taken_for_a_key(key: str, prefix: str) -> None:
    shown = mask(prefix + key.replace("*", "x"), (*PREFIXES, "own-prefix-of-20-chars_"))
    fields = {"apiKey": shown, "fallbackHosts": [{"hostingProvider": "groq", "apiKey": shown}]}
    changes = ConfigChanges.read(conceal(fields))
    assert changes.api_key is None
    assert changes.fallback_hosts is not None
    assert changes.fallback_hosts[0].api_key is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 10**6) | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["temperature", "apiKey", "x", "enabled"]), inner, max_size=2
        )
    ),
    max_leaves=4,
)
NAMES = st.sampled_from(
    [field.alias or name for name, field in ConfigChanges.model_fields.items()] + ["unknown"]
)


@given(st.dictionaries(NAMES, JSON, max_size=5))
def test_any_json_is_changes_or_an_invalid_request(fields: dict[str, Any]) -> None:
    """And what was read changes a configuration into a sound one, or is refused."""
    current = dict(
        MetaAIConfig(id="c", client_id="c", organization_id="o", hosting_provider="groq")
    )
    with contextlib.suppress(InvalidRequest):
        changes = ConfigChanges.read(conceal(fields))
        merged = MetaAIConfig.read(merge_settings(current, changes))
        assert StoredConfig.read({"config": merged.model_dump()}).config == merged


@given(st.dictionaries(st.sampled_from(["apiKey", "api_key", "fallbackHosts", "parameters"]), JSON))
def test_a_key_is_wrapped_at_every_depth_that_can_hold_one(fields: dict[str, Any]) -> None:
    """Nothing that stands under a key's name is left in clear, whatever it is."""
    canary = "gsk_canary-0123456789abcdef"
    for hidden in (canary, [canary], {"apiKey": canary}, canary.encode()):
        given_fields = {
            **fields,
            "apiKey": hidden,
            "fallbackHosts": [{"hostingProvider": "groq", "apiKey": hidden}],
        }
        concealed = conceal(given_fields)
        assert canary not in repr(concealed)
        assert canary.encode() not in repr(concealed).encode()


def test_concealed_keys_cannot_be_pickled() -> None:
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(conceal({"apiKey": "gsk_canary"}))


QUOTAS = st.none() | st.decimals(0, 10**6, places=12) | st.sampled_from(
    [Decimal("0.1"), Decimal(0), Decimal("49.99")]
)  # fmt: skip


@given(
    QUOTAS,
    st.none() | st.just("llama-3.1-8b-instruct"),
    st.none() | st.floats(0.1, 600),
    st.lists(st.integers(1, 1000), max_size=3),
    st.booleans(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
def test_a_stored_configuration_is_read_back_the_same(
    quota: Decimal | None,
    fallback: str | None,
    deadline: float | None,
    alerts: list[int],
    sealed: bool,
    prompt: str,
) -> None:
    """None stays None where it is not the default; money has the digits JSON holds."""
    stored = StoredConfig(
        config=MetaAIConfig(
            id="c",
            client_id="c",
            organization_id="o",
            hosting_provider="groq",
            quota_monthly=quota,
            fallback_model_id=fallback,
            deadline_seconds=deadline,
            quota_alerts=tuple(alerts),
            parameters=LlamaParameters(system_prompt=prompt),
        ),
        sealed_key="token" if sealed else "",
        sealed_fallback_keys=("a", ""),
    )
    again = StoredConfig.model_validate_json(stored.model_dump_json())
    kept = again.config.model_copy(update={"quota_monthly": quota})
    assert again.model_copy(update={"config": kept}) == stored
    before, after = stored.config.quota_monthly, again.config.quota_monthly
    assert (before is None) == (after is None)
    assert before is None or after is None or float(after) == float(before)
    assert pickle.loads(pickle.dumps(stored)) == stored


@given(st.sampled_from(list(QuotaUnit)), st.integers(0, 2 * 10**12), st.booleans())
def test_a_quota_has_the_bounds_of_its_unit(unit: QuotaUnit, amount: int, broken: bool) -> None:
    quota = Decimal(amount) + (Decimal("0.5") if broken else 0)
    most = {"usd": 10**6, "tokens": 10**12, "generations": 10**9}[unit.value]
    fields = {"quota_monthly": quota, "quota_unit": unit}
    sound = quota <= most and (unit is QuotaUnit.USD or not broken)
    config = {"id": "c", "client_id": "c", "organization_id": "o", "hosting_provider": "groq"}
    if sound:
        assert MetaAIConfig.read(config | fields).quota_monthly == quota
    else:
        with pytest.raises(InvalidRequest):
            MetaAIConfig.read(config | fields)
