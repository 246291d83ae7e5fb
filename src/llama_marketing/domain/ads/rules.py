"""Buttons, objectives and placements of Meta's ads, as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, TypeVar

import attrs
from pydantic import Field

from llama_marketing.domain.ads.facts import AdFact
from llama_marketing.domain.ads.policies import Policies, PolicyRule
from llama_marketing.domain.compliance.shadow import shadow_of
from llama_marketing.domain.errors import InvalidRequest
from llama_marketing.domain.model import digest_of
from llama_marketing.domain.vocabulary import Platform

Type = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,63}$")]
_Row = TypeVar("_Row", bound=AdFact)
_BETWEEN_WORDS = re.compile(r"[\W_]+")


class CallToAction(AdFact):
    """A button: Meta's type, its label in Mexico, and what else it is called.

    Meta itself chooses the words by the reader's language: the label is for the mock-up.
    """

    type: Type
    label: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()


class Objective(AdFact):
    """A campaign's objective; ``calls_to_action`` are the buttons that go with it, best first."""

    id: Type
    label: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    calls_to_action: tuple[Type, ...] = Field(min_length=1)
    default: bool = False
    """What an ad without a known objective is taken to be for."""


class Placement(AdFact):
    """Where an ad shows, and after how many characters each text is cut; 0 is not shown."""

    id: Type
    platform: Platform
    name: str = Field(min_length=1)
    primary_text: int = Field(ge=0)
    headline: int = Field(ge=0)
    description: int = Field(ge=0)
    ending: str = "…"
    """What stands where a text was cut."""
    ratios: tuple[str, ...] = Field(min_length=1)


@attrs.frozen
class AdRules:
    """Everything that is known about ads.

    Raises InvalidRequest, naming the row, when an id comes twice, an objective names a button
    that is not there, two rows have the same name, or there is no default objective.
    """

    calls_to_action: tuple[CallToAction, ...]
    objectives: tuple[Objective, ...]
    placements: tuple[Placement, ...]
    policies: tuple[PolicyRule, ...]
    digest: str = attrs.field(init=False, repr=False, eq=False)
    """Another one for other rows."""
    hints: Policies = attrs.field(init=False, repr=False, eq=False)
    _types: Mapping[str, CallToAction] = attrs.field(init=False, repr=False, eq=False)
    _names: Mapping[str, Objective] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        types = _by_name((row.type, row) for row in self.calls_to_action)
        aliases = ((alias, row) for row in self.calls_to_action for alias in row.aliases)
        object.__setattr__(self, "_types", _by_name(aliases, types))
        ids = _by_name((row.id, row) for row in self.objectives)
        names = ((n, row) for row in self.objectives for n in (row.label, *row.aliases))
        object.__setattr__(self, "_names", _by_name(names, ids))
        _by_name((row.id, row) for row in self.placements)
        object.__setattr__(self, "hints", Policies(self.policies))
        rows = (*self.calls_to_action, *self.objectives, *self.placements, *self.policies)
        object.__setattr__(self, "digest", digest_of(rows))
        for row in self.objectives:
            for each in row.calls_to_action:
                if name_key(each) not in types:
                    raise InvalidRequest(f"objective {row.id}: there is no button {each}")
        if sum(row.default for row in self.objectives) != 1:
            raise InvalidRequest("one objective is the default")

    def objective(self, named: str | None) -> Objective:
        """The objective that a person or an API calls so; the default one where none is."""
        found = self._names.get(name_key(named or ""))
        return found or next(row for row in self.objectives if row.default)

    def suggestions(self, objective: str | None) -> tuple[CallToAction, ...]:
        """The buttons for an objective, best first."""
        row = self.objective(objective)
        return tuple(self._types[name_key(each)] for each in row.calls_to_action)

    def call_to_action(self, wanted: Iterable[str | None], objective: str | None) -> CallToAction:
        """The first of the wanted buttons that is one, else the objective's first suggestion.

        A button may be wanted by its type, another name of it or its label; where two have the
        same label, the one that goes with the objective counts.
        """
        suggested = self.suggestions(objective)
        for each in wanted:
            key = name_key(each or "")
            named = self._types.get(key)
            labelled = [
                row
                for row in (*suggested, *self.calls_to_action)
                if name_key(row.label) == key and key
            ]
            if named is not None or labelled:
                return named or labelled[0]
        return suggested[0]

    def placements_of(self, platform: Platform) -> tuple[Placement, ...]:
        """Where an ad of the platform shows, the usual place first; may be none."""
        return tuple(row for row in self.placements if row.platform is platform)


def name_key(name: str) -> str:
    """A name without its case, accents, blanks and signs."""
    return _BETWEEN_WORDS.sub("", shadow_of(name).text)


def _by_name(
    named: Iterable[tuple[str, _Row]], known: Mapping[str, _Row] | None = None
) -> dict[str, _Row]:
    found = dict(known or {})
    for name, row in named:
        key = name_key(name)
        if found.setdefault(key, row) is not row:
            raise InvalidRequest(f"{name} is there twice")
    return found
