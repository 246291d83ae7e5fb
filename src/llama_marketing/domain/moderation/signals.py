"""What the words of a comment say for certain, whatever a model makes of them."""

from __future__ import annotations

import re

import attrs

from llama_marketing.domain.moderation.folding import fold, without_digits

_COMPLAINT = re.compile(
    r"\breembols\w*|\bdevolucion(?:es)?\b|\bdevuelv\w* mi dinero|\bmi dinero\b|\bfraude\w*|"
    r"\bestaf\w+|\bprofeco\b|\bcondusef\b|\bcofepris\b|\bdemand(?:a|as|ar|are|arlos|arles|o)\b|"
    r"\babogad[oa]s?\b|\bdenunci\w+|\bqueja\b|\bgarantia\b|\brefund\w*|\bscam\w*|\blawsuit\w*|\bsue\b"
)
_DANGER = re.compile(
    # Threats.
    r"\b(?:te|los|las|la|lo|le|les) (?:voy a|vamos a|van a) (?:matar|golpear|madrear|quemar|"
    r"partir|violar|buscar|encontrar|reventar)|\bamenaza(?:s|n|ron|do)? de muerte|"
    r"\b(?:voy|vamos) a (?:matar|quemar|golpear|violar)\w*|\bse donde (?:vives|viven|trabajas)\b|"
    r"\bvas? a morir\b|\bi(?:'ll| will| am going to) kill\b|\bkill you\b|"
    # Self-harm.
    r"\bsuicid\w+|\bquitarme la vida|\bmatarme\b|\bya no quiero vivir|\bno quiero vivir|"
    r"\bquiero morir(?:me)?\b|\bcortarme (?:las venas|los brazos)|\bself[- ]harm|\bkill myself\b|"
    # The abuse of minors.
    r"\bpedofil\w+|\bpederast\w+|\babus\w+ (?:de|a) (?:\w+ ){0,2}(?:menor|nin[oa]s?|menores)\b|"
    r"\b(?:fotos?|videos?|pack) de (?:menores|nin[oa]s)\b|\bpornografia infantil\b|\bchild porn"
)
# Slurs against a group; ordinary rudeness is not among them.
_HATE = re.compile(
    r"\b(?:putos? (?:indios?|negros?|judios?|jotos?)|jotos? de mierda|"
    r"indios? (?:patarrajad|mugros)\w+|"
    r"negros? de mierda|judios? de mierda|maricon(?:es)? de mierda|machorras? de mierda|"
    r"mueran (?:los|las) \w+|muerte a (?:los|las) \w+|retrasad[oa]s? mental(?:es)?|"
    r"mongolic[oa]s?|faggots?|niggers?)\b"
)
_QUESTION_WORD = re.compile(
    r"(?:^|[.!,;\n]\s*)(?:hola,? |oigan,? |disculpen?,? )?(?:cuando|donde|cuanto|cuanta|cuantos|"
    r"como|que (?:precio|costo|horario|dia)|cual|quien|tienen|tiene|hay|hacen envios?|aceptan|"
    r"venden|"
    r"puedo|pueden|precio|informes?|info)\b"
)


@attrs.frozen
class Signals:
    """Facts about a comment's words.

    ``danger``: a threat, self-harm or the abuse of minors, always for a person. ``hate``: a slur
    against a group, the second witness that a deletion needs.
    """

    question: bool
    complaint: bool
    danger: bool
    hate: bool


def signals_of(text: str) -> Signals:
    """What a comment's words say."""
    forms = {folded := fold(text), without_digits(folded)}
    return Signals(
        question="?" in text or "¿" in text or _QUESTION_WORD.search(folded) is not None,
        complaint=any(map(_COMPLAINT.search, forms)),
        danger=any(map(_DANGER.search, forms)),
        hate=any(map(_HATE.search, forms)),
    )
