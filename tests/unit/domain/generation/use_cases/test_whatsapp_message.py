"""A WhatsApp message is a post by its parts, always for WhatsApp."""

from __future__ import annotations

from llama_marketing.domain.generation.results.social_post import SocialPost
from llama_marketing.domain.generation.use_cases.whatsapp_message import WHATSAPP_MESSAGE
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform
from tests.unit.domain.generation.samples import brief, request


def test_a_message_goes_out_with_its_marks() -> None:
    """WhatsApp's own and those of Markdown: a text that fits is not changed."""
    asked = brief(request(useCase="whatsapp_message"))
    found = {"content": "*Hola*, **amiga**", "hashtags": [], "emojis": ["☕"]}

    read = WHATSAPP_MESSAGE.read(found, asked)
    assert read == SocialPost(content="*Hola*, **amiga**", emojis=("☕",))
    assert WHATSAPP_MESSAGE.mend(read, asked).result is read


def test_its_platform_is_whatsapp_and_its_schema_its_own() -> None:
    """Hosts see the name of the schema."""
    assert WHATSAPP_MESSAGE.use_case is GenerationUseCase.WHATSAPP_MESSAGE
    assert WHATSAPP_MESSAGE.default_platform is Platform.WHATSAPP
    assert WHATSAPP_MESSAGE.has_one_platform
    asked = brief(request(useCase="whatsapp_message"))
    assert WHATSAPP_MESSAGE.schema(asked, 10).name == "whatsapp_message"
