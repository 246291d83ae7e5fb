"""What a generated copy must not bring along: it is flagged here, never rewritten.

A screen may show the copy, an e-mail may hold it: markup, script links and remote images act
there, bidirectional controls and invisible tags hide what the text says.
"""

from __future__ import annotations

import re

from llama_marketing.domain.compliance.models import Finding, LimitKind
from llama_marketing.domain.compliance.normalise import REPLACEMENT
from llama_marketing.domain.compliance.occurrences import occurrences

_HTML = re.compile(
    r"</?[a-z][a-z0-9-]*+(?:[\s/][^<>]*+)?>|<!--|"
    # Browsers close these by themselves.
    r"<(?:script|img|iframe|svg|object|embed|style|link|meta|form|input|video|audio|base)\b",
    re.IGNORECASE,
)
# "Big data: 5 ideas" and "JavaScript: aprende" are no links.
_SCRIPT_LINK = re.compile(
    r"\b(?:javascript|vbscript):(?=\S)|\bdata:(?:[a-z]+/[a-z0-9.+-]+|[;,])", re.IGNORECASE
)
_MARKDOWN_IMAGE = re.compile(r"!\[[^\[\]\n]*\][(\[]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
# The flags of England, Scotland and Wales are the only emojis that are spelled with tags.
_TAG = "[\U000e0000-\U000e007f]"
_REGION = "|".join(
    "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
_TAGS = re.compile(
    f"(?<!\U0001f3f4)(?<!{_TAG}){_TAG}++|(?<=\U0001f3f4)(?!(?:{_REGION})(?!{_TAG})){_TAG}++"
)
_DAMAGED = re.compile(REPLACEMENT)

_MAY_HIDE = re.compile(f"[\u202a-\u202e\u2066-\u2069{REPLACEMENT}\U000e0000-\U000e007f]")
_VISIBLE_RULES = (
    # rule id, what every match holds, pattern, sentence
    ("safety.html", "<", _HTML, "El texto contiene etiquetas HTML."),
    ("safety.script_link", ":", _SCRIPT_LINK, "El texto contiene un enlace que ejecuta código."),
    ("safety.markdown_image", "![", _MARKDOWN_IMAGE, "El texto contiene una imagen de Markdown."),
)
_HIDDEN_RULES = (
    ("safety.bidi_control", _BIDI, "El texto contiene caracteres que invierten su dirección."),
    ("safety.hidden_tags", _TAGS, "El texto contiene caracteres invisibles."),
    ("safety.damaged", _DAMAGED, "El texto contiene caracteres dañados (\ufffd)."),
)


def safety_findings(text: str) -> list[Finding]:
    """What a person has to look at before this text goes anywhere."""
    found: list[Finding] = []
    for rule_id, needed, pattern, message in _VISIBLE_RULES:
        if needed in text:
            found += _flag(rule_id, pattern, text, message)
    if _MAY_HIDE.search(text):
        for rule_id, pattern, message in _HIDDEN_RULES:
            found += _flag(rule_id, pattern, text, message)
    return found


def _flag(rule_id: str, pattern: re.Pattern[str], text: str, message: str) -> list[Finding]:
    spans = [match.span() for match in pattern.finditer(text)]
    return occurrences(rule_id, LimitKind.POLICY, spans, message)
