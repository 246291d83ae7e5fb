"""Whether a text is in Spanish as it is written in Mexico; a rough look, without a model."""

from __future__ import annotations

import re
from typing import Final

from llama_marketing.domain.compliance.spanish_style import spanish_findings

_SPANISH: Final = re.compile(
    r"\b(?:el|la|los|las|un|una|de|del|al|y|o|en|con|por|para|que|se|tu|tus|su|sus|es|más|ya|hoy|"
    r"te|nos|lo|como|este|esta|estos|estas|sin|si|no|muy|todo|todos|cada|desde|hasta|nuestr[oa]s?|"
    r"ven|aquí|también|s[oó]lo|porque|cuando|donde|qué)\b|[¿¡ñáéíóúü]",
    re.IGNORECASE,
)
_ENGLISH: Final = re.compile(
    r"\b(?:the|a|an|of|and|or|in|with|for|to|that|is|are|your?|our|we|it|this|these|those|from|at|"
    r"on|be|by|as|get|now|more|not|all|will|can|have|has|was|were|their|his|her|what|when)\b",
    re.IGNORECASE,
)
_OF_SPAIN: Final = frozenset({"style.vosotros", "style.spain_words"})


def reads_as_mexican_spanish(text: str) -> bool:
    """Whether Spanish words and signs outnumber English words, and nothing is Spain's only."""
    if len(_SPANISH.findall(text)) <= len(_ENGLISH.findall(text)):
        return False
    return all(finding.rule_id not in _OF_SPAIN for finding in spanish_findings(text))
