"""The bundled evaluation set; it is the same for everybody, so that figures can be compared.

Each file holds one JSON object a line. The first line says the set's version, date and source,
which are the same in both files.
"""

from __future__ import annotations

import json
from datetime import date
from functools import cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

import attrs

from llama_marketing.domain.errors import InvalidRequest, SettingsError
from llama_marketing.domain.evaluation.models import (
    EvaluationBrief,
    EvaluationSet,
    LabelledComment,
)
from llama_marketing.domain.model import Model
from llama_marketing.ports.evaluation_set import EvaluationSetSource

COMMENTS = "comments.jsonl"
BRIEFS = "briefs.jsonl"
_Row = TypeVar("_Row", bound=Model)


class Heading(Model):
    """The first line of a file."""

    version: int
    as_of: date
    source: str


def _bundled() -> Traversable:
    return files(__package__).joinpath("files", "evaluation")


@attrs.define(slots=False)
class PackagedEvaluationSet(EvaluationSetSource):
    """Reads ``evaluation/comments.jsonl`` and ``evaluation/briefs.jsonl`` at the first use."""

    folder: Traversable = attrs.field(factory=_bundled)

    def evaluation_set(self) -> EvaluationSet:
        """The set; raises SettingsError, naming the file and the line, for what breaks a rule."""
        return self._set

    @cached_property
    def _set(self) -> EvaluationSet:
        heading, comments = self._rows(COMMENTS, LabelledComment)
        other, briefs = self._rows(BRIEFS, EvaluationBrief)
        if heading != other:
            raise SettingsError(f"{COMMENTS} and {BRIEFS} are not of the same set")
        try:
            return EvaluationSet(
                version=heading.version,
                as_of=heading.as_of,
                source=heading.source,
                comments=comments,
                briefs=briefs,
            )
        except InvalidRequest as error:
            raise SettingsError(f"the evaluation set: {error}") from error

    def _rows(self, name: str, kind: type[_Row]) -> tuple[Heading, tuple[_Row, ...]]:
        try:
            lines = self.folder.joinpath(name).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{name} cannot be read") from error
        heading = _read(Heading, name, 1, lines[0] if lines else "")
        rows = (_read(kind, name, number, line) for number, line in enumerate(lines[1:], 2))
        return heading, tuple(rows)


def _read(kind: type[_Row], name: str, number: int, line: str) -> _Row:
    try:
        return kind.read(json.loads(line))
    except (InvalidRequest, json.JSONDecodeError) as error:
        raise SettingsError(f"{name} line {number}: {error}") from error
