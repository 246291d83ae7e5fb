"""The use cases by their names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from llama_marketing.domain.errors import InvalidRequest, NotFound
from llama_marketing.domain.generation.calendar_files import CalendarFormat
from llama_marketing.domain.generation.models import GenerationRequest
from llama_marketing.domain.generation.results.content_calendar import ContentCalendar
from llama_marketing.domain.generation.results.known import RESULTS
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.testing.hosts import FakeChatHosts
from tests.unit.app.samples import OTHER, TENANT, configure, container_over, hosts_of

REPLY = {
    "content": "Hola, Ana.",
    "body": "Hola, Ana.",
    "subject": "Tu café",
    "preheader": "Al 2x1",
    "hashtags": ["#Cafe"],
    "entries": [{"copy": "Hola, Ana."}],
    "summary": "Cálida.",
    "headline": "Café al 2x1",
    "primary_text": "Hola, Ana.",
    "description": "Hoy",
    "cta": "SHOP_NOW",
}
METHODS = {
    "generate_social_post": "social_post",
    "generate_ad_copy": "ad_copy",
    "generate_email_copy": "email_copy",
    "generate_whatsapp_message": "whatsapp_message",
    "generate_hashtags": "hashtag_generation",
    "generate_content_calendar": "content_calendar",
    "generate_brand_voice": "brand_voice",
}


@pytest.mark.parametrize(("method", "use_case"), METHODS.items())
def test_a_method_generates_its_own_use_case(method: str, use_case: str) -> None:
    """Of a mapping without the use case, with it, or of a request."""
    asked: dict[str, Any] = {"prompt": "Buen Fin"}
    own = asked | {"useCase": use_case}
    with container_over(FakeChatHosts(otherwise=json.dumps(REPLY))) as container:
        configure(container)
        generate = getattr(container.generation_service(), method)
        answers = [
            generate(TENANT, given, "ana") for given in (asked, own, GenerationRequest.read(own))
        ]
        record = container.generation_service().generation(TENANT, answers[0].id)

    assert [answer.use_case for answer in answers] == [use_case] * 3
    assert {type(answer.result) for answer in answers} == {RESULTS[GenerationUseCase(use_case)]}
    assert record.user_id == "ana"


def test_a_kept_calendar_is_a_file_in_the_hours_of_the_billing_zone() -> None:
    """Nine in the morning in Mexico City is three in the afternoon UTC; a post is no calendar."""
    with container_over(FakeChatHosts(otherwise=json.dumps(REPLY))) as container:
        configure(container)
        service = container.generation_service()
        made = service.generate_content_calendar(TENANT, {"prompt": "Buen Fin"})
        other = service.generate_social_post(TENANT, {"prompt": "Buen Fin"})
        table = service.calendar_file(TENANT, made.id, CalendarFormat.CSV)
        events = service.calendar_file(TENANT, made.id, CalendarFormat.ICS)
        for tenant, kept in ((TENANT, other.id), (OTHER, made.id)):
            with pytest.raises(NotFound):
                service.calendar_file(tenant, kept, CalendarFormat.CSV)

    assert '"2026-12-16","09:00"' in table
    assert "DTSTART:20261216T150000Z" in events


@pytest.mark.parametrize("name", ["useCase", "use_case"])
def test_a_request_for_another_use_case_is_refused(name: str) -> None:
    """Nothing is called."""
    with container_over() as container:
        configure(container)
        with pytest.raises(InvalidRequest) as caught:
            container.generation_service().generate_email_copy(
                TENANT, {"prompt": "Buen Fin", name: "social_post"}
            )
        assert hosts_of(container).calls == []

    assert caught.value.issues == (("useCase", "must be email_copy"),)


@pytest.mark.parametrize("wrong", [None, 5, ["a"]])
def test_what_is_no_request_is_refused_as_generate_refuses_it(wrong: Any) -> None:
    """Not with an error of Python's."""
    with container_over() as container:
        configure(container)
        with pytest.raises(InvalidRequest):
            container.generation_service().generate_email_copy(TENANT, wrong)


def test_a_calendar_that_was_cut_is_not_asked_for_again() -> None:
    """What came of it is planned; another answer might bring less, and would be paid for."""
    pieces = [{"copy": f"Pieza {number} del mes"} for number in range(11)]
    whole = json.dumps({"entries": pieces})
    with container_over(FakeChatHosts(otherwise=whole[: whole.rindex("{") + 9])) as container:
        configure(container)
        chat = hosts_of(container)
        answer = container.generation_service().generate_content_calendar(
            TENANT, {"prompt": "Buen Fin"}
        )

    assert isinstance(answer.result, ContentCalendar)
    assert (len(chat.calls), len(answer.result.entries), answer.partial) == (1, 10, True)


def test_a_calendar_with_markup_in_a_piece_waits_for_a_person() -> None:
    """As the same text would as a post."""
    entries = [{"copy": "Hola, Ana."}, {"copy": "<script>alert(1)</script> Buen Fin"}]
    with container_over(FakeChatHosts(otherwise=json.dumps({"entries": entries}))) as container:
        configure(container)
        answer = container.generation_service().generate_content_calendar(
            TENANT, {"prompt": "Buen Fin"}
        )

    assert answer.metadata.publishable.verdict == "review"
    assert any("HTML" in reason for reason in answer.metadata.publishable.reasons)


def test_every_variation_is_judged() -> None:
    """The second one too may be what goes out."""
    texts = ["Buen Fin en Café Azul.", "<script>alert(1)</script> Ven mañana por tu pan."]
    chat = FakeChatHosts(*(json.dumps({"content": text}) for text in texts))
    with container_over(chat) as container:
        configure(container)
        answer = container.generation_service().generate_social_post(
            TENANT, {"prompt": "Buen Fin", "variations": 2}
        )

    assert answer.metadata.publishable.verdict == "review"
