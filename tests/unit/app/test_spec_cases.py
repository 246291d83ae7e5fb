"""The cases that the customer's specification names, each through a container's public service."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from llama_marketing.domain.chat.models import (
    ChatCall,
    ChatReply,
    FinishReason,
    HostTarget,
    ReportedUsage,
    ServedModel,
)
from llama_marketing.domain.errors import BadKey, ConfigNotFound, InvalidRequest, QuotaExceeded
from llama_marketing.domain.moderation.models import CommentLabel, ModerationAction
from llama_marketing.domain.usage.entries import Outcome
from llama_marketing.domain.vocabulary import GenerationUseCase
from llama_marketing.testing.hosts import BreaksOff, FakeChatHosts
from tests.unit.app.samples import (
    API_KEY,
    ASKED,
    COPY,
    OTHER,
    TENANT,
    StandingClock,
    configure,
    container_over,
    counter_of,
    entries_of,
    holds_of,
    post,
    priced_catalog,
)
from tests.unit.domain.moderation.samples import items_of, reply, verdict

OVERLONG = ("El café de la casa se tuesta cada lunes. " * 60)[:2201].strip().ljust(2201, "x")


@pytest.mark.story("US-MK-101")
def test_debe_crear_meta_ai_config_cuando_datos_validos() -> None:
    """A config of a host alone has the spec's defaults, the library's ids and no key in sight."""
    with container_over() as container:
        service = container.config_service()
        made = service.create(TENANT, {"hostingProvider": "deepinfra", "apiKey": API_KEY})
        assert made == service.get(TENANT)
        with pytest.raises(InvalidRequest):
            service.create(OTHER, {"hostingProvider": "nobody"})
        with pytest.raises(ConfigNotFound):
            service.get(OTHER)

    assert (made.client_id, made.organization_id) == ("cli1", "org1")
    assert (made.id != "", made.revision, made.enabled) == (True, 1, False)
    assert made.created_at == made.updated_at == "2026-11-24T18:00:00.000000Z"
    assert made.selected_model_id == "llama-3.3-70b-instruct"
    assert made.fallback_model_id == "llama-3.1-8b-instruct"
    parameters = made.parameters
    assert (parameters.temperature, parameters.top_p, parameters.max_tokens) == (0.7, 0.9, 2048)
    assert (parameters.frequency_penalty, parameters.presence_penalty) == (0.0, 0.0)
    assert made.quota_monthly == Decimal(50)
    assert made.api_key == made.api_key_masked == "********KLMN"
    assert API_KEY not in made.model_dump_json(by_alias=True)


@pytest.mark.story("US-MK-101")
def test_debe_cifrar_api_key_al_guardar(tmp_path: Path) -> None:
    """The file holds a Fernet token and not one byte of the key, which still opens for a call."""
    path, chat = tmp_path / "store.db", FakeChatHosts(otherwise=post())
    with container_over(chat, LLAMA_MARKETING_STORE=f"sqlite:///{path}") as container:
        configure(container, fallback_hosts=[_fallback("fw_0123456789abcdefghijSECRET")])
        container.generation_service().generate(TENANT, ASKED)
        written = b"".join(file.read_bytes() for file in tmp_path.glob("store.db*"))

    assert b"gAAAAA" in written
    for part in (API_KEY, API_KEY[:-4], "0123456789abcdefghij"):
        assert part.encode() not in written
    assert chat.calls[0].target.key is not None
    assert chat.calls[0].target.key.reveal() == API_KEY
    with sqlite3.connect(path) as connection:
        everything = "\n".join(connection.iterdump())
    connection.close()
    assert "0123456789abcdefghij" not in everything


@pytest.mark.story("101.4")
def test_debe_validar_api_key_con_test_call() -> None:
    """The models list, then one short Hello with the stored key; a refused key is said so."""
    chat = FakeChatHosts(
        ChatReply("Hello!", FinishReason.LENGTH, model="meta-llama/Llama-3.3-70B-Instruct-Turbo"),
        BadKey("401", status=401),
        served=(ServedModel("meta-llama/Llama-3.3-70B-Instruct-Turbo"),),
    )
    with container_over(chat) as container:
        configure(container)
        good = container.config_service().validate(TENANT)
        bad = container.config_service().validate(TENANT, {"apiKey": "mistyped"})

    assert (good.outcome, good.model) == ("ok", "meta-llama/Llama-3.3-70B-Instruct-Turbo")
    assert good.latency_ms > 0
    assert bad.outcome == "bad_key"
    assert (len(chat.models_calls), len(chat.calls)) == (2, 2)
    keys = [seen.target.key and seen.target.key.reveal() for seen in chat.calls]
    assert keys == [API_KEY, "mistyped"]
    assert [message.content for message in chat.calls[0].call.messages] == ["Hello"]
    assert chat.calls[0].call.max_tokens <= 16


def _fallback(key: str) -> dict[str, str]:
    return {"hostingProvider": "openrouter", "apiKey": key}


@pytest.mark.story("US-MK-101")
@pytest.mark.parametrize(
    ("provider", "endpoint"),
    [
        ("meta_ai", "https://api.llama.com/v1"),
        ("together", "https://api.together.xyz/v1"),
        ("fireworks", "https://api.fireworks.ai/inference/v1"),
        ("groq", "https://api.groq.com/openai/v1"),
    ],
)
@pytest.mark.parametrize("typed", [{}, {"apiEndpoint": ""}, {"apiEndpoint": None}])
def test_debe_auto_fill_endpoint_segun_provider(
    provider: str, endpoint: str, typed: dict[str, str | None]
) -> None:
    """C1: also where the field is left out; a self-hosted server has to say where it is."""
    with container_over() as container:
        service = container.config_service()
        assert service.create(TENANT, {"hostingProvider": provider, **typed}).api_endpoint == (
            endpoint
        )
        assert service.get(TENANT).api_endpoint == endpoint
        with pytest.raises(InvalidRequest, match="apiEndpoint"):
            service.update(TENANT, {"hostingProvider": "self_hosted", **typed})
        own = {"hostingProvider": "self_hosted", "apiEndpoint": "http://llama.local:8080"}
        assert service.update(TENANT, own).api_endpoint == "http://llama.local:8080/v1"


@pytest.mark.story("US-MK-103")
def test_debe_generar_post_con_hashtags_y_compliance() -> None:
    """Valid hashtags once each, beside the copy and not in it, and the platform's verdict."""
    tags = ["BuenFin", "#buenfin", "#Café Azul", "#Capuchino", "dos por uno!", "🔥"]
    with container_over(FakeChatHosts(post(f"  {COPY}\r\n", tags))) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED)

    assert answer.content == COPY
    assert answer.suggested_hashtags[0] == "#BuenFin"
    folded = [tag.casefold() for tag in answer.suggested_hashtags]
    assert len(set(folded)) == len(folded)
    assert all(tag.startswith("#") and " " not in tag for tag in answer.suggested_hashtags)
    assert answer.suggested_emojis == ("☕",)
    compliance = answer.platform_compliance
    assert compliance is not None
    assert (compliance.platform, compliance.character_limit) == ("instagram", 2200)
    assert compliance.current_length == len(COPY)
    assert (compliance.is_compliant, compliance.status) == (True, "ok")
    assert answer.metadata.publishable.verdict == "yes"
    assert answer.finish_reason is FinishReason.STOP


@pytest.mark.story("US-MK-103")
def test_debe_respetar_limite_caracteres_instagram_2200() -> None:
    """2,200 are fine, 2,201 are not; a generated copy is asked again twice, then shortened."""
    chat = FakeChatHosts(otherwise=post(OVERLONG, ()))
    with container_over(chat) as container:
        configure(container)
        service = container.generation_service()
        judged = [
            service.check(TENANT, {"text": "x" * length, "platform": "instagram"})
            for length in (2200, 2201)
        ]
        answer = service.generate(TENANT, ASKED)

    fits, exceeds = (result.platform_compliance for result in judged)
    assert (fits.status, fits.is_compliant, fits.current_length) == ("ok", True, 2200)
    assert (exceeds.status, exceeds.is_compliant) == ("exceeds", False)
    assert exceeds.warnings
    assert judged[1].publishable.verdict == "no"
    assert len(chat.calls) == 3
    for again in chat.calls[1:]:
        assert "2201" in again.call.messages[-1].content
        assert "2200" in again.call.messages[-1].content
        assert ASKED["prompt"] in again.call.messages[-1].content
    assert 0 < len(answer.content) <= 2200
    assert OVERLONG.startswith(answer.content.rstrip("…"))
    assert any("2201" in said and "2200" in said for said in answer.content_warnings)
    assert answer.platform_compliance is not None
    assert answer.platform_compliance.is_compliant


@pytest.mark.story("US-MK-103")
def test_a_copy_that_fits_at_the_second_question_is_taken_whole() -> None:
    with container_over(FakeChatHosts(post(OVERLONG), post("x" * 2200))) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED)
        assert answer.content == "x" * 2200
        assert answer.content_warnings == ()


@pytest.mark.story("US-MK-105")
def test_debe_clasificar_comentario_negativo_correctamente() -> None:
    """Label, Spanish label and confidence as the model said them; it is hidden from nobody."""

    def judges(_: HostTarget, call: ChatCall) -> str:
        items = items_of(call.messages[-1].content)
        return reply([verdict(item, confidence=0.93, sentiment=-0.7) for item in items])

    texts = ("La comida llegó fría y tarde", "Muchas gracias, todo delicioso")
    asked = {"comments": [{"id": f"c{n}", "text": text} for n, text in enumerate(texts)]}
    with container_over(FakeChatHosts(otherwise=judges)) as container:
        configure(container)
        answer = container.moderation_service().moderate(TENANT, asked)
        (entry,) = entries_of(container)

    negative, positive = answer.results
    assert (negative.comment_id, negative.label, negative.label_text) == (
        "c0",
        CommentLabel.NEGATIVE,
        "negativo",
    )
    assert (negative.confidence, negative.sentiment) == (0.93, -0.7)
    assert negative.action not in (ModerationAction.HIDE, ModerationAction.DELETE)
    assert (positive.label_text, positive.action) == ("positivo", ModerationAction.REPLY)
    assert entry.use_case is GenerationUseCase.COMMENT_MODERATION


@pytest.mark.story("US-MK-106")
def test_debe_calcular_costo_basado_en_tokens_y_pricing(tmp_path: Path) -> None:
    """Input and output tokens times the operator's own price, in the answer and in the books."""
    reply = ChatReply(post(), FinishReason.STOP, usage=ReportedUsage(1000, 250))
    with container_over(FakeChatHosts(reply), **priced_catalog(tmp_path / "c")) as container:
        configure(container)
        answer = container.generation_service().generate(TENANT, ASKED)
        (entry,) = entries_of(container)
        settled = counter_of(container).settled

    exact = Decimal("0.0009")  # 1000 x 0.60 / 1e6 + 250 x 1.20 / 1e6
    assert answer.tokens_used.estimated_cost_usd == exact
    assert entry.cost_usd == exact
    assert settled.cost == 900_000_000
    assert (answer.tokens_used.input_tokens, answer.tokens_used.output_tokens) == (1000, 250)


@pytest.mark.story("US-MK-106")
def test_debe_registrar_usage_entry_por_cada_generacion() -> None:
    """One entry each: answered, failed, left by its reader, refused."""
    half = BreaksOff("half")
    chat = FakeChatHosts(post(), half, half, post())
    with container_over(chat) as container:
        configure(container)
        service = container.generation_service()
        good = service.generate(TENANT, ASKED, user_id="ana")
        with pytest.raises(Exception, match="broke off"):
            service.generate(TENANT, ASKED)
        stream = service.stream(TENANT, ASKED)
        next(stream)
        stream.close()
        chat.script(ChatReply("no", FinishReason.STOP, refusal=True))
        with pytest.raises(Exception, match="refused"):
            service.generate(TENANT, ASKED)
        entries = {entry.id: entry for entry in entries_of(container)}
        open_holds = holds_of(container)

    assert [entry.outcome for entry in entries.values()].count(Outcome.OK) == 1
    assert sorted(entry.outcome.value for entry in entries.values()) == [
        "aborted",
        "failed",
        "ok",
        "refused",
    ]
    assert open_holds == []
    booked = entries[good.id]
    assert (booked.user_id, booked.provider, booked.model) == ("ana", good.provider, good.model)
    assert booked.latency_ms == good.latency_ms
    assert booked.tokens_input == good.tokens_used.input_tokens
    assert booked.tokens_output == good.tokens_used.output_tokens
    assert entries[stream.id].outcome is Outcome.ABORTED


@pytest.mark.story("US-MK-106")
def test_debe_rechazar_generacion_cuando_quota_excedida() -> None:
    """Seconds to the period's end in the client's zone; nothing is called, booked or kept open."""
    chat, clock = FakeChatHosts(otherwise=post()), StandingClock()
    with container_over(chat, clock) as container:
        configure(container, quota_monthly=1, quota_unit="generations")
        service = container.generation_service()
        service.generate(TENANT, ASKED)
        for act in (service.generate, service.stream):
            with pytest.raises(QuotaExceeded) as refused:
                act(TENANT, ASKED)
            # December starts at 06:00 UTC in Mexico City.
            assert refused.value.retry_after == 6 * 86_400 + 12 * 3600
            assert refused.value.code == "quota_exceeded"
            assert "cuota" in refused.value.user_message
        assert len(chat.calls) == 1
        assert len(entries_of(container)) == 1
        assert holds_of(container) == []
        assert counter_of(container).refused == 2
        assert len(service.history(TENANT).items) == 1
