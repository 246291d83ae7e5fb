"""Reading replies: what models do to JSON is repaired once, the rest is no object."""

from __future__ import annotations

import pytest

from llama_marketing.domain.generation.reading import read_object, text_of, texts_of, was_cut


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('Claro, aquí está: {"a": 1} ¿Otra?', {"a": 1}),
        ('[{"a": 1}]', {"a": 1}),
        ('{"a": 1}{"a": 2}', {"a": 1}),
        ('{"a": 1, "a": 2}', {"a": 1}),
        ('{"a": [1, 2,], }', {"a": [1, 2]}),
        ('{"a": "x, }", "b": [1,],}', {"a": "x, }", "b": [1]}),
        ('{"a": "uno\ndos\t"}', {"a": "uno\ndos\t"}),
        ('{"a": NaN, "b": -Infinity, "c": 1e999, "d": -1e999}', dict.fromkeys("abcd")),
        ('{"a": 1.5, "b": 1e3}', {"a": 1.5, "b": 1000.0}),
        ('{"a": "\\ud83d"}', {"a": "\ud83d"}),
        (r'{"a": "C:\\xampp\q \u12 \_",}', {"a": r"C:\xampp\q \u12 \_"}),
        (r'{"a": "\\",}', {"a": "\\"}),
        (r'{"a": "\"",}', {"a": '"'}),
        ("{}", {}),
        ('{"a": {}', {"a": {}}),
        ('{"a": {"b": [1, {"c": "x', {"a": {"b": [1, {"c": "x"}]}}),
        ('{"a": "x', {"a": "x"}),
        ('{"a": "x\\', {"a": "x"}),
        ('{"a": "x\\\\', {"a": "x\\"}),
        ('{"a": "x\\u00e', {"a": "x"}),
        ('{"a": "x\\\\u00e', {"a": "x\\u00e"}),
        ('{"a": "x\\ud83d', {"a": "x"}),
        ('{"a": "x\\ud83d\\u', {"a": "x"}),
        ('{"a": "x\\ud83d\\ude0', {"a": "x"}),
        ('{"a": "x\\\\ud83d', {"a": "x\\ud83d"}),
        ('{"a": "x"', {"a": "x"}),
        ('{"a": "x", ', {"a": "x"}),
        ('{"a": "x", "b', {"a": "x"}),
        ('{"a": "x", "b"', {"a": "x"}),
        ('{"a": "x", "b" : ', {"a": "x"}),
        ('{"a": "x", "b": tr', {"a": "x", "b": None}),
        ('{"a": "x", "b": 12', {"a": "x", "b": None}),
        ('{"a": "x", "b": ["y", ', {"a": "x", "b": ["y"]}),
        ('{"a": "x, \\"b\\"', {"a": 'x, "b"'}),
        ("{", {}),
    ],
)  # fmt: skip
def test_a_reply_is_read(reply: str, found: dict[str, object]) -> None:
    """Exactly, or as far as it came."""
    assert read_object(reply) == found


@pytest.mark.parametrize(
    "reply",
    [
        *("", "hola", "[1]", "{]", '{"a" 1}', "{a: 1}", "{'a': 1}", '{"a": "x" "b": 1}'),
        '{"a": "dijo "hola" y"}',
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        "{" * 10_000,
    ],
    ids=lambda reply: reply[:20],
)
def test_what_cannot_be_repaired_is_no_object(reply: str) -> None:
    """The model is asked again."""
    assert read_object(reply) is None


@pytest.mark.parametrize(
    ("reply", "cut"),
    [
        ('{"a": 1}', False),
        ('{"a": "{"} {', False),
        ('{"a": "}', True),
        ('{"a": "x"', True),
        ('{"a": [1}', True),
        ('{"a": "\\"}', True),
        ("no object", False),
        ("", False),
    ],
)
def test_a_reply_was_cut_when_its_object_never_closes(reply: str, cut: bool) -> None:
    """Brackets in strings do not count."""
    assert was_cut(reply) is cut


def test_properties_are_taken_only_as_what_they_should_be() -> None:
    """A model may put anything anywhere."""
    found = {"t": "x", "n": 5, "l": ["a", 1, None, "b"], "w": " #a  #b "}

    assert [text_of(found, name) for name in "tnlz"] == ["x", "", "", ""]
    assert [texts_of(found, name) for name in "lwnz"] == [["a", "b"], ["#a", "#b"], [], []]
