"""Models as JSON answers, in the case that the operator chose."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import attrs
from flask import Response
from pydantic.alias_generators import to_camel

from llama_marketing.domain.model import Model


def as_json(data: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8, its fields in the order of the models."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False).encode()


@attrs.frozen
class Presenter:
    """Writes answers; ``camel`` decides the case of field names, never of data keys."""

    camel: bool = True

    def data(self, model: Model) -> dict[str, Any]:
        """A model as JSON-ready data."""
        return model.model_dump(mode="json", by_alias=self.camel)

    def names(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Plain fields of an answer, named in snake_case, under their names in the JSON."""
        return {to_camel(name) if self.camel else name: fields[name] for name in fields}

    def answer(self, content: Model | Mapping[str, Any], status: int = 200) -> Response:
        """One JSON answer; in a mapping, models and lists of models are written out."""
        data = self.data(content) if isinstance(content, Model) else self._mapping(content)
        return Response(as_json(data), status=status, mimetype="application/json")

    def _mapping(self, content: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(value) for name, value in content.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, Model):
            return self.data(value)
        if isinstance(value, list | tuple):
            return [self._value(item) for item in value]
        return value
