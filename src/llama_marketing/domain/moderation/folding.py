"""Text folded to the bare letters that a reader sees, so that no disguise hides a word."""

from __future__ import annotations

import html
import re
import string
import unicodedata

# What looks like a Latin letter or like the marks of a control token, and is neither. The letters
# of Cyrillic and Greek are those of the confusables in Unicode's security report (UTS 39).
_LOOK_ALIKES = str.maketrans(
    dict(zip("авекмнорстухіјѕԁԛԝһӏ", "abekmhopctyxijsdqwhl", strict=True))
    | dict(zip("αβεηικμνορτυχϲ", "abenikuvoptuxc", strict=True))
    | dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
    # White letters in black circles and squares, which have no compatibility form.
    | {
        chr(first + place): letter
        for first in (0x1F150, 0x1F170)
        for place, letter in enumerate(string.ascii_lowercase)
    }
    | dict.fromkeys("‹〈⟨❮❬", "<")
    | dict.fromkeys("›〉⟩❯❭", ">")
    | dict.fromkeys("ǀ∣¦❘│┃‖", "|")
    | dict.fromkeys("“”„«»", '"')
    | dict.fromkeys("‘’´`", "'")
)
_DIGITS = str.maketrans("0134578@$!", "oieastbasi")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ ._*·-]){2,}[^\W\d_](?![^\W_])")
_BETWEEN = re.compile(r"[ ._*·-]")
_BLANKS = re.compile(r"[^\S\n]+")


def bare(text: str) -> str:
    """The text in its compatibility form without format characters; HTML's entities are read."""
    visible = (char for char in html.unescape(text) if unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFKC", "".join(visible))


def fold(text: str) -> str:
    """The bare text in lower case without accents, doubled blanks or look-alikes.

    Line breaks stay, and a word whose letters stand apart is joined.
    """
    letters = (
        char
        for char in unicodedata.normalize("NFD", bare(text).casefold())
        if not unicodedata.category(char).startswith("M")
    )
    plain = "".join(char if char == "\n" or char.isprintable() else " " for char in letters)
    latin = plain.translate(_LOOK_ALIKES)
    joined = _SPACED.sub(lambda match: _BETWEEN.sub("", match[0]), latin)
    return _BLANKS.sub(" ", joined)


def without_digits(folded: str) -> str:
    """A folded text whose digits and signs are read as the letters that they are used for."""
    return folded.translate(_DIGITS)
