"""Laws of the cache's key: equal requests alone are equal, in every process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.catalog.models import Catalog
from llama_marketing.domain.compliance.measures import Measure
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.generation.cache import cache_key
from llama_marketing.domain.generation.length import LengthTarget
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.vocabulary import Platform, Tone
from tests.unit.domain.catalog.samples import catalog, host
from tests.unit.domain.generation.samples import config, other, plan, request

ROOT = Path(__file__).resolve().parents[2]
IDS = st.text("abAB-_1", min_size=1, max_size=3)
TEXTS = st.text("aá ☕\n{}\"'\\", max_size=4)
SAID = TEXTS.filter(lambda text: not is_blank(text))
SHARES = st.floats(0.0, 1.0).map(abs)
REQUEST: dict[str, st.SearchStrategy[Any]] = {
    "prompt": SAID,
    "tone": st.none() | st.sampled_from(Tone),
    "language": st.sampled_from(["es", "es-MX", "en", "pt"]),
    "platform": st.none() | st.sampled_from(Platform),
    "max_length": st.none() | st.integers(50, 60),
    "variations": st.integers(1, 5),
    "image_url": st.none() | SAID,
    "context": st.none() | st.fixed_dictionaries({"product": SAID, "client_name": SAID}),
    "brand_kit": st.none()
    | st.fixed_dictionaries({"tone": SAID, "colors": st.lists(SAID, max_size=2)}),
}
CONFIG: dict[str, st.SearchStrategy[Any]] = {
    "id": IDS,
    "revision": st.integers(1, 9),
    "selected_model_id": st.sampled_from(["small", "eyes"]),
    "fallback_model_id": st.none() | st.sampled_from(["middle", "large"]),
    "api_endpoint": st.sampled_from(["", "https://a.example/v1", "https://b.example/v1"]),
    "fallback_hosts": st.sampled_from([(), (other("cloud"),), (other("cloud", model_id="large"),)]),
}
PARAMETERS: dict[str, st.SearchStrategy[Any]] = {
    "temperature": SHARES,
    "top_p": SHARES,
    "frequency_penalty": SHARES,
    "presence_penalty": SHARES,
    "max_tokens": st.integers(100, 200),
    "system_prompt": SAID,
}
TEMPLATE: dict[str, st.SearchStrategy[Any]] = {
    "id": IDS,
    "version": st.integers(1, 9),
    "system": SAID,
    "safety": SAID,
    "max_hashtags": st.integers(0, 5),
    "max_emojis": st.integers(0, 5),
}
OTHERS: dict[str, st.SearchStrategy[Any]] = {
    "organization": IDS,
    "client": IDS,
    "surface": IDS,
    "limit": st.integers(200, 210),
    "measure": st.sampled_from(Measure),
    "dialect": st.sampled_from(["openai", "gemini"]),
}
GROUPS = {
    "request": REQUEST,
    "config": CONFIG,
    "parameters": PARAMETERS,
    "template": TEMPLATE,
    "others": OTHERS,
}
PLACES = [(group, name) for group, names in GROUPS.items() for name in names]
Inputs = dict[str, dict[str, Any]]
INPUTS: st.SearchStrategy[Inputs] = st.fixed_dictionaries(
    {group: st.fixed_dictionaries(names) for group, names in GROUPS.items()}
)
FIXED: Inputs = {
    "request": {"prompt": "Café ☕", "variations": 2, "context": {"product": "pan"}},
    "config": {"fallback_model_id": "middle"},
    "parameters": {"temperature": 0.1, "max_tokens": 150},
    "template": {},
    "others": {
        "organization": "org1",
        "client": "cli1",
        "surface": "s",
        "limit": 200,
        "measure": Measure.UTF16,
        "dialect": "openai",
    },
}


def key_of(inputs: Inputs) -> str:
    """The key of a request under all that is drawn."""
    others = inputs["others"]
    asked = request(**inputs["request"])
    settings = config(**inputs["config"], parameters=inputs["parameters"])
    cloud = host("cloud", base_url="https://cloud.example/v1", dialect=others["dialect"])
    length = LengthTarget(others["limit"], others["measure"], asked.max_length)
    made = plan(asked, settings, served_by(cloud), length, others["surface"], **inputs["template"])
    return cache_key(TenantRef(others["organization"], others["client"]), made)


def served_by(cloud: Any) -> Catalog:
    """The sample catalog with another cloud."""
    known = catalog()
    return attrs.evolve(known, hosts=(cloud, *(row for row in known.hosts if row.id != "cloud")))


@given(INPUTS, st.sampled_from(PLACES), st.data())
def test_any_single_change_of_what_shapes_the_answer_is_another_key(
    inputs: Inputs, place: tuple[str, str], data: st.DataObject
) -> None:
    group, name = place
    before = inputs[group][name]
    after = data.draw(GROUPS[group][name].filter(lambda value: value != before), label="after")
    changed = inputs | {group: inputs[group] | {name: after}}
    assert key_of(changed) != key_of(inputs)


@given(INPUTS)
def test_equal_requests_have_equal_keys_whoever_sends_them_and_however(inputs: Inputs) -> None:
    """Who asks to bypass the cache, or names the client, asks for the same."""
    for more in ({}, {"bypass_cache": True}, {"client_id": "cli1"}):
        again = inputs | {"request": dict(reversed(inputs["request"].items())) | more}
        assert key_of(again) == key_of(inputs)


def test_the_key_is_the_same_in_every_process() -> None:
    """Nothing of it hangs on the order of a set or on a hash that is seeded."""
    told = {key_of(FIXED)}
    for seed in ("1", "2"):
        said = subprocess.run(
            [sys.executable, "-c", "from tests.property.test_cache import *; print(key_of(FIXED))"],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        told.add(said.stdout.strip())
    assert len(told) == 1
    assert len(told.pop()) == 64
