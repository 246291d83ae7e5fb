"""Drafts: what a reply is worth, what the model is told, and the best of what came."""

from __future__ import annotations

import json

import pytest

from llama_marketing.domain.chat.models import FinishReason
from llama_marketing.domain.errors import BadKey, BadOutput
from llama_marketing.domain.generation.drafts import (
    Draft,
    correction_for,
    finish,
    near_duplicate,
    take_reply,
)
from llama_marketing.domain.generation.plan import Plan
from llama_marketing.domain.generation.results.social_post import SocialPost
from tests.unit.domain.generation.samples import plan, request

PLAN = plan()
TIGHT = plan(request(maxLength=20))
STOP, LENGTH = FinishReason.STOP, FinishReason.LENGTH


def reply(content: str = "Un café.") -> str:
    """A whole structured reply."""
    return json.dumps({"content": content, "hashtags": ["cafe"], "emojis": ["☕"]})


def draft(content: str | None = None, **fields: object) -> Draft:
    """A draft that holds a text, or none yet."""
    made = Draft(0)
    if content is not None:
        made.result = SocialPost(content=content)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def test_a_whole_reply_becomes_the_post() -> None:
    """Its copy, its hashtags, its emojis, and why the model stopped."""
    made = draft()
    take_reply(made, PLAN, reply(" Un café.\r\n"), STOP)

    assert made.result == SocialPost(content="Un café.", hashtags=("#cafe",), emojis=("☕",))
    assert (made.content, made.cut, made.finish_reason) == ("Un café.", False, STOP)


def test_a_reply_that_was_cut_is_taken_as_cut() -> None:
    """By its own form, whatever the host calls it."""
    made = draft()
    take_reply(made, PLAN, reply("Un café de Chiapas")[:25], LENGTH)

    assert made.cut
    assert "Un café de Chiapas".startswith(made.content)
    assert made.finish_reason is LENGTH


@pytest.mark.parametrize(
    "bad", ["", "no", "{}", "[]", '{"content": 5}', '{"content": "  "}', '{"content": "\\u200b"}']
)
def test_a_reply_without_a_copy_leaves_the_last_good_one(bad: str) -> None:
    """And is no copy where there was none."""
    made = draft()
    take_reply(made, PLAN, bad, STOP)
    assert (made.result, made.cut, made.content) == (None, False, "")

    take_reply(made, PLAN, reply(), STOP)
    take_reply(made, PLAN, bad, STOP)
    assert made.content == "Un café."


def test_a_hostile_reply_raises_nothing() -> None:
    """Lone surrogates, wrong types and nonsense in every property."""
    made = draft()
    hostile = (
        '{"content": "a\\ud800", "hashtags": ["\\ud800", 5, null], "emojis": ["\\udc00", "ñ"]}'
    )
    take_reply(made, PLAN, hostile, STOP)

    assert made.result == SocialPost(content="a\ufffd")


def test_the_structure_is_asked_for_once_and_the_text_twice() -> None:
    """Then what came has to do."""
    assert draft().may_ask_again()
    assert not draft(reasks=1).may_ask_again()
    assert draft("x", reasks=1).may_ask_again()
    assert not draft("x", reasks=2).may_ask_again()


@pytest.mark.parametrize(
    ("made", "asked", "earlier", "told"),
    [
        (draft(), PLAN, [], "no fue un objeto JSON"),
        (draft("Un café", cut=True), PLAN, [], "se cortó"),
        (
            draft("x" * 25),
            TIGHT,
            [],
            "midió 25 caracteres y el máximo es 20. Acórtalo en al menos 5 ",
        ),
        (draft("😀" * 11), TIGHT, [], "midió 22 caracteres y el máximo es 20."),
        (draft("x" * 2201), PLAN, [], "el máximo es 2200."),
        (draft("Un café"), PLAN, ["un CAFÉ #hoy"], "otro ángulo"),
    ],
)
def test_the_model_is_told_what_is_wrong(
    made: Draft, asked: Plan, earlier: list[str], told: str
) -> None:
    """In Spanish, with the figures."""
    assert told in correction_for(made, asked, earlier)


def test_nothing_is_told_when_nothing_is_wrong() -> None:
    """A text of exactly the limit is right."""
    assert correction_for(draft("x" * 20), TIGHT, ["Otra cosa distinta"]) == ""


def test_a_text_that_stays_too_long_is_cut_at_a_safe_place() -> None:
    """Within both limits, and said."""
    made = draft("Un café de altura recién tostado")
    finish(made, TIGHT, [])

    assert made.content == "Un café de altura…"
    assert made.warnings == ["El texto medía 32 caracteres y se recortó al máximo de 20."]
    assert not made.partial


def test_a_text_of_which_nothing_is_left_is_partial() -> None:
    """Rather that than one over the limit."""
    made = draft("Un café de altura")
    finish(made, plan(request(maxLength=1)), [])

    assert (made.content, made.partial) == ("", True)


def test_a_cut_text_is_partial_and_said() -> None:
    """It may lack its end."""
    made = draft("Un café", cut=True)
    finish(made, PLAN, [])

    assert made.partial
    assert "incompleto" in made.warnings[0]


def test_a_near_duplicate_is_partial_and_named() -> None:
    """By its number, as a person counts."""
    made = draft("Un café")
    made.variation = 2
    finish(made, PLAN, ["Otra cosa", "UN CAFÉ #hoy"])

    assert made.partial
    assert made.warnings == ["La variación 3 es casi igual a otra."]


def test_a_draft_without_a_text_has_an_error() -> None:
    """Its own, or that of an output which holds nothing; the host is named where one answered."""
    silent, served, failed = draft(), draft(served=PLAN.attempts[0]), draft(error=BadKey("x"))
    for made in (silent, served, failed):
        finish(made, PLAN, [])

    assert isinstance(silent.error, BadOutput)
    assert isinstance(served.error, BadOutput)
    assert (silent.error.host, served.error.host) == ("", "cloud")
    assert isinstance(failed.error, BadKey)


def test_a_sound_text_goes_out_unchanged() -> None:
    """No warning, nothing partial."""
    made = draft("Un café.")
    finish(made, PLAN, ["Otra cosa muy distinta"])

    assert (made.content, made.warnings, made.partial, made.error) == ("Un café.", [], False, None)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Un café de altura", "UN CAFÉ DE ALTURA", True),
        ("Un café #rico", "Un café #hoy #mañana", True),
        ("café un", "un café", True),
        ("Prueba nuestro café", "Ven por tu pan dulce", False),
        ("", "", False),
    ],
)
def test_texts_are_the_same_whatever_their_case_order_and_hashtags(
    one: str, other: str, same: bool
) -> None:
    """Requirement 103.5: token_set_ratio of at least 90."""
    assert near_duplicate(one, other) is same
