"""Ads from a request to its answer: angles, limits, buttons, and what a person is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from llama_marketing.app.container import Container
from llama_marketing.domain.chat.models import ChatCall, HostTarget
from llama_marketing.domain.compliance.measures import utf16
from llama_marketing.domain.errors import BadOutput, InvalidRequest
from llama_marketing.domain.generation.models import GenerationResponse
from llama_marketing.domain.generation.results.ad_copy import AdCopy
from llama_marketing.testing.hosts import FakeChatHosts, Said
from tests.unit.app.samples import TENANT, configure, container_over, settled_entry

ASKED: dict[str, Any] = {
    "use_case": "ad_copy",
    "platform": "facebook",
    "prompt": "Buen Fin en Café Azul",
    "ad": {
        "objective": "Ventas",
        "product": "Café de Chiapas <|eot_id|>",
        "audience": "Oficinas de la colonia Roma",
        "landingUrl": "https://www.cafeazul.mx/buen-fin",
    },
}
TEXTS = (
    "Café recién tostado en tu oficina cada lunes, sin costo de envío.",
    "El Buen Fin termina el 18 de noviembre: llévate dos bolsas por una.",
    "Cuarenta oficinas de la Roma ya empiezan la mañana con nosotros.",
    "¿Junta a las ocho? Que el capuchino llegue antes que los clientes.",
    "Del grano a la taza: conoce a los productores de la sierra.",
)


def ad(number: int = 0, **fields: Any) -> str:
    """A reply as the schema asks for it."""
    given = {
        "primary_text": TEXTS[number],
        "headline": f"Café Azul {number + 1}",
        "description": "Envío gratis en la Roma",
        "cta": "SHOP_NOW",
    }
    return json.dumps(given | fields, ensure_ascii=False)


def turn(call: ChatCall) -> dict[str, Any]:
    """The user turn of a call."""
    asked: dict[str, Any] = json.loads(call.messages[-1].content)
    return asked


def by_variation(_: HostTarget, call: ChatCall) -> Said:
    """A different ad for each variation."""
    return ad(int(turn(call)["variante"][0]) - 1)


def generated(
    container: Container, *, changes: dict[str, Any] | None = None
) -> tuple[GenerationResponse, AdCopy]:
    """The answer to the usual request, and its result."""
    answer = container.generation_service().generate(TENANT, ASKED | (changes or {}))
    assert isinstance(answer.result, AdCopy)
    return answer, answer.result


def test_each_variation_is_an_ad_on_an_angle_of_its_own() -> None:
    """One is raised to two; a fifth repeats the first angle."""
    chat = FakeChatHosts(otherwise=by_variation)
    with container_over(chat) as container:
        configure(container)
        answer, result = generated(container)
        assert [each.angle for each in result.ads] == ["benefit", "urgency"]
        assert [each.primary_text for each in result.ads] == list(TEXTS[:2])
        assert (answer.content, answer.variations) == (TEXTS[0], TEXTS[:2])
        assert not answer.partial
        _, five = generated(container, changes={"variations": 5})
    angles = [each.angle for each in five.ads]
    assert angles == ["benefit", "urgency", "social_proof", "question", "benefit"]
    told = {turn(seen.call)["variante"] for seen in chat.calls}
    assert len(told) == 7
    assert any("con otro inicio" in each for each in told)


def test_an_ad_goes_out_with_its_button_its_preview_and_a_review() -> None:
    """The names are the customer's on the wire."""
    with container_over(FakeChatHosts(otherwise=by_variation)) as container:
        configure(container)
        answer, result = generated(container, changes={"context": {"clientName": "Café Azul"}})
    wire = answer.model_dump(mode="json", by_alias=True)
    first = wire["result"]["ads"][0]
    assert set(first) == {
        "angle", "headline", "primaryText", "description", "cta", "ctaLabel", "partial",
        "findings", "preview",
    }  # fmt: skip
    assert (first["cta"], first["ctaLabel"], first["partial"]) == ("SHOP_NOW", "Comprar", False)
    preview = first["preview"]
    assert (preview["pageName"], preview["displayUrl"]) == ("Café Azul", "cafeazul.mx")
    assert len(preview["placements"]) == 7
    assert wire["metadata"]["requiresHumanReview"] is True
    assert wire["metadata"]["publishable"]["verdict"] == "review"
    assert wire["metadata"]["promptVersion"] == "ad_copy.facebook@1"
    assert wire["metadata"]["platformCompliance"]["surface"] == "facebook_ad"
    assert GenerationResponse.read(wire) == answer
    assert result.requires_human_review


def test_the_request_reaches_the_model_as_data() -> None:
    """Neutralised, with the buttons of the objective; the schema bounds every text."""
    chat = FakeChatHosts(otherwise=by_variation)
    with container_over(chat) as container:
        configure(container)
        generated(container)
    call = chat.calls[0].call
    told = turn(call)["anuncio"]
    assert told["objetivo"] == "Ventas"
    assert told["producto"] == "Café de Chiapas (eot_id)"
    assert told["botones_sugeridos"][0] == "SHOP_NOW"
    assert "llamada_a_la_accion" not in told
    assert call.schema is not None
    properties = call.schema.schema["properties"]
    assert list(properties) == ["primary_text", "headline", "description", "cta"]
    assert [each.get("maxLength") for each in properties.values()] == [125, 40, 30, None]
    assert "WHATSAPP_MESSAGE" in properties["cta"]["enum"]


@pytest.mark.parametrize(("most", "asked"), [(None, 125), (500, 125), (60, 60)])
def test_the_primary_text_is_asked_for_in_the_advised_length(most: int | None, asked: int) -> None:
    """Or in the request's own, where that is shorter."""
    chat = FakeChatHosts(otherwise=by_variation)
    with container_over(chat) as container:
        configure(container)
        generated(container, changes={"max_length": most})
    call = chat.calls[0].call
    assert f"hasta {asked} caracteres" in call.messages[0].content
    assert call.schema is not None
    assert call.schema.schema["properties"]["primary_text"]["maxLength"] == asked


def test_what_exceeds_is_asked_again_with_the_measured_overflow() -> None:
    """Every field by its name."""
    # Of a text of its own: else it would depend on the order of the threads who repeats whom.
    long = ad(2, headline="Título " * 10, description="d" * 31)
    chat = FakeChatHosts(long, ad(0), ad(1))
    with container_over(chat) as container:
        configure(container)
        answer, result = generated(container)
    corrections = [turn(seen.call).get("correccion", "") for seen in chat.calls]
    assert "El título midió 69 (máximo 40) y la descripción midió 31 (máximo 30)" in "".join(
        corrections
    )
    assert {each.primary_text for each in result.ads} == set(TEXTS[:2])
    assert answer.tokens_used.total_tokens == 3 * 17


def test_a_model_that_always_overflows_is_asked_twice_and_cut() -> None:
    """The ads keep their limits, and what was cut is said."""
    words = "La mejor manera de empezar el día con todo el equipo "

    def overflowing(_: HostTarget, call: ChatCall) -> Said:
        number = int(turn(call)["variante"][0])
        return ad(0, primary_text=f"Anuncio {number} {TEXTS[number]} {words * number * 3}",
                  headline=words, description=words)  # fmt: skip

    chat = FakeChatHosts(otherwise=overflowing)
    with container_over(chat) as container:
        configure(container)
        answer, result = generated(container)
        settled_entry(container)
    assert len(chat.calls) == 6
    for each in result.ads:
        assert utf16(each.primary_text) <= 125
        assert utf16(each.headline) <= 40
        assert utf16(each.description) <= 30
        assert not each.partial
    assert any(
        text.startswith("El título medía 52 caracteres y se recortó a 40")
        for text in answer.content_warnings
    )


def test_a_model_that_never_writes_a_headline_gives_a_partial_answer() -> None:
    with container_over(FakeChatHosts(otherwise=ad(0, headline=" "))) as container:
        configure(container)
        answer, result = generated(container)
    assert answer.partial
    assert result.ads[0].partial
    assert "Falta el título del anuncio." in answer.content_warnings


def test_a_model_that_writes_nothing_of_use_gives_no_answer() -> None:
    with container_over(FakeChatHosts(otherwise='{"cta": "SHOP_NOW"}')) as container:
        configure(container)
        with pytest.raises(BadOutput):
            generated(container)


def test_a_reply_that_holds_all_ads_gives_each_variation_its_own() -> None:
    listed = [json.loads(ad(number)) for number in range(2)]
    both = json.dumps({"ads": listed})
    with container_over(FakeChatHosts(otherwise=both)) as container:
        configure(container)
        _, result = generated(container)
    assert [each.primary_text for each in result.ads] == list(TEXTS[:2])


@pytest.mark.parametrize(
    ("objective", "asked", "written", "type_"),
    [
        ("ventas", None, "BAILA_AHORA", "SHOP_NOW"),
        ("leads", None, "", "SIGN_UP"),
        ("mensajes", None, "SEND_MESSAGE", "MESSAGE_PAGE"),
        ("ventas", "Más info", "SHOP_NOW", "LEARN_MORE"),
        (None, None, "nada", "LEARN_MORE"),
    ],
)
def test_a_button_is_always_one_of_metas(
    objective: str | None, asked: str | None, written: str, type_: str
) -> None:
    """The one that was asked for, else the model's, else the objective's first suggestion."""
    brief = {"objective": objective, "cta": asked}
    with container_over(FakeChatHosts(otherwise=ad(0, cta=written))) as container:
        configure(container)
        _, result = generated(container, changes={"ad": brief})
    assert {each.cta for each in result.ads} == {type_}


def test_a_word_that_policy_forbids_is_a_finding_and_a_reason_to_look() -> None:
    text = "¿Tienes diabetes? Nuestro café te acompaña cada mañana."
    with container_over(FakeChatHosts(otherwise=ad(0, primary_text=text))) as container:
        configure(container)
        answer, result = generated(container)
    (finding,) = [
        each for each in result.ads[0].findings if each.rule_id == "policy.personal_attributes"
    ]
    assert text[slice(*finding.span)] == "diabetes"
    assert finding.field == "primary_text"
    assert finding.message in answer.metadata.publishable.reasons


def test_a_stream_shows_the_texts_and_ends_with_the_ads() -> None:
    """The primary text of each, as it is decoded."""
    with container_over(FakeChatHosts(otherwise=by_variation)) as container:
        configure(container)
        events = list(container.generation_service().stream(TENANT, ASKED))
    shown = {
        number: "".join(each.text for each in events if each.data.get("variation") == number)
        for number in (0, 1)
    }
    assert shown == {0: TEXTS[0], 1: TEXTS[1]}
    done = events[-1].model
    assert isinstance(done, GenerationResponse)
    assert isinstance(done.result, AdCopy)
    assert [each.headline for each in done.result.ads] == ["Café Azul 1", "Café Azul 2"]


def test_an_answer_is_kept_and_given_again_with_its_ads() -> None:
    chat = FakeChatHosts(otherwise=by_variation)
    with container_over(chat) as container:
        configure(container, cache_hours=1)
        first, _ = generated(container)
        again, result = generated(container)
        page = container.generation_service().history(TENANT)
    assert again.metadata.cached
    assert result == first.result
    assert len(chat.calls) == 2
    assert page.items[0].response is not None


@pytest.mark.parametrize("address", ["ftp://a.mx", "a.mx", "https://", "https://a@b.mx", "x y"])
def test_a_landing_page_is_a_web_address(address: str) -> None:
    with container_over() as container:
        configure(container)
        with pytest.raises(InvalidRequest) as caught:
            generated(container, changes={"ad": {"landingUrl": address}})
    assert caught.value.issues[0][0] == "ad.landingUrl"


def test_a_further_reply_that_lacks_what_the_first_one_had_is_not_taken() -> None:
    """The headline could be cut; half an ad could not be made whole."""
    chat = FakeChatHosts(otherwise=json.dumps({"primary_text": TEXTS[2]}))
    with container_over(chat) as container:
        configure(container)
        chat.script(ad(0, headline="Café Azul, el mejor café de altura de toda la Roma"), ad(1))
        answer, result = generated(container)

    assert all(each.headline and each.description for each in result.ads)
    assert {each.primary_text for each in result.ads} == {*TEXTS[:2]}
    assert not answer.partial


def test_an_ad_with_a_broken_limit_must_not_go_out_whatever_stands_as_the_copy() -> None:
    """Of a primary text of one character nothing is left; the headline is no primary text."""
    with container_over(FakeChatHosts(otherwise=by_variation)) as container:
        configure(container)
        answer, _ = generated(container, changes={"max_length": 1})

    assert answer.metadata.publishable.verdict == "no"


def test_another_rule_of_the_operators_is_another_answer(tmp_path: Path) -> None:
    """An equal request under it is not answered with what was found before."""
    store = {"LLAMA_MARKETING_STORE": f"sqlite:///{tmp_path / 'store.db'}"}
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "policies.toml").write_text(
        '[[policies]]\nid = "own.oficina"\nkind = "policy"\nmessage = "Revisa «oficina»."\n'
        'terms = ["oficina"]\nas_of = 2026-11-28\nsource = "own"\nconfidence = "A"\n'
    )
    said: list[bool] = []
    for further in ({}, {"LLAMA_MARKETING_CATALOG": str(rules)}, {}):
        chat = FakeChatHosts(otherwise=by_variation)
        with container_over(chat, **store, **further) as container:
            if not said:
                configure(container, cache_hours=24)
            answer, _ = generated(container)
            said.append(answer.metadata.cached)
    assert said == [False, False, True]
