"""Laws of the copy: piece by piece it is the same text as whole, however it is cut."""

from __future__ import annotations

import itertools
import json
import sys
import unicodedata

from hypothesis import example, given
from hypothesis import strategies as st

from llama_marketing.domain.generation.copy_reader import CopyReader
from llama_marketing.domain.generation.copy_text import _JOINS_BACK, CopyStream, copy_text

# What joins, splits, sorts, hides or is cut: marks of several classes, jamo, blanks, line ends,
# Tibetan vowels, joiners, surrogates, and what JSON escapes.
NASTY = (
    ' \t\n\r\x0b\x1c\x85\u00a0\u2000\u2028\u3000aeAK<"\\/{}[]:,\u0301\u0316\u0323\u0344\u0345'
    "\u0f71\u0f72\u0f73\u0f74\u0f80\u1100\u1161\u11a8\uac00\u115f\u1160\u09c7\u09be\u0b47\u0b56"
    "\u00e9\u1e0b\u212b\u0958\ufb1d\u200d\u200b\ufe0f\ufffd\x00\x7f\U0001f469\U0001f3fd\U0001f1f2"
    "\U00011131\U00011127\ud83d\ude00\udfff"
)
TEXTS = st.text(st.sampled_from(NASTY), max_size=40) | st.text(
    st.characters(exclude_categories=()), max_size=20
)


def cut(text: str, places: list[int]) -> list[str]:
    """The text in pieces, cut at some places; pieces may be empty."""
    edges = [0, *sorted(place % (len(text) + 1) for place in places), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(edges)]


def streamed(pieces: list[str]) -> str:
    stream = CopyStream()
    return "".join([*(stream.feed(piece) for piece in pieces), stream.end()])


def read(pieces: list[str], field: str = "content") -> str:
    reader = CopyReader(field)
    return "".join([*(reader.feed(piece) for piece in pieces), reader.end()])


PLACES = st.lists(st.integers(0, 500), max_size=12)


@given(TEXTS, PLACES)
@example("a\u0323\u0307\u0f73", [1, 2, 3])
@example(" \r\n x \r\n ", [1, 2, 3, 4, 5])
def test_the_pieces_joined_are_the_copy_of_the_whole(text: str, places: list[int]) -> None:
    assert streamed(cut(text, places)) == copy_text(text)
    assert streamed(list(text)) == copy_text(text)


@given(TEXTS)
def test_a_copy_is_clean_and_stays_what_it_is(text: str) -> None:
    copy = copy_text(text)
    assert copy == copy.strip()
    assert "\r" not in copy
    assert not any("\ud800" <= char <= "\udfff" for char in copy)
    assert copy_text(copy) == copy


@given(TEXTS, PLACES)
def test_what_was_shown_is_never_taken_back(text: str, places: list[int]) -> None:
    stream, shown = CopyStream(), ""
    for piece in cut(text, places):
        shown += stream.feed(piece)
        assert copy_text(text).startswith(shown)


def test_the_list_of_characters_that_join_back_is_complete() -> None:
    """Python's own Unicode tables say which characters NFC joins to what stands before."""
    everything = [chr(code) for code in range(sys.maxunicode + 1) if not 0xD800 <= code <= 0xDFFF]
    second = set()
    for char in everything:
        apart = unicodedata.normalize("NFD", char)
        if len(apart) > 1 and unicodedata.normalize("NFC", apart) == char:
            second.add(apart[-1])
    joining = {
        char
        for char in everything
        if unicodedata.combining(char) == 0
        and not "\u1160" <= char <= "\u11ff"
        and (
            unicodedata.combining(unicodedata.normalize("NFD", char)[0]) != 0
            or unicodedata.normalize("NFD", char)[0] in second
        )
    }
    assert joining - _JOINS_BACK == set()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
OTHERS = st.lists(
    st.tuples(st.sampled_from(["hashtags", "conten", "contents", "x", '"', "\\", ""]), VALUES),
    max_size=3,
)
BEFORE = st.sampled_from(["", "```json\n", "Claro:\n", " \n", '"', "]"])


@given(TEXTS, OTHERS, OTHERS, st.booleans(), st.sampled_from([None, 0, 2]), BEFORE, PLACES)
def test_the_copy_is_read_out_of_any_object_however_it_is_cut(
    text: str,
    ahead: list[tuple[str, object]],
    behind: list[tuple[str, object]],
    ascii_only: bool,
    indent: int | None,
    before: str,
    places: list[int],
) -> None:
    """The field may stand anywhere, also after a nested object with a field of its name."""
    found = {**dict(ahead), "nested": {"content": "no"}, "content": text, **dict(behind)}
    reply = before + json.dumps(found, ensure_ascii=ascii_only, indent=indent) + "\n```"
    whole = json.loads(json.dumps({"content": text}, ensure_ascii=ascii_only))["content"]
    # A high surrogate alone is told from half a pair by what follows; copy_text replaces both.
    assert copy_text(read(cut(reply, places))) == copy_text(whole)
    assert copy_text(read(list(reply))) == copy_text(whole)


@given(st.text(st.sampled_from('{}[]:,"\\ucontent1 \n\ud83d'), max_size=60), PLACES)
def test_no_reply_makes_a_reader_raise_and_pieces_do_not_matter(
    reply: str, places: list[int]
) -> None:
    assert read(cut(reply, places)) == read([reply]) == read(list(reply))


@given(TEXTS, st.integers(0, 400))
def test_a_reply_that_breaks_off_shows_a_beginning_of_its_copy(text: str, place: int) -> None:
    """Half an escape, or half of a surrogate pair, is not shown."""
    reply = json.dumps({"hashtags": ["#a"], "content": text})
    whole = read([reply])
    assert whole.startswith(read([reply[: place % (len(reply) + 1)]]))


@given(TEXTS, OTHERS)
def test_a_reader_shows_no_json_syntax(text: str, others: list[tuple[str, object]]) -> None:
    """Without the field, nothing is shown."""
    found = {name: value for name, value in others if name != "content"} | {"text": text}
    assert read(list(json.dumps(found))) == ""
