"""Laws of reading a reply: total, exact on what is whole, and of what is cut a beginning."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llama_marketing.domain.generation.copy_reader import CopyReader
from llama_marketing.domain.generation.copy_text import CopyStream, copy_text
from llama_marketing.domain.generation.reading import read_object, text_of, was_cut

TEXTS = st.text(
    st.sampled_from(' \n\t"\\/{}[]:,ñé😀👩abcu0123456789d8\ud83d\ude00\u0301'), max_size=30
) | st.text(max_size=15)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
OBJECTS = st.builds(
    lambda ahead, content, behind: {**ahead, "content": content, **behind},
    st.dictionaries(st.sampled_from(["a", "hashtags", 'q"{']), VALUES, max_size=2),
    TEXTS,
    st.dictionaries(st.sampled_from(["b", "emojis", "c\\"]), VALUES, max_size=2),
)


def written(found: dict[str, Any], ascii_only: bool, indent: int | None) -> str:
    return json.dumps(found, ensure_ascii=ascii_only, indent=indent)


@given(
    OBJECTS,
    st.booleans(),
    st.sampled_from([None, 2]),
    st.sampled_from(["", "```json\n", "Aquí está:\n\n"]),
    st.sampled_from(["", "\n```", "\n¿Otra? {", '{"content": "segunda"}']),
)
def test_a_whole_object_is_read_exactly_whatever_stands_around_it(
    found: dict[str, Any], ascii_only: bool, indent: int | None, before: str, behind: str
) -> None:
    reply = written(found, ascii_only, indent)
    assert read_object(before + reply + behind) == json.loads(reply)
    assert not was_cut(before + reply + behind)


@given(OBJECTS, st.booleans(), st.sampled_from([None, 2]), st.integers(0, 2000))
def test_a_cut_reply_is_nothing_or_a_beginning(
    found: dict[str, Any], ascii_only: bool, indent: int | None, place: int
) -> None:
    """Every property that is left was there, and the copy is a prefix of the copy."""
    reply = written(found, ascii_only, indent)
    whole = json.loads(reply)
    part = reply[: place % len(reply)]
    read = read_object(part)
    assert not part or was_cut(part)
    if read is not None:
        assert read.keys() <= whole.keys()
        assert text_of(whole, "content").startswith(text_of(read, "content"))


@given(OBJECTS, st.integers(1, 2000))
def test_a_cut_inside_the_copy_keeps_what_came(found: dict[str, Any], place: int) -> None:
    reply = written({"content": found["content"]}, False, None)
    start = len('{"content": "')
    part = reply[: start + place % (len(reply) - start)]
    assert read_object(part) is not None


@given(st.text(st.sampled_from('{}[]:,"\\untrue1e.- \n\ud83d'), max_size=60))
def test_no_reply_makes_it_raise(reply: str) -> None:
    read = read_object(reply)
    assert read is None or isinstance(read, dict)
    was_cut(reply)


@given(OBJECTS, st.booleans(), st.integers(0, 2000))
def test_a_stream_shows_what_the_whole_reply_says(
    found: dict[str, Any], ascii_only: bool, place: int
) -> None:
    """Also where the reply was cut: the deltas joined are the copy that is read at the end."""
    reply = written(found, ascii_only, None)
    for part in (reply, reply[: place % len(reply)]):
        reader, stream = CopyReader(), CopyStream()
        shown = stream.feed(reader.feed(part)) + stream.feed(reader.end()) + stream.end()
        assert shown == copy_text(text_of(read_object(part) or {}, "content"))


@pytest.mark.parametrize(
    "hostile",
    [
        "{" * 1_000_000,
        '{"a":' * 100_000,
        '{"' + "\\" * 200_000,
        '{"a":"' + '\\"' * 100_000,
        "{" + ", " * 100_000,
        "{" + ',"' * 100_000,
        '{"a":' + "," * 100_000 + " " * 100_000,
        '{"a":"' + ',"\\"' * 50_000,
        '{"a":"' + "\\u" * 100_000,
        '{"a":"x"' + " " * 200_000 + "x",
        '{"a":' + "1" * 200_000,
        '{"a":"\\' + "u12" * 70_000,
        '{"content":"' + "x" * 1_000_000,
    ],
    ids=lambda text: text[:9],
)
def test_a_hostile_reply_is_read_in_linear_time(hostile: str) -> None:
    """A quadratic step would take minutes here."""
    read_object(hostile)
    was_cut(hostile)


@pytest.mark.parametrize(
    ("ahead", "filling"),
    [
        ('{"content":"', "x"),
        ('{"content":"', "\\n"),
        ('{"content":"', " "),
        ('{"content":"', "\n"),
        ('{"content":"a', "\u0301"),
        ('{"thought":"', "x"),
        ('{"thought":"', "\\\\"),
        ('{"thought":[', "1,"),
        ('{"', "k"),
        ("{", " "),
        ("", "x"),
        ('{"a":', "["),
    ],
)
def test_a_long_reply_in_single_characters_takes_linear_time(ahead: str, filling: str) -> None:
    """Whatever comes before the copy, or is held back in it, is looked at once."""
    reader, stream = CopyReader(), CopyStream()
    # Marks are few: the normal form itself sorts them in a time that is not linear.
    size = 20_000 if filling == "\u0301" else 300_000
    for char in ahead + filling * (size // len(filling)):
        stream.feed(reader.feed(char))
    stream.end()
