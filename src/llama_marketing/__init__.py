"""Meta's Llama for a marketing back end: configuration, copy, quotas and bills per client.

Everything public is importable from here and loaded at its first use, so that importing the
package costs next to nothing. Other modules are internal.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from llama_marketing.app.brand_voices import BrandVoiceService as BrandVoiceService
    from llama_marketing.app.catalog import ModelCatalogService as ModelCatalogService
    from llama_marketing.app.comparison import (
        AIProviderComparisonService as AIProviderComparisonService,
    )
    from llama_marketing.app.config import MetaAIConfigService as MetaAIConfigService
    from llama_marketing.app.container import Container as Container
    from llama_marketing.app.generation.service import (
        MetaAIGenerationService as MetaAIGenerationService,
    )
    from llama_marketing.app.generation.stream import GenerationStream as GenerationStream
    from llama_marketing.app.image_analysis import LlamaVisionService as LlamaVisionService
    from llama_marketing.app.moderation import (
        CommentModerationService as CommentModerationService,
    )
    from llama_marketing.app.own_prompts import OwnPromptService as OwnPromptService
    from llama_marketing.app.services import Services as Services
    from llama_marketing.app.settings import Settings as Settings
    from llama_marketing.app.usage import MetaAIUsageService as MetaAIUsageService
    from llama_marketing.app.validation import ValidationOutcome as ValidationOutcome
    from llama_marketing.app.validation import (
        ValidationResult as ValidationResult,
    )
    from llama_marketing.domain.ads.models import Ad as Ad
    from llama_marketing.domain.ads.models import AdBrief as AdBrief
    from llama_marketing.domain.calendar.models import CalendarEntry as CalendarEntry
    from llama_marketing.domain.calendar.models import ContentType as ContentType
    from llama_marketing.domain.calendar.models import Objective as Objective
    from llama_marketing.domain.catalog.benchmarks import ModelBenchmark as ModelBenchmark
    from llama_marketing.domain.catalog.filters import ModelFilter as ModelFilter
    from llama_marketing.domain.catalog.host_cards import HostCard as HostCard
    from llama_marketing.domain.catalog.models import LlamaModel as LlamaModel
    from llama_marketing.domain.comparison.models import ProviderComparison as ProviderComparison
    from llama_marketing.domain.comparison.models import ProviderMetrics as ProviderMetrics
    from llama_marketing.domain.compliance.models import Finding as Finding
    from llama_marketing.domain.compliance.models import PlatformCompliance as PlatformCompliance
    from llama_marketing.domain.compliance.publishable import Publishable as Publishable
    from llama_marketing.domain.config.models import AdvancedSettings as AdvancedSettings
    from llama_marketing.domain.config.models import FallbackHost as FallbackHost
    from llama_marketing.domain.config.models import LlamaParameters as LlamaParameters
    from llama_marketing.domain.config.models import MetaAIConfig as MetaAIConfig
    from llama_marketing.domain.config.models import ModerationSettings as ModerationSettings
    from llama_marketing.domain.config.models import UseCaseConfig as UseCaseConfig
    from llama_marketing.domain.credentials import ProviderKey as ProviderKey
    from llama_marketing.domain.errors import BadKey as BadKey
    from llama_marketing.domain.errors import BadOutput as BadOutput
    from llama_marketing.domain.errors import BadPayload as BadPayload
    from llama_marketing.domain.errors import BlockedEndpoint as BlockedEndpoint
    from llama_marketing.domain.errors import ConfigExists as ConfigExists
    from llama_marketing.domain.errors import ConfigNotFound as ConfigNotFound
    from llama_marketing.domain.errors import DeadlineExceeded as DeadlineExceeded
    from llama_marketing.domain.errors import Disabled as Disabled
    from llama_marketing.domain.errors import Forbidden as Forbidden
    from llama_marketing.domain.errors import HostError as HostError
    from llama_marketing.domain.errors import HostRateLimited as HostRateLimited
    from llama_marketing.domain.errors import HostRetired as HostRetired
    from llama_marketing.domain.errors import HostUnreachable as HostUnreachable
    from llama_marketing.domain.errors import IdempotencyMismatch as IdempotencyMismatch
    from llama_marketing.domain.errors import IdempotencyRunning as IdempotencyRunning
    from llama_marketing.domain.errors import InvalidRequest as InvalidRequest
    from llama_marketing.domain.errors import LlamaMarketingError as LlamaMarketingError
    from llama_marketing.domain.errors import MethodNotAllowed as MethodNotAllowed
    from llama_marketing.domain.errors import ModelNotServed as ModelNotServed
    from llama_marketing.domain.errors import NoCredit as NoCredit
    from llama_marketing.domain.errors import NotConfigured as NotConfigured
    from llama_marketing.domain.errors import NotFound as NotFound
    from llama_marketing.domain.errors import Overloaded as Overloaded
    from llama_marketing.domain.errors import QuotaExceeded as QuotaExceeded
    from llama_marketing.domain.errors import Refused as Refused
    from llama_marketing.domain.errors import RevisionConflict as RevisionConflict
    from llama_marketing.domain.errors import SecretBindingError as SecretBindingError
    from llama_marketing.domain.errors import SecretError as SecretError
    from llama_marketing.domain.errors import SecretUnreadable as SecretUnreadable
    from llama_marketing.domain.errors import SettingsError as SettingsError
    from llama_marketing.domain.errors import StateConflict as StateConflict
    from llama_marketing.domain.errors import StoreError as StoreError
    from llama_marketing.domain.errors import StoreIncompatible as StoreIncompatible
    from llama_marketing.domain.errors import StoreUnavailable as StoreUnavailable
    from llama_marketing.domain.errors import TooLarge as TooLarge
    from llama_marketing.domain.errors import Truncated as Truncated
    from llama_marketing.domain.errors import Unauthorized as Unauthorized
    from llama_marketing.domain.errors import UnreadableRequest as UnreadableRequest
    from llama_marketing.domain.errors import UnsupportedMedia as UnsupportedMedia
    from llama_marketing.domain.errors import UseCaseDisabled as UseCaseDisabled
    from llama_marketing.domain.generation.calendar_files import CalendarFormat as CalendarFormat
    from llama_marketing.domain.generation.history import GenerationPage as GenerationPage
    from llama_marketing.domain.generation.history import GenerationRecord as GenerationRecord
    from llama_marketing.domain.generation.models import BrandKit as BrandKit
    from llama_marketing.domain.generation.models import CheckRequest as CheckRequest
    from llama_marketing.domain.generation.models import CheckResult as CheckResult
    from llama_marketing.domain.generation.models import GenerationContext as GenerationContext
    from llama_marketing.domain.generation.models import GenerationMetadata as GenerationMetadata
    from llama_marketing.domain.generation.models import GenerationRequest as GenerationRequest
    from llama_marketing.domain.generation.models import GenerationResponse as GenerationResponse
    from llama_marketing.domain.generation.models import StreamEvent as StreamEvent
    from llama_marketing.domain.generation.models import TokenUsage as TokenUsage
    from llama_marketing.domain.generation.pictures import (
        ImageAnalysisRequest as ImageAnalysisRequest,
    )
    from llama_marketing.domain.generation.pictures import (
        ImageAnalysisResponse as ImageAnalysisResponse,
    )
    from llama_marketing.domain.generation.results.ad_copy import AdCopy as AdCopy
    from llama_marketing.domain.generation.results.brand_voice import BrandVoice as BrandVoice
    from llama_marketing.domain.generation.results.content_calendar import (
        ContentCalendar as ContentCalendar,
    )
    from llama_marketing.domain.generation.results.email_copy import EmailCopy as EmailCopy
    from llama_marketing.domain.generation.results.hashtag_set import HashtagSet as HashtagSet
    from llama_marketing.domain.generation.results.result import Result as Result
    from llama_marketing.domain.generation.results.social_post import SocialPost as SocialPost
    from llama_marketing.domain.jobs.models import JobPage as JobPage
    from llama_marketing.domain.jobs.models import JobTicket as JobTicket
    from llama_marketing.domain.moderation.actions import ActionPage as ActionPage
    from llama_marketing.domain.moderation.actions import PendingAction as PendingAction
    from llama_marketing.domain.moderation.models import Comment as Comment
    from llama_marketing.domain.moderation.models import CommentLabel as CommentLabel
    from llama_marketing.domain.moderation.models import CommentResult as CommentResult
    from llama_marketing.domain.moderation.models import ModerationAction as ModerationAction
    from llama_marketing.domain.moderation.models import ModerationFlag as ModerationFlag
    from llama_marketing.domain.moderation.models import ModerationRequest as ModerationRequest
    from llama_marketing.domain.moderation.models import ModerationResponse as ModerationResponse
    from llama_marketing.domain.moderation.models import ModerationSummary as ModerationSummary
    from llama_marketing.domain.moderation.tallies import ModerationOverview as ModerationOverview
    from llama_marketing.domain.tenant import TenantRef as TenantRef
    from llama_marketing.domain.usage.entries import UsageEntry as UsageEntry
    from llama_marketing.domain.usage.quota import QuotaStatus as QuotaStatus
    from llama_marketing.domain.usage.ratings import RatedGeneration as RatedGeneration
    from llama_marketing.domain.usage.summary import UsageSummary as UsageSummary
    from llama_marketing.domain.vocabulary import Address as Address
    from llama_marketing.domain.vocabulary import GenerationUseCase as GenerationUseCase
    from llama_marketing.domain.vocabulary import LlamaCapability as LlamaCapability
    from llama_marketing.domain.vocabulary import LlamaHostingProvider as LlamaHostingProvider
    from llama_marketing.domain.vocabulary import LlamaModelFamily as LlamaModelFamily
    from llama_marketing.domain.vocabulary import Platform as Platform
    from llama_marketing.domain.vocabulary import QuotaAction as QuotaAction
    from llama_marketing.domain.vocabulary import QuotaUnit as QuotaUnit
    from llama_marketing.domain.vocabulary import Tone as Tone

_HOMES = {
    "app.brand_voices": ("BrandVoiceService",),
    "app.catalog": ("ModelCatalogService",),
    "app.config": ("MetaAIConfigService",),
    "app.container": ("Container",),
    "app.generation.service": ("MetaAIGenerationService",),
    "app.generation.stream": ("GenerationStream",),
    "app.moderation": ("CommentModerationService",),
    "app.image_analysis": ("LlamaVisionService",),
    "app.own_prompts": ("OwnPromptService",),
    "app.services": ("Services",),
    "app.settings": ("Settings",),
    "app.comparison": ("AIProviderComparisonService",),
    "app.usage": ("MetaAIUsageService",),
    "domain.comparison.models": ("ProviderComparison", "ProviderMetrics"),
    "app.validation": ("ValidationOutcome", "ValidationResult"),
    "domain.catalog.benchmarks": ("ModelBenchmark",),
    "domain.catalog.filters": ("ModelFilter",),
    "domain.catalog.host_cards": ("HostCard",),
    "domain.catalog.models": ("LlamaModel",),
    "domain.ads.models": ("Ad", "AdBrief"),
    "domain.compliance.models": ("Finding", "PlatformCompliance"),
    "domain.compliance.publishable": ("Publishable",),
    "domain.config.models": (
        "AdvancedSettings",
        "FallbackHost",
        "LlamaParameters",
        "MetaAIConfig",
        "ModerationSettings",
        "UseCaseConfig",
    ),
    "domain.credentials": ("ProviderKey",),
    "domain.generation.pictures": ("ImageAnalysisRequest", "ImageAnalysisResponse"),
    "domain.errors": (
        "Forbidden",
        "IdempotencyRunning",
        "MethodNotAllowed",
        "Overloaded",
        "TooLarge",
        "Unauthorized",
        "UnreadableRequest",
        "UnsupportedMedia",
        "BadKey",
        "BadOutput",
        "BadPayload",
        "BlockedEndpoint",
        "ConfigExists",
        "ConfigNotFound",
        "DeadlineExceeded",
        "Disabled",
        "HostError",
        "HostRateLimited",
        "HostRetired",
        "HostUnreachable",
        "IdempotencyMismatch",
        "InvalidRequest",
        "LlamaMarketingError",
        "ModelNotServed",
        "NoCredit",
        "NotConfigured",
        "NotFound",
        "QuotaExceeded",
        "Refused",
        "RevisionConflict",
        "SecretBindingError",
        "SecretError",
        "SecretUnreadable",
        "SettingsError",
        "StateConflict",
        "StoreError",
        "StoreIncompatible",
        "StoreUnavailable",
        "Truncated",
        "UseCaseDisabled",
    ),
    "domain.generation.history": ("GenerationPage", "GenerationRecord"),
    "domain.generation.models": (
        "BrandKit",
        "CheckRequest",
        "CheckResult",
        "GenerationContext",
        "GenerationMetadata",
        "GenerationRequest",
        "GenerationResponse",
        "StreamEvent",
        "TokenUsage",
    ),
    "domain.calendar.models": (
        "CalendarEntry",
        "ContentType",
        "Objective",
    ),
    "domain.generation.calendar_files": ("CalendarFormat",),
    "domain.generation.results.brand_voice": ("BrandVoice",),
    "domain.generation.results.content_calendar": ("ContentCalendar",),
    "domain.generation.results.email_copy": ("EmailCopy",),
    "domain.generation.results.hashtag_set": ("HashtagSet",),
    "domain.generation.results.ad_copy": ("AdCopy",),
    "domain.generation.results.result": ("Result",),
    "domain.generation.results.social_post": ("SocialPost",),
    "domain.moderation.actions": ("ActionPage", "PendingAction"),
    "domain.jobs.models": ("JobPage", "JobTicket"),
    "domain.moderation.tallies": ("ModerationOverview",),
    "domain.moderation.models": (
        "Comment",
        "CommentLabel",
        "CommentResult",
        "ModerationAction",
        "ModerationFlag",
        "ModerationRequest",
        "ModerationResponse",
        "ModerationSummary",
    ),
    "domain.tenant": ("TenantRef",),
    "domain.usage.entries": ("UsageEntry",),
    "domain.usage.quota": ("QuotaStatus",),
    "domain.usage.ratings": ("RatedGeneration",),
    "domain.usage.summary": ("UsageSummary",),
    "domain.vocabulary": (
        "Address",
        "GenerationUseCase",
        "LlamaCapability",
        "LlamaHostingProvider",
        "LlamaModelFamily",
        "Platform",
        "QuotaAction",
        "QuotaUnit",
        "Tone",
    ),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__version__ = "0.1.0"
__all__ = sorted([*_HOME, "__version__"])


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
