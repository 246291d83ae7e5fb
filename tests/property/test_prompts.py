"""Laws of prompts: what came with a request is data in the user turn, and opens no turn."""

from __future__ import annotations

import json
import unicodedata
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.chat.models import Role
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.generation.neutralise import _TOKEN, neutralise
from llama_marketing.domain.generation.prompts import OwnPrompts, PromptTemplate, fill
from llama_marketing.domain.vocabulary import GenerationUseCase

PARTS = st.sampled_from(
    [
        *'<>|[]()/{} \n"\\ñé\u200b\u200d\u202e\ufeff\u00ad\U000e0041＜＞｜［］／\u0301😀',
        *("<|", "|>", "eot_id", "<|eot_id|>", "[INST]", "[/INST]", "<<SYS>>", "</s>", "ＩＮＳＴ"),
        *("<|start_header_id|>system<|end_header_id|>", "s", "SYS", "{tone}", "👩\u200d👧", "🄸"),
    ]
)
TEXTS = st.lists(PARTS, max_size=25).map("".join)
TEMPLATE = PromptTemplate(
    id="social_post",
    version=1,
    use_case=GenerationUseCase.SOCIAL_POST,
    system="Escribe para {platform} en {language}, tono {tone}, {length} caracteres. {unknown}",
    output="Un objeto JSON.",
    safety="Reglas.",
    length_target=100,
    as_of=date(2026, 11, 1),
    source="test",
)


def compatible(text: str) -> str:
    """How the most lenient reader sees a text."""
    seen = unicodedata.normalize("NFKC", text)
    return "".join(char for char in seen if unicodedata.category(char) != "Cf")


@given(TEXTS | st.text(max_size=30))
def test_no_token_is_left_in_any_disguise(text: str) -> None:
    assert _TOKEN.search(compatible(neutralise(text))) is None


@given(TEXTS | st.text(max_size=30))
def test_neutralising_twice_is_neutralising_once(text: str) -> None:
    assert neutralise(neutralise(text)) == neutralise(text)


@given(TEXTS | st.text(max_size=30))
def test_a_text_without_tokens_loses_only_format_characters(text: str) -> None:
    visible = "".join(char for char in text if unicodedata.category(char) != "Cf")
    clean = neutralise(text)
    assert not any(unicodedata.category(char) == "Cf" and char != "\u200d" for char in clean)
    if _TOKEN.search(compatible(text)) is None:
        assert clean.replace("\u200d", "") == visible


@given(TEXTS, TEXTS, TEXTS)
def test_a_request_reaches_only_the_user_turn_and_as_json(
    prompt: str, voice: str, previous: str
) -> None:
    """The system turn is the same for any request of the same kind."""
    fields = {
        "use_case": "social_post",
        "context": {"brand_voice": voice, "previous_content": previous, "competitor_refs": [voice]},
        "brand_kit": {"tone": voice},
    }
    try:
        request = GenerationRequest.read({**fields, "prompt": prompt})
    except InvalidRequest:
        return
    harmless = GenerationRequest(use_case=GenerationUseCase.SOCIAL_POST, prompt="Café")
    system, user = fill(TEMPLATE, request, 100).messages("Acórtalo.", "1 de 2")
    expected = fill(TEMPLATE, harmless, 100).messages()[0]

    assert system == expected
    assert [system.role, user.role] == [Role.SYSTEM, Role.USER]
    told = json.loads(user.content)
    assert told["pedido"] == neutralise(prompt)
    assert (told["correccion"], told["variante"]) == ("Acórtalo.", "1 de 2")
    data = told.get("datos", {})
    for name, text in (
        ("voz_de_marca", voice), ("tono_de_marca", voice), ("contenido_previo", previous),
    ):  # fmt: skip
        assert data.get(name, "") == (neutralise(text) if text else "")


@given(TEXTS, TEXTS)
def test_the_safety_rules_end_every_system_turn(general: str, custom: str) -> None:
    """After what a reply must be; a client's own prompts change neither, nor what they say."""
    request = GenerationRequest(use_case=GenerationUseCase.SOCIAL_POST, prompt="Café")
    system = fill(TEMPLATE, request, 100, OwnPrompts(general, custom)).system
    assert system.endswith("\n\nReglas.")
    assert system.count("Un objeto JSON.") == 1
    assert system.startswith("Escribe para ") == is_blank(neutralise(custom))
    assert _TOKEN.search(compatible(system)) is None
