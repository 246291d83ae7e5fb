"""The services together, as the driving adapters take them."""

from __future__ import annotations

import attrs

from llama_marketing.app.brand_voices import BrandVoiceService
from llama_marketing.app.catalog import ModelCatalogService
from llama_marketing.app.comparison import AIProviderComparisonService
from llama_marketing.app.config import MetaAIConfigService
from llama_marketing.app.generation.service import MetaAIGenerationService
from llama_marketing.app.idempotency import IdempotencyService
from llama_marketing.app.image_analysis import LlamaVisionService
from llama_marketing.app.moderation import CommentModerationService
from llama_marketing.app.own_prompts import OwnPromptService
from llama_marketing.app.usage import MetaAIUsageService


@attrs.frozen(kw_only=True)
class Services:
    """Every service of the library; shared between threads."""

    config: MetaAIConfigService
    catalog: ModelCatalogService
    generation: MetaAIGenerationService
    moderation: CommentModerationService
    prompts: OwnPromptService
    voices: BrandVoiceService
    vision: LlamaVisionService
    usage: MetaAIUsageService
    comparison: AIProviderComparisonService
    idempotency: IdempotencyService
