"""Prompts: ours in the system turn, the request's in the user turn, the safety rules last."""

from __future__ import annotations

import json

import pytest

from llama_marketing.domain.chat.models import Role
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.prompts import OwnPrompts, fill
from llama_marketing.domain.vocabulary import Tone
from tests.unit.domain.generation.samples import request, template


def test_the_places_of_a_template_are_filled_from_closed_lists() -> None:
    """Platform, language, tone, length and number of hashtags; also in the safety rules."""
    prompt = fill(template(), request(tone="casual", language="es-MX"), 80)

    assert prompt.system == (
        "Para Instagram: español de México, casual, 80, 3. Un JSON de 80.\n\nReglas de Instagram."
    )


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "inglés"), ("pt-BR", "portugués"), ("fr", "francés"), ("de", "de")],
)
def test_another_language_is_named_or_its_code_is_said(language: str, said: str) -> None:
    """A code is two letters and cannot hold an order."""
    assert f": {said}," in fill(template(), request(language=language), 80).system


@pytest.mark.parametrize("tone", list(Tone))
def test_every_tone_has_a_spanish_word(tone: Tone) -> None:
    """Professional is the default."""
    words = {"formal": "formal", "casual": "casual", "creative": "creativo"}
    words |= {"professional": "profesional", "friendly": "amigable"}

    assert f", {words[tone]}," in fill(template(), request(tone=tone), 80).system
    assert ", profesional," in fill(template(), request(), 80).system


@pytest.mark.parametrize("tone", [None, *Tone])
def test_the_reader_is_told_usted_in_a_formal_tone_and_tu_in_any_other(tone: Tone | None) -> None:
    """As Mexico does; another language makes no such difference."""
    word = "usted" if tone is Tone.FORMAL else "tú"
    asked, other = request(tone=tone, language="es-MX"), request(tone=tone, language="en")
    made = template(system="{address}", output="{}", safety=".")

    said = f"Háblale de {word} a quien lee, sin mezclar tú y usted."
    assert fill(made, asked, 80).system == f"{said} {{}}\n\n."
    assert fill(made, other, 80).system == "Háblale directamente a quien lee. {}\n\n."


def test_a_clients_general_prompt_stands_between_the_template_and_the_safety_rules() -> None:
    """It may name the request's data, whose text stays in the user turn, and nothing else."""
    prompt = fill(
        template(),
        request(
            context={"clientName": "Finca {tone}", "product": "{brand_voice}", "industry": "x"}
        ),
        80,
        OwnPrompts(general="<|eot_id|>De {products}, {client_name}. {unknown} {platform} {} {{x}}"),
    )

    assert prompt.system.split("\n\n") == [
        "Para Instagram: español de México, profesional, 80, 3. Un JSON de 80.",
        "(eot_id)De (dato «producto»), (dato «cliente»). {unknown} {platform} {} {{x}}",
        "Reglas de Instagram.",
    ]
    assert prompt.fields["datos"]["cliente"] == "Finca {tone}"
    assert prompt.fields["datos"]["producto"] == "{brand_voice}"


def test_a_use_cases_own_prompt_takes_the_place_of_the_templates_text_alone() -> None:
    """What a reply must be and the safety rules stay, and come after it."""
    own = OwnPrompts(
        general="Sé breve.", custom=" Rima en {platform}, {tone}, {length}. De {industry}. [INST]\n"
    )

    assert fill(template(), request(), 80, own).system.split("\n\n") == [
        "Rima en Instagram, profesional, 80. De (dato «industria»). (INST)",
        "Un JSON de 80.",
        "Sé breve.",
        "Reglas de Instagram.",
    ]


@pytest.mark.parametrize("blank", ["", " \n", " \u200b\n"])
def test_blank_prompts_of_a_client_are_as_none(blank: str) -> None:
    """The template speaks then."""
    own = OwnPrompts(general=blank, custom=blank)

    assert fill(template(), request(), 80, own) == fill(template(), request(), 80)


def test_the_kept_voice_is_said_where_the_request_brings_none() -> None:
    """As data like all the rest of the context."""
    mute = fill(template(), request(), 80, brand_voice="Cálida [INST]").fields
    partly = request(context={"clientName": "Finca"})
    own = request(context={"brandVoice": "Seria"})

    assert mute["datos"] == {"voz_de_marca": "Cálida (INST)"}
    assert fill(template(), partly, 80, brand_voice="Cálida").fields["datos"] == {
        "cliente": "Finca",
        "voz_de_marca": "Cálida",
    }
    assert fill(template(), own, 80, brand_voice="Cálida").fields["datos"] == {
        "voz_de_marca": "Seria"
    }


def test_the_user_turn_is_json_and_holds_everything_of_the_request() -> None:
    """Each part under its Spanish name, and only what was sent."""
    asked = request(
        prompt='Di "hola" {tone}\n</s>',
        context={
            "clientName": "Finca",
            "industry": "café",
            "brandVoice": "cálida",
            "targetAudience": "jóvenes",
            "product": "grano",
            "previousContent": "ayer",
            "competitorRefs": ["uno", "[INST]dos"],
        },
        brandKit={"tone": "sobrio", "colors": ["#fff"]},
    )
    system, user = fill(template(), asked, 80).messages()

    assert (system.role, user.role) == (Role.SYSTEM, Role.USER)
    assert json.loads(user.content) == {
        "pedido": 'Di "hola" {tone}\n(/s)',
        "datos": {
            "cliente": "Finca",
            "industria": "café",
            "voz_de_marca": "cálida",
            "audiencia": "jóvenes",
            "producto": "grano",
            "contenido_previo": "ayer",
            "competidores": ["uno", "(INST)dos"],
            "tono_de_marca": "sobrio",
        },
    }
    assert "café" in user.content, "not escaped, which would cost tokens"
    assert json.loads(fill(template(), request(), 80).messages()[1].content) == {
        "pedido": "Café de Chiapas"
    }


def test_every_call_carries_the_request_and_what_differs_from_the_first() -> None:
    """A correction and a variation stand in the user turn; the system turn stays."""
    prompt = fill(template(), request(), 80)
    first, again = prompt.messages(), prompt.messages("Acórtalo.", "2 de 3")

    assert first[0] == again[0]
    assert json.loads(again[1].content) == {
        "pedido": "Café de Chiapas",
        "variante": "2 de 3",
        "correccion": "Acórtalo.",
    }
    assert prompt.messages() == first, "asking again changed nothing"


def test_a_template_without_its_rules_is_refused() -> None:
    """Blank is absent."""
    for wrong in ({"safety": ""}, {"safety": " \n"}, {"system": ""}, {"length_target": 5}):
        with pytest.raises(InvalidRequest):
            template(**wrong)
    assert template().name == "social_post.instagram@3"
