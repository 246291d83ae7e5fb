"""The surface that a text is judged by."""

from __future__ import annotations

from llama_marketing.domain.compliance.models import PlatformRules, Surface
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform


def surface_of(
    rules: PlatformRules,
    platform: Platform,
    named: str | None,
    use_case: GenerationUseCase | None = None,
) -> Surface:
    """The surface of that name, or the platform's usual one for the use case where none is named.

    Raises InvalidRequest for a surface that there is not, or that is another platform's.
    """
    if not named:
        return rules.surface_for(platform, use_case)
    surface = rules.surface(named)
    if surface.platform is not platform:
        raise InvalidRequest(
            f"surface {surface.id} is not of {platform.value}",
            user_message="La superficie no es de esa plataforma.",
            issues=(("surface", "is of another platform"),),
        )
    usual = rules.surface_for(platform, use_case)
    if use_case in usual.use_cases and use_case not in surface.use_cases:
        # Its texts have fields there that no other place has.
        raise InvalidRequest(
            f"surface {surface.id} is not for {use_case}",
            user_message="La superficie no es de ese caso de uso.",
            issues=(("surface", "is of another use case"),),
        )
    return surface
