"""The closed lists of words that every layer shares, with the customer's spelling."""

from __future__ import annotations

from enum import StrEnum


class LlamaHostingProvider(StrEnum):
    """The hosting providers the bundled host rows describe; the set is open, a host is data."""

    META_AI = "meta_ai"
    TOGETHER = "together"
    FIREWORKS = "fireworks"
    GROQ = "groq"
    SELF_HOSTED = "self_hosted"
    OPENAI_COMPATIBLE = "openai_compatible"
    BEDROCK = "bedrock"
    DEEPINFRA = "deepinfra"
    OPENROUTER = "openrouter"


class LlamaModelFamily(StrEnum):
    """The model families of the bundled catalog; the set is open."""

    LLAMA_3_1 = "llama-3.1"
    LLAMA_3_2 = "llama-3.2"
    LLAMA_3_3 = "llama-3.3"
    LLAMA_4 = "llama-4"


class LlamaCapability(StrEnum):
    """What a model can do."""

    TEXT = "text"
    VISION = "vision"
    CODE = "code"
    MULTILINGUAL = "multilingual"
    FUNCTION_CALLING = "function_calling"


class GenerationUseCase(StrEnum):
    """The nine marketing use cases."""

    SOCIAL_POST = "social_post"
    AD_COPY = "ad_copy"
    EMAIL_COPY = "email_copy"
    WHATSAPP_MESSAGE = "whatsapp_message"
    IMAGE_ANALYSIS = "image_analysis"
    COMMENT_MODERATION = "comment_moderation"
    HASHTAG_GENERATION = "hashtag_generation"
    CONTENT_CALENDAR = "content_calendar"
    BRAND_VOICE = "brand_voice"


class Platform(StrEnum):
    """Where a text will be published."""

    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    MESSENGER = "messenger"
    THREADS = "threads"
    TIKTOK = "tiktok"
    LINKEDIN = "linkedin"


class Tone(StrEnum):
    """How a text should sound."""

    FORMAL = "formal"
    CASUAL = "casual"
    CREATIVE = "creative"
    PROFESSIONAL = "professional"
    FRIENDLY = "friendly"


class Address(StrEnum):
    """How a Spanish text speaks to its reader; ``ustedes`` is the plural of all in America."""

    TU = "tu"
    USTED = "usted"
    VOS = "vos"
    NEUTRAL = "neutral"
    """None of them; or a language that makes no difference."""


class QuotaUnit(StrEnum):
    """What a monthly quota counts."""

    USD = "usd"
    TOKENS = "tokens"
    GENERATIONS = "generations"


class QuotaAction(StrEnum):
    """What happens when the quota is used up."""

    BLOCK = "block"
    DOWNGRADE = "downgrade"
    NOTIFY = "notify"
