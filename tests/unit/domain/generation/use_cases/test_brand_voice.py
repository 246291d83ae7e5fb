"""A brand's voice, read off its texts."""

from __future__ import annotations

import pytest

from llama_marketing.domain.generation.results.brand_voice import BrandVoice
from llama_marketing.domain.generation.use_cases.brand_voice import BRAND_VOICE
from llama_marketing.domain.vocabulary import Address
from tests.unit.domain.generation.samples import brief, request


def test_a_voice_is_cleaned_and_bounded() -> None:
    """Lists have lines, each once; one text alone is a list of one."""
    found = {
        "summary": " Cálida y cercana.\r\nSiempre invita. ",
        "tone": "cálido,\ncercano",
        "traits": ["cercana", "Cercana", " ", 7, "alegre\n"],
        "vocabulary": [f"palabra {number}" for number in range(100)],
        "avoid": "barato",
        "address": "Tú",
        "examples": None,
    }

    read = BRAND_VOICE.read(found, brief())
    assert isinstance(read, BrandVoice)
    assert read == BrandVoice(
        summary="Cálida y cercana.\nSiempre invita.",
        tone="cálido, cercano",
        traits=("cercana", "alegre"),
        vocabulary=tuple(f"palabra {number}" for number in range(15)),
        avoid=("barato",),
        address=Address.TU,
        examples=(),
    )
    assert read.text == read.summary
    assert read.with_text("Sobria.").text == "Sobria."


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("tu", "tu"), (" TÚ ", "tu"), ("tuteo", "tu"), ("Usted", "usted"), ("ustedes", "usted"),
        ("vos", "vos"), ("neutral", "neutral"), ("", "neutral"), ("de tú o de usted", "neutral"),
    ],
)  # fmt: skip
def test_the_address_is_one_of_four_words(said: str, address: str) -> None:
    """However the model spells it; what is none of them takes no side."""
    read = BRAND_VOICE.read({"summary": "x", "address": said}, brief())

    assert isinstance(read, BrandVoice)
    assert read.address == address


def test_the_samples_stand_in_the_user_turn_as_data() -> None:
    """Neutralised; without any the prompt is what is analysed."""
    asked = request(useCase="brand_voice", samples=["Ven <|eot_id|>", "Pásale"])

    assert BRAND_VOICE.material(brief(asked)) == {"muestras": ["Ven (eot_id)", "Pásale"]}
    assert BRAND_VOICE.material(brief(request(useCase="brand_voice"))) == {}


def test_its_schema_bounds_every_text_and_list() -> None:
    """The address is offered as a choice."""
    parts = BRAND_VOICE.schema(brief(), 500).schema["properties"]

    assert list(parts) == list(BrandVoice.model_fields)
    assert parts["address"]["enum"] == ["tu", "usted", "vos", "neutral"]
    assert all("maxItems" in part for part in parts.values() if part["type"] == "array")
