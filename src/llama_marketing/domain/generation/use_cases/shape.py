"""What a use case decides for itself; the rest is the same for all."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from llama_marketing.domain.chat.models import ReplySchema
from llama_marketing.domain.compliance.normalise import is_blank
from llama_marketing.domain.config.models import LlamaParameters
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.generation.brief import Brief
from llama_marketing.domain.generation.prompts import OwnPrompts, Prompt
from llama_marketing.domain.generation.results.result import Result
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform

DEFAULT_PLATFORM = Platform.FACEBOOK
"""The platform of a request that names none: the one with the most room."""


@attrs.frozen
class Mended:
    """A result after the last question: made to fit, with what was done to it said in Spanish."""

    result: Result
    warnings: tuple[str, ...] = ()
    partial: bool = False


def no_material(_: Brief) -> Mapping[str, Any]:
    """Nothing besides what every request brings."""
    return {}


def the_clients_own(_: Brief, parameters: LlamaParameters) -> LlamaParameters:
    """The parameters as the client configured them."""
    return parameters


def length_correction(result: Result, brief: Brief) -> str:
    """What to tell the model about a copy that is too long; empty when it fits."""
    over = brief.length.overflow(result.text)
    if over is None:
        return ""
    return (
        f"El texto midió {over[0]} caracteres y el máximo es {over[1]}. "
        f"Acórtalo en al menos {over[0] - over[1]} caracteres."
    )


def no_correction(_: Result, __: Brief) -> str:
    """Nothing: what is wrong is put right in code, which needs no further call."""
    return ""


def cut_to_length(result: Result, brief: Brief) -> Mended:
    """The result with its copy cut at a safe place where it is too long."""
    over = brief.length.overflow(result.text)
    if over is None:
        return Mended(result)
    shorter = brief.length.shortened(result.text)
    warning = f"El texto medía {over[0]} caracteres y se recortó al máximo de {over[1]}."
    return Mended(result.with_text(shorter), (warning,), is_blank(shorter))


def the_first(results: Sequence[Result]) -> Result:
    """The result of the first variation; the others go out as texts."""
    return results[0]


def another_angle(variation: int, of: int) -> str:
    """What the user turn says of a variation, from 0, where there are several."""
    return f"{variation + 1} de {of}; usa un ángulo distinto en cada una"


def as_read(result: Result, _: int) -> Result:
    """The result of any variation as it was read."""
    return result


@attrs.frozen(kw_only=True)
class UseCaseShape:
    """One use case: its structured reply, and what is made of it.

    ``schema`` takes a bound in characters and bounds every text and list, so that a small model
    ends; the bound is that of the copy, or of the whole reply where the use case fills it.
    ``read`` takes any object and raises nothing; what it makes of one that holds nothing of use
    has a blank text.
    """

    use_case: GenerationUseCase
    schema: Callable[[Brief, int], ReplySchema]
    read: Callable[[Mapping[str, Any], Brief], Result]
    copy_field: str = ""
    """The schema's first property, streamed as it arrives; empty: only a whole reply is shown.

    A stream of such a use case brings its text in one delta at the end.
    """
    default_platform: Platform = DEFAULT_PLATFORM
    fills_the_reply: bool = False
    """Whether the reply is as many copies as there is room for, instead of one."""
    platforms: tuple[Platform, ...] = tuple(Platform)
    """The platforms that it is written for."""
    keeps_advice: bool = False
    """Whether the copy is asked for in the length that is advised, not the longest allowed."""
    fewest_variations: int = 1
    variant: Callable[[int, int], str] = another_angle
    """What the user turn says of a variation (from 0) of so many, where there are several."""
    placed: Callable[[Result, int], Result] = as_read
    """The result that was read, as that of its variation (from 0)."""
    is_judged: bool = True
    """Whether the text is meant for a platform, and so judged by its limits."""
    is_kept: bool = True
    """Whether request and answer go into the client's history."""
    takes_brand_voice: bool = True
    """Whether it is written in the voice that the client keeps."""
    prompt: Callable[[Brief, OwnPrompts], Prompt] | None = None
    """The turns, from the brief and the client's own prompts; None: the filled template."""
    parameters: Callable[[Brief, LlamaParameters], LlamaParameters] = the_clients_own
    """How the model samples, and the most tokens of a reply."""
    needs_picture: bool = False
    """Whether there is nothing to say without a picture."""
    material: Callable[[Brief], Mapping[str, Any]] = no_material
    """Further fields of the user turn; their texts are neutralised already."""
    correction: Callable[[Result, Brief], str] = length_correction
    """What to tell the model about a result; empty when it is good. At most 200 characters."""
    mend: Callable[[Result, Brief], Mended] = cut_to_length
    """The best that can be made of a result without another question."""
    together: Callable[[Sequence[Result]], Result] = the_first
    """One result of all variations."""

    @property
    def has_one_platform(self) -> bool:
        """Whether it is for its default platform, whatever platform a request names."""
        return len(self.platforms) == 1

    def platform_for(self, asked: Platform | None) -> Platform:
        """The platform that it is written for, where a request names one or none.

        Raises InvalidRequest for one that it is not written for, unless it has one alone.
        """
        platform = asked or self.default_platform
        if platform in self.platforms:
            return platform
        if self.has_one_platform:
            return self.default_platform
        raise InvalidRequest(
            f"{self.use_case.value} is not written for {platform.value}",
            user_message="Este caso de uso no se puede generar para esa plataforma.",
            issues=(("platform", f"not a platform of {self.use_case.value}"),),
        )

    def result_of(self, found: Mapping[str, Any], brief: Brief, variation: int) -> Result:
        """What a reply's object means as that variation, from 0."""
        return self.placed(self.read(found, brief), variation)
