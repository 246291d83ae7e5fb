"""The limits as data, and the verdict on a text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

import attrs
from pydantic import Field, model_validator

from llama_marketing.domain.compliance.measures import Measure
from llama_marketing.domain.compliance.spans import Span
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.model import Model, digest_of
from llama_marketing.domain.vocabulary import GenerationUseCase, Platform

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9_.]{1,64}$")]
ComplianceStatus = Literal["ok", "warning", "exceeds"]


class LimitKind(StrEnum):
    """What happens beyond a limit."""

    HARD = "hard"
    """The platform refuses the text: it is not compliant."""
    POLICY = "policy"
    """Published rules ask for it, the platform may refuse: a person should look."""
    ADVICE = "advice"
    """The platform takes it; the text works better within."""
    FOLD = "fold"
    """The text is shown cut, with "ver más"."""


class Counted(StrEnum):
    """What a limit counts."""

    LENGTH = "length"
    HASHTAGS = "hashtags"
    MENTIONS = "mentions"
    EMOJIS = "emojis"
    LINKS = "links"
    """Different links: the same one twice is one."""
    BLANK = "blank"
    """1 where a person would see nothing, else 0; so a limit of 0 asks for text."""
    VARIABLES = "variables"
    MARKS = "marks"
    """Pairs of WhatsApp's formatting marks."""
    LINE_BREAKS = "line_breaks"
    ITEMS = "items"
    """How many things of a kind go together, such as buttons; no text shows it."""


class Formatting(StrEnum):
    """What the surface makes of formatting marks."""

    PLAIN = "plain"
    """Shows them as they are."""
    WHATSAPP = "whatsapp"
    RICH = "rich"
    """Shown by something that may understand them, such as an e-mail editor."""


class SurfaceId(StrEnum):
    """The bundled surfaces that code may name; the set is open, a surface is data."""

    FACEBOOK_POST = "facebook_post"
    FACEBOOK_AD = "facebook_ad"
    INSTAGRAM_CAPTION = "instagram_caption"
    INSTAGRAM_AD = "instagram_ad"
    WHATSAPP_TEXT = "whatsapp_text"
    WHATSAPP_TEMPLATE_BODY = "whatsapp_template_body"
    EMAIL_SUBJECT = "email_subject"
    EMAIL_PREHEADER = "email_preheader"
    EMAIL_BODY = "email_body"
    THREADS_POST = "threads_post"
    MESSENGER_TEXT = "messenger_text"
    TIKTOK_CAPTION = "tiktok_caption"
    LINKEDIN_POST = "linkedin_post"


class Surface(Model):
    """A place where a text is published: a row of ``limits.toml``."""

    id: Identifier
    platform: Platform
    name: str
    """Spanish, as a sentence goes on with it: "la publicación de Facebook"."""
    default: bool = False
    """The surface that a text for this platform is judged by when none is named."""
    use_cases: tuple[GenerationUseCase, ...] = ()
    """Use cases whose texts for this platform go here instead."""
    default_field: Identifier = "text"
    formatting: Formatting = Formatting.PLAIN
    is_template: bool = False
    """Whether its texts are WhatsApp templates, which are approved before they are sent."""


class LimitSpec(Model):
    """One limit: a row of ``limits.toml``.

    ``message`` is a Spanish sentence that may hold ``{measured}``, ``{limit}`` and ``{over}``.
    ``confidence`` is A official, B two independent sources, C one, M from memory.
    """

    rule_id: Identifier
    surface: Identifier
    field: Identifier = "text"
    kind: LimitKind
    counts: Counted = Counted.LENGTH
    measure: Measure | None = None
    """The unit of a limit on length, and only of such."""
    value: int = Field(ge=0)
    """The most that keeps the rule."""
    message: str = Field(min_length=1)
    affects_status: bool = True
    """Whether a breach turns the status to "warning"; never for a fold."""
    as_of: date
    source: str = Field(min_length=1)
    confidence: Literal["A", "B", "C", "M"]
    note: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.measure is not None) != (self.counts is Counted.LENGTH):
            raise ValueError("measure belongs to a limit on length, and to no other")
        try:
            self.message.format(measured=0, limit=0, over=0)
        except (LookupError, ValueError, AttributeError, TypeError):
            raise ValueError("message may hold {measured}, {limit} and {over} only") from None
        return self

    @property
    def counts_for_status(self) -> bool:
        """Whether a breach is to be seen in the status.

        Folds never are: nearly every good post is longer than what shows before "ver más".
        """
        return self.affects_status and self.kind is not LimitKind.FOLD


class Finding(Model):
    """One thing worth knowing about a text.

    ``measure`` is the unit of ``measured`` and ``limit``: a :class:`Measure` for a length, else
    what was counted. ``span`` is where, in code points of the normalised text.
    """

    rule_id: str
    kind: LimitKind
    measure: str
    measured: int
    limit: int
    span: Span
    message: str
    affects_status: bool = True


class PlatformCompliance(Model):
    """How a text stands against the limits of one surface.

    ``character_limit`` is the hard limit of the surface and ``current_length`` the text's
    length, both in ``measure``. ``status`` is ``exceeds`` only above that limit and ``ok`` when
    no finding affects it; ``warnings`` are the sentences of those that do. ``is_compliant`` is
    False when any hard limit is broken, so also with too many hashtags.
    """

    platform: Platform
    character_limit: int
    current_length: int
    is_compliant: bool
    status: ComplianceStatus
    warnings: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    surface: str
    field: str = "text"
    measure: Measure = Measure.UTF16


@attrs.frozen
class PlatformRules:
    """Every surface with its limits.

    Raises InvalidRequest, naming the row, when a row has an unknown surface, an id comes twice,
    a field for texts lacks its one hard limit on length, or a platform its default surface.
    """

    surfaces: tuple[Surface, ...]
    rows: tuple[LimitSpec, ...]
    digest: str = attrs.field(init=False, repr=False, eq=False)
    """Another one for other rows."""
    _surfaces: Mapping[str, Surface] = attrs.field(init=False, repr=False, eq=False)
    _limits: Mapping[tuple[str, str], tuple[LimitSpec, ...]] = attrs.field(
        init=False, repr=False, eq=False
    )
    _hard: Mapping[tuple[str, str], LimitSpec] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        limits: dict[tuple[str, str], tuple[LimitSpec, ...]] = {}
        for row in self.rows:
            key = (row.surface, row.field)
            limits[key] = (*limits.get(key, ()), row)
        object.__setattr__(self, "_surfaces", {surface.id: surface for surface in self.surfaces})
        object.__setattr__(self, "_limits", limits)
        self._check_ids()
        lengths = {(row.surface, row.field) for row in self.rows if row.counts is not Counted.ITEMS}
        hard = {key: _hard_limit(*key, limits[key]) for key in limits if key in lengths}
        object.__setattr__(self, "_hard", hard)
        object.__setattr__(self, "digest", digest_of((*self.surfaces, *self.rows)))

    def _check_ids(self) -> None:
        _only_once("surface", (surface.id for surface in self.surfaces))
        _only_once("rule", (row.rule_id for row in self.rows))
        defaults = [surface.platform.value for surface in self.surfaces if surface.default]
        _only_once("the default surface of", defaults)
        for row in self.rows:
            if row.surface not in self._surfaces:
                raise InvalidRequest(f"rule {row.rule_id}: there is no surface {row.surface}")
        for surface in self.surfaces:
            if surface.platform not in defaults:
                raise InvalidRequest(f"no surface is the default of {surface.platform}")
            if (surface.id, surface.default_field) not in self._limits:
                raise InvalidRequest(f"surface {surface.id}: {surface.default_field} has no limit")

    def surface(self, surface_id: str) -> Surface:
        """The surface of that id. Raises InvalidRequest where there is none."""
        if (surface := self._surfaces.get(surface_id)) is None:
            raise InvalidRequest(
                "surface is unknown",
                user_message="La superficie no existe.",
                issues=(("surface", "is unknown"),),
            )
        return surface

    def surface_for(
        self, platform: Platform | str, use_case: GenerationUseCase | str | None = None
    ) -> Surface:
        """The surface by which a text for ``platform`` is judged when none is named.

        Raises InvalidRequest where the platform has none.
        """
        own = [surface for surface in self.surfaces if surface.platform == platform]
        for surface in own:
            if use_case is not None and use_case in surface.use_cases:
                return surface
        for surface in own:
            if surface.default:
                return surface
        raise InvalidRequest(
            "platform has no limits",
            user_message="No hay límites para esa plataforma.",
            issues=(("platform", "has no limits"),),
        )

    def limits(self, surface_id: str, field: str | None = None) -> tuple[LimitSpec, ...]:
        """Every limit of the field (default the surface's own); empty where it has none.

        Raises InvalidRequest where there is no such surface.
        """
        surface = self.surface(surface_id)
        return self._limits.get((surface_id, field or surface.default_field), ())

    def hard_limit(self, surface_id: str, field: str | None = None) -> LimitSpec:
        """The one hard limit on the field's length. Raises InvalidRequest where it has none."""
        surface = self.surface(surface_id)
        limit = self._hard.get((surface_id, field or surface.default_field))
        if limit is None:
            raise InvalidRequest("field has no limits", issues=(("field", "has no limits"),))
        return limit

    def target_limit(self, surface_id: str, field: str | None = None) -> LimitSpec:
        """The smallest limit on length that generated copy should keep (125 for an ad's text)."""
        lengths = [self.hard_limit(surface_id, field)]
        lengths += [
            row
            for row in self.limits(surface_id, field)
            if row.counts is Counted.LENGTH and row.kind is not LimitKind.FOLD
        ]
        return min(lengths, key=lambda row: row.value)


def _hard_limit(surface: str, field: str, rows: Iterable[LimitSpec]) -> LimitSpec:
    hard = [row for row in rows if row.kind is LimitKind.HARD and row.counts is Counted.LENGTH]
    if len(hard) != 1:
        raise InvalidRequest(
            f"surface {surface}, field {field}: one hard limit on length is needed, "
            f"there are {len(hard)}"
        )
    return hard[0]


def _only_once(what: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise InvalidRequest(f"{what} {each} is there twice")
        seen.add(each)
