"""Which picture fits which placement: the limits as data, and the verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Literal, Self

import attrs
from pydantic import AfterValidator, Field, model_validator

from llama_marketing.domain.compliance.models import Identifier, LimitKind
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.imaging.facts import ImageFacts, ImageFormat
from llama_marketing.domain.model import Model
from llama_marketing.domain.vocabulary import Platform

TOLERANCE: Final = Decimal("0.01")
"""How far a ratio may be from the one asked for: 1200 by 628 pixels is no exact 1.91:1."""

_RATIO: Final = re.compile(r"(\d{1,4}(?:\.\d{1,4})?):(\d{1,4})")


def ratio_value(text: str) -> Decimal:
    """Width by height of a ratio such as ``4:5`` or ``1.91:1``. Raises ValueError."""
    found = _RATIO.fullmatch(text)
    if found is None or not Decimal(found[1]) or not Decimal(found[2]):
        raise ValueError("a ratio must be written as 4:5 or 1.91:1")
    return Decimal(found[1]) / Decimal(found[2])


def _is_ratio(text: str) -> str:
    ratio_value(text)
    return text


Ratio = Annotated[str, AfterValidator(_is_ratio)]
"""Width to height, such as ``4:5``."""


class ImageCheck(StrEnum):
    """What a limit on pictures looks at."""

    FORMAT = "format"
    MAX_BYTES = "max_bytes"
    MIN_WIDTH = "min_width"
    MAX_WIDTH = "max_width"
    RATIO = "ratio"
    """One of ``ratios``."""
    RATIO_RANGE = "ratio_range"
    """From the first of ``ratios`` to the second."""


class ImagePlacement(Model):
    """A place where a picture appears; ``name`` is Spanish, as a sentence goes on with it."""

    id: Identifier
    platform: Platform
    name: str = Field(min_length=1)


class ImageLimit(Model):
    """One limit on pictures: a row of ``images.toml``.

    ``message`` is a Spanish sentence that may hold ``{measured}`` and ``{limit}``.
    ``confidence`` is A official, B two independent sources, C one, M from memory.
    """

    rule_id: Identifier
    placement: Identifier
    kind: LimitKind
    checks: ImageCheck
    value: int = Field(default=0, ge=0)
    formats: tuple[ImageFormat, ...] = ()
    ratios: tuple[Ratio, ...] = ()
    message: str = Field(min_length=1)
    as_of: date
    source: str = Field(min_length=1)
    confidence: Literal["A", "B", "C", "M"]
    note: str = ""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        needed = {
            ImageCheck.FORMAT: len(self.formats) > 0,
            ImageCheck.RATIO: len(self.ratios) > 0,
            ImageCheck.RATIO_RANGE: len(self.ratios) == 2,
        }
        if not needed.get(self.checks, self.value > 0):
            raise ValueError(f"a limit that checks {self.checks} lacks what it compares with")
        try:
            self.message.format(measured="", limit="")
        except (LookupError, ValueError, AttributeError, TypeError):
            raise ValueError("message may hold {measured} and {limit} only") from None
        return self

    @property
    def limit(self) -> str:
        """What it asks for, as it is shown."""
        if self.checks is ImageCheck.FORMAT:
            return ", ".join(each.value for each in self.formats)
        if self.checks is ImageCheck.RATIO:
            return ", ".join(self.ratios)
        return " a ".join(self.ratios) if self.ratios else f"{self.value:,}"

    def kept_by(self, facts: ImageFacts) -> bool:
        """Whether a picture keeps it."""
        return _CHECKS[self.checks](self, facts)


class ImageFinding(Model):
    """One thing worth knowing about a picture; ``measured`` and ``limit`` as they are shown."""

    rule_id: str
    kind: LimitKind
    measured: str
    limit: str
    message: str


class PlacementFit(Model):
    """How a picture stands to one placement."""

    placement: str
    platform: Platform
    name: str
    verdict: Literal["fits", "warning", "refused"]
    findings: tuple[ImageFinding, ...] = ()


@attrs.frozen
class ImageRules:
    """Every placement with its limits.

    Raises InvalidRequest, naming the row, where an id comes twice or a placement is unknown.
    """

    placements: tuple[ImagePlacement, ...]
    limits: tuple[ImageLimit, ...]

    def __attrs_post_init__(self) -> None:
        known = [placement.id for placement in self.placements]
        rules = [limit.rule_id for limit in self.limits]
        for ids in (known, rules):
            for each in ids:
                if ids.count(each) > 1:
                    raise InvalidRequest(f"{each} is there twice")
        for limit in self.limits:
            if limit.placement not in known:
                raise InvalidRequest(
                    f"rule {limit.rule_id}: there is no placement {limit.placement}"
                )

    def fits(self, facts: ImageFacts, platform: Platform | None = None) -> tuple[PlacementFit, ...]:
        """The verdict for every placement, or for those of one platform."""
        return tuple(
            self._fit(placement, facts)
            for placement in self.placements
            if platform in (None, placement.platform)
        )

    def ratio_name(self, facts: ImageFacts) -> str:
        """The ratio of a picture: one that a limit names, within the tolerance, else a number."""
        named = dict.fromkeys(ratio for limit in self.limits for ratio in limit.ratios)
        for ratio in named:
            if _about(_ratio_of(facts), ratio_value(ratio)):
                return ratio
        return f"{_ratio_of(facts):.2f}:1"

    def _fit(self, placement: ImagePlacement, facts: ImageFacts) -> PlacementFit:
        findings = tuple(
            self._finding(limit, facts)
            for limit in self.limits
            if limit.placement == placement.id and not limit.kept_by(facts)
        )
        kinds = {finding.kind for finding in findings}
        refused = LimitKind.HARD in kinds
        return PlacementFit(
            placement=placement.id,
            platform=placement.platform,
            name=placement.name,
            verdict="refused" if refused else "warning" if findings else "fits",
            findings=findings,
        )

    def _finding(self, limit: ImageLimit, facts: ImageFacts) -> ImageFinding:
        measured = {
            ImageCheck.FORMAT: facts.format.value,
            ImageCheck.MAX_BYTES: f"{facts.bytes:,}",
            ImageCheck.MIN_WIDTH: f"{facts.width:,}",
            ImageCheck.MAX_WIDTH: f"{facts.width:,}",
        }.get(limit.checks, self.ratio_name(facts))
        return ImageFinding(
            rule_id=limit.rule_id,
            kind=limit.kind,
            measured=measured,
            limit=limit.limit,
            message=limit.message.format(measured=measured, limit=limit.limit),
        )


def _ratio_of(facts: ImageFacts) -> Decimal:
    return Decimal(facts.width) / Decimal(facts.height)


def _about(ratio: Decimal, asked: Decimal) -> bool:
    return abs(ratio - asked) <= TOLERANCE * asked


def _in_range(limit: ImageLimit, facts: ImageFacts) -> bool:
    least, most = (ratio_value(ratio) for ratio in limit.ratios)
    return least * (1 - TOLERANCE) <= _ratio_of(facts) <= most * (1 + TOLERANCE)


_CHECKS: Final[Mapping[ImageCheck, Callable[[ImageLimit, ImageFacts], bool]]] = {
    ImageCheck.FORMAT: lambda limit, facts: facts.format in limit.formats,
    ImageCheck.MAX_BYTES: lambda limit, facts: facts.bytes <= limit.value,
    ImageCheck.MIN_WIDTH: lambda limit, facts: facts.width >= limit.value,
    ImageCheck.MAX_WIDTH: lambda limit, facts: facts.width <= limit.value,
    ImageCheck.RATIO: lambda limit, facts: any(
        _about(_ratio_of(facts), ratio_value(ratio)) for ratio in limit.ratios
    ),
    ImageCheck.RATIO_RANGE: _in_range,
}
