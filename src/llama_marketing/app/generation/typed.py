"""One method for each use case: ``generate`` with the use case filled in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.models import GenerationRequest, GenerationResponse
from llama_marketing.domain.tenant import TenantRef
from llama_marketing.domain.vocabulary import GenerationUseCase

Asked = GenerationRequest | Mapping[str, Any]


class TypedGeneration(ABC):
    """The use cases by their names.

    Each takes a request without its use case, raises InvalidRequest for one with another, and
    otherwise does what ``generate`` does; the answer's ``result`` has the use case's type.
    """

    __slots__ = ()

    @abstractmethod
    def generate(self, tenant: TenantRef, request: Asked, user_id: str = "") -> GenerationResponse:
        """Generate content of the request's own use case."""

    def generate_social_post(
        self, tenant: TenantRef, request: Asked, user_id: str = ""
    ) -> GenerationResponse:
        """A post; the result is a SocialPost."""
        return self.generate(tenant, _of(GenerationUseCase.SOCIAL_POST, request), user_id)

    def generate_ad_copy(
        self, tenant: TenantRef, request: Asked, user_id: str = ""
    ) -> GenerationResponse:
        """Ads for Facebook or Instagram; the result is an AdCopy."""
        return self.generate(tenant, _of(GenerationUseCase.AD_COPY, request), user_id)

    def generate_email_copy(
        self, tenant: TenantRef, request: Asked, user_id: str = ""
    ) -> GenerationResponse:
        """An e-mail; the result is an EmailCopy."""
        return self.generate(tenant, _of(GenerationUseCase.EMAIL_COPY, request), user_id)

    def generate_whatsapp_message(
        self, tenant: TenantRef, request: Asked, user_id: str = ""
    ) -> GenerationResponse:
        """A WhatsApp message; the result is a SocialPost."""
        return self.generate(tenant, _of(GenerationUseCase.WHATSAPP_MESSAGE, request), user_id)

    def generate_hashtags(
        self, tenant: TenantRef, request: Asked, user_id: str = ""
    ) -> GenerationResponse:
        """Hashtags; the result is a HashtagSet."""
        return self.generate(tenant, _of(GenerationUseCase.HASHTAG_GENERATION, request), user_id)

    def generate_content_calendar(
        self, tenant: TenantRef, request: Asked, user_id: str = ""
    ) -> GenerationResponse:
        """A month of content; the result is a ContentCalendar."""
        return self.generate(tenant, _of(GenerationUseCase.CONTENT_CALENDAR, request), user_id)

    def generate_brand_voice(
        self, tenant: TenantRef, request: Asked, user_id: str = ""
    ) -> GenerationResponse:
        """How a brand speaks; the result is a BrandVoice."""
        return self.generate(tenant, _of(GenerationUseCase.BRAND_VOICE, request), user_id)


def _of(use_case: GenerationUseCase, request: Asked) -> GenerationRequest:
    """The request with its use case."""
    asked = request
    if isinstance(request, Mapping) and not {"use_case", "useCase"} & {*request}:
        asked = {**request, "use_case": use_case}
    whole = GenerationRequest.read(asked)
    if whole.use_case is not use_case:
        raise InvalidRequest(
            f"the request is for {whole.use_case.value}, not for {use_case.value}",
            user_message="La solicitud es de otro caso de uso.",
            issues=(("useCase", f"must be {use_case.value}"),),
        )
    return whole
