"""Whether a comment tries to give the model orders.

Looked for are orders to ignore or forget, to classify or to answer in a given way, a new role,
the marks of roles and control tokens, and blobs of base64, in Spanish and English, whatever hides
them. A complaint about a brand that ignores or does not answer is none of these.
"""

from __future__ import annotations

import base64
import re

from llama_marketing.domain.moderation.folding import bare, fold, without_digits

# Reading is linear: between the parts of an order stand at most so many characters of a sentence.
_NEAR = r"[^.!?]{0,60}?"
_CLOSE = r"[^.!?]{0,25}?"

_DROP = (
    # "Me ignora", "se les olvida" and "nadie ignora" say what a brand does.
    r"(?<!\bme )(?<!\bse )(?<!\ble )(?<!\bles )(?<!\bnos )(?<!\bte )(?<!\bno )(?<!\bsiempre )"
    r"\b(?:ignor(?:a|e|en|ad|ar|es|alo|alas|alos|emos)|"
    r"olvid(?:a|e|en|ad|ar|es|ate|ese|ense|alo|alas|arse|emos)|"
    r"descart(?:a|e|en|ar)|omit(?:e|a|an|ir)|desobedec(?:e|er)|desobedezca|desatiende|"
    r"hagas? caso omiso|haz caso omiso|hacer caso omiso|pasa por alto|deja de lado|"
    r"no (?:hagas|haga|hagan) caso|no sigas|deja de seguir|"
    r"ignore|disregard|forget|override|bypass|discard|do not follow|don'?t follow|"
    r"stop following|pay no attention)\b"
)
_DROPPED = (
    r"(?:instruc|indicaci|directri|directiv|consigna|\breglas?\b|\btareas?\b|\bprompts?\b|"
    r"\bordenes\b|\blo (?:anterior|previo|de antes|de arriba|dicho)\b|"
    r"\btodo lo (?:que|anterior|previo|de)\b|"
    r"\bmensajes? (?:anterior|previo|del sistema|de sistema)|\b(?:anteriores|previ[ao]s)\b|"
    r"\blo que (?:te|se|le|viene|venia|hay|esta|dice|decia)\b|\bantes\b|\bcontexto\b|"
    r"\bdel sistema\b|"
    r"\brules?\b|\btasks?\b|\bprevious\b|\bprior\b|\babove\b|\bearlier\b|\bguidelines?\b|"
    r"\bsystem (?:prompt|message)|\bdirections\b|\borders\b|\bcontext\b|"
    r"\b(?:came|comes|was|were|said|written|told|you) before\b|"
    r"\beverything\b)"
)
_VERDICT = (
    r"(?:positiv|negativ|neutr|spam|ofensiv|offensiv|insult|segur[oa]\b|safe\b|benign|inofensiv|"
    r"aprobad|approved|permitid|allowed|excelente|harmless)"
)
_CLASSIFY = (
    r"\b(?:clasific(?:a|ar|alo|ala|alos|alas|ame|ad|as)|clasifique(?:n|s|lo|la)?|"
    r"clasificar(?:se|lo|la|los|las)|reclasific(?:a|ar|alo|ala)|categoriz(?:a|ar|alo|ala)|categorice|classify|reclassify|"
    r"categori[sz]e)\b"
    rf"(?:{_NEAR}\b(?:como|as|con|with|asi)\b|{_CLOSE}{_VERDICT}|\s*[:=])"
)
_MARK = (
    r"\b(?:etiquet(?:a|ar|alo|ala|alos|alas|e|en)|marc(?:a|ar|alo|ala|alos|alas)|marque(?:n|lo)?|"
    r"considera(?:lo|los|r)?|considere(?:n|lo)?|califica(?:lo|la|r|los)?|califique|"
    r"trata(?:lo|la|los|r)?|pon(?:le|les|er|lo|ga|gan)?|asigna(?:le|les|r)?|dale|juzga(?:lo|r)?|"
    r"evalua(?:lo|r)?|clasificad[oa]s?|label|mark|tag|rate|treat|consider|flag|assign|judge)\b"
)
_LABELLED = rf"(?<!\bme )(?<!\bse )(?<!\bno ){_MARK}{_NEAR}\b(?:como|as|a|to|etiqueta|label)\b"
_FIELD = (
    r"\b(?:label|etiqueta|confidence|confianza|sentiment|sentimiento|clasificacion|action|accion)"
    r"['\"]?\s*(?:[:=]|=>)\s*['\"]?"
    rf"(?:{_VERDICT}|[01](?:[.,]\d+)?\b|none\b|ninguna\b|reply\b|responder\b)"
)
_VALUE = (
    r"\b(?:pon|ponle|usa|asigna|devuelve|set|use|give|assign|return)\b"
    rf"{_CLOSE}\b(?:confianza|confidence|etiqueta|label|sentiment|sentimiento)\b"
)
_CLAIM = (
    r"\b(?:este|esto|esta|this|these|todos(?: los)?|todo|all|everything)\s*"
    r"(?:mensajes?|comentarios?|textos?|resenas?|messages?|comments?|texts?|reviews?)?\s*"
    r"(?:(?:no )?(?:es|son)|(?:is|are)(?: not)?)\s+(?:un |a )?"
    r"(?:positiv|negativ|neutr|ofensiv|offensive|inofensiv|harmless|benign|safe\b)|"
    r"\b(?:no es|is not|isn't) (?:un |a )?spam\b"
)
_SAY = (
    r"(?:respond(?:e|ed|er|eme|as|a|an)?|contest(?:a|ad|ar|ame|e|en)|devuelv(?:e|eme|a)|devolver|"
    r"regresa(?:me)?|imprim(?:e|a|ir)|escrib(?:e|a|ir)|di|diga|emit(?:e|a)|genera|repite|"
    r"reply|answer|return|print|say|output|write|repeat|emit)"
)
_ANSWER = (
    rf"(?<!\bnadie )(?<!\bno )(?<!\bnunca )(?<!\bni )\b{_SAY}\b(?:"
    r"\s+(?:siempre\s+)?(?:solo|solamente|unicamente|exactamente|exclusivamente|nada mas|only|just|"
    rf"exactly|always|nothing but)\b{_CLOSE}(?:\b(?:con|que|en|la|el|los|lo|esto|json|with|the|"
    r"this|that|in|yes|no|si|ok)\b|['\":]|positiv|negativ|neutr)|"
    r"\s+(?:con|with|in|en|que|that|la|el|the)\s+(?:un |una |el |la |los |a |an |the )?"
    r"(?:palabra|texto|siguiente|json|word|text|following|etiqueta|label|formato|format|"
    rf"['\"]|{_VERDICT})|"
    rf"\s*[:=]?\s*(?:(?:as |como )?{_VERDICT}|['\"{{\[]))"
)
_ROLE_WORDS = (
    r"(?:asistente|modelo|inteligencia|ia|bot|chatbot|robot|clasificador|moderador|sistema|"
    r"administrador|programador|hacker|experto|sin (?:reglas|restricciones|filtros|limites)|libre|"
    r"dan|assistant|model|ai|classifier|moderator|system|admin|administrator|developer|expert|"
    r"unrestricted|free)\b"
)
_NEW_ROLE = (
    rf"\b(?:ahora eres|actua(?:ras)? como|comportate como|finge (?:ser|que)|simula (?:ser|que)|"
    rf"act as|pretend (?:to be|you are|that)|behave as|you will be|roleplay as)"
    rf"{_CLOSE}\b{_ROLE_WORDS}|"
    r"\beres ahora\b|\byou are now\b|\byou'?re now\b|"
    rf"\b(?:a partir de (?:ahora|este momento)|de ahora en adelante|desde ahora)\b{_CLOSE}"
    r"\b(?:eres|seras|actua|responde|responderas|contesta|clasifica|clasificaras|ignora|olvida|"
    r"todos los comentarios)\b|"
    r"\bfrom now on\b|"
    r"\b(?:nuevas?|new|updated) (?:instruccion(?:es)?|instructions?|ordenes)\b|"
    r"\b(?:tu|su|your) (?:nueva|new) (?:tarea|funcion|mision|task|role|job|goal)\b|"
    rf"\b(?:haz de cuenta|como si)\b{_CLOSE}\bno\b{_CLOSE}"
    r"\b(?:instrucciones|reglas|filtros|limites)|"
    r"\b(?:modo|mode) (?:desarrollador|administrador|dios|dan|debug|developer)\b|"
    r"\b(?:developer|god|dan|debug|admin) mode\b|\bjailbreak|"
    r"\bsystem prompt\b|\bprompt (?:del|de) sistema\b|"
    rf"\b(?:muestra|revela|dime|repite|imprime|reveal|show|print|repeat)(?:me)?\b{_CLOSE}"
    r"\b(?:tus|your|las|the) (?:instrucciones|instructions|reglas|prompt)\b"
)
_ROLE = (
    r"\b(?:system|assistant|asst)\s*(?::|=>|>)|"
    r"(?:^|[\n.!?\[({<|#*\"']) *(?:sistema|asistente|usuario|user|human|humano|developer|"
    r"desarrollador|instruccion(?:es)?|instructions?|moderador|administrador)\s*(?::|=>|\]|\|>)|"
    r"['\"]?\b(?:role|rol)\b['\"]?\s*[:=]\s*['\"]?(?:system|assistant|user|developer|tool|sistema)|"
    r"</?\s*(?:system|assistant|user|sistema|asistente|instructions?|prompt|tool)\b[^<>\n]{0,40}>|"
    r"\[/?\s*(?:system|assistant|user|sistema|asistente)\s*\]|"
    r"(?:^|\n) *#{1,6} *(?:system|assistant|user|sistema|instruc|instruction|respuesta:|response)"
)
_TOKEN = (
    r"<\s*\|[^<>\n]{0,64}?\|?\s*>|\[\s*/?\s*inst\s*\]|<\s*<\s*/?\s*sys\s*>\s*>|"
    r"<\s*/?\s*s\s*>|<\s*/?\s*(?:start|end)_of_turn\s*>|<\s*/?\s*(?:begin|end)_of_text\s*>|"
    r"\b(?:eot_id|eom_id|im_start|im_end|start_header_id|end_header_id|begin_of_text|end_of_text|"
    r"python_tag|header_start|header_end)\b"
)
_ORDERS = re.compile(
    "|".join(
        (
            _DROP + _NEAR + _DROPPED,
            _CLASSIFY,
            _LABELLED + _CLOSE + _VERDICT,
            _FIELD,
            _VALUE,
            _CLAIM,
            _ANSWER,
            _NEW_ROLE,
        )
    )
)
_MARKS = re.compile(f"{_ROLE}|{_TOKEN}")
_SQUEEZED = re.compile(
    r"(?:ignor[ae]|olvid[ae]|disregard|forget|override)n?(?:te)?(?:de)?(?:tod[ao]s?|all|any)?"
    r"(?:l[ao]s?|tus?|your|the|mis|my)?(?:previous|prior|above|anteriores)?"
    r"(?:instruc|regla|tarea|orden|rule|task|prompt|anterior|previ|above)|"
    r"(?:clasifica|classify)(?:l[ao]s?|est[eo]|this|it|tod[ao]s?)?(?:comentarios?|comment)?(?:como|as)|"
    r"respond[ea]?(?:solo|only)|replyonly|systemprompt|youarenow|eresahora"
)
_JOINTS = re.compile(r"_|\.{2,}")
"""What stands between words without ending a sentence."""
_NO_LETTER = re.compile(r"[^a-z]+")
_LETTERS_APART = re.compile(r"(?<![^\W_])(?:[^\W_][\W_]{1,3}){6,}[^\W_](?![^\W_])")

_RUN = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_BLOB_LENGTH = 40
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


def suspects_injection(text: str) -> bool:
    """Whether a comment looks like an order to the model."""
    folded = fold(text)
    if _MARKS.search(folded):
        return True
    plain = _JOINTS.sub(" ", folded)
    forms = {plain, without_digits(plain)}
    if any(_ORDERS.search(form) for form in forms):
        return True
    return _is_spelled_apart(text) or _holds_base64(text)


def _is_spelled_apart(text: str) -> bool:
    """Whether letters that stand one by one spell an order."""
    apart = _LETTERS_APART.search(bare(text))
    if apart is None:
        return False
    return _SQUEEZED.search(_NO_LETTER.sub("", without_digits(fold(text)))) is not None


def _holds_base64(text: str) -> bool:
    """Whether a run of base64 stands in the text: one that decodes to text, or a long one."""
    return any(_is_blob(match[0]) for match in _RUN.finditer(_ADDRESS.sub(" ", bare(text))))


def _is_blob(run: str) -> bool:
    letters = run.rstrip("=").replace("-", "+").replace("_", "/")
    if len(letters) >= _BLOB_LENGTH and _is_mixed(letters):
        return True
    whole = letters[: len(letters) // 4 * 4] if len(letters) % 4 == 1 else letters
    decoded = base64.b64decode(whole + "=" * (-len(whole) % 4))
    return _is_mixed(letters) and _reads_as_text(decoded)


def _is_mixed(letters: str) -> bool:
    """Whether both cases and a digit or sign come, which no word has."""
    return (
        any(char.islower() for char in letters)
        and any(char.isupper() for char in letters)
        and not letters.isalpha()
    )


def _reads_as_text(decoded: bytes) -> bool:
    try:
        text = decoded.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return text.isprintable() and sum(char.isalpha() or char == " " for char in text) > (
        0.7 * len(text)
    )
