"""Variables of a WhatsApp template: ``{{1}}`` or ``{{nombre}}``."""

from __future__ import annotations

import regex

from llama_marketing.domain.compliance.spans import Span

_VARIABLE = regex.compile(r"\{\{[^{}\n]*+\}\}")


def variable_spans(text: str) -> tuple[Span, ...]:
    """Where the variables are, the braces included; whether their names are good is not asked."""
    if "{{" not in text:
        return ()
    return tuple(match.span() for match in _VARIABLE.finditer(text))


def variable_names(text: str) -> tuple[str, ...]:
    """What stands between the braces of each, without outer blanks, in their order."""
    return tuple(text[start + 2 : end - 2].strip() for start, end in variable_spans(text))
