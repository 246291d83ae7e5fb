"""FernetSecretBox: the operator's keys, rotation, and errors that hold no key."""

from __future__ import annotations

import base64
import json
import pickle
import traceback
from typing import Any

import pytest
from cryptography.fernet import Fernet

from llama_marketing.adapters.fernet.secret_box import FernetSecretBox
from llama_marketing.domain.errors import SecretUnreadable, SettingsError
from llama_marketing.domain.secret import Secret
from llama_marketing.ports.secret_box import Binding
from llama_marketing.testing.samples import TENANT

BINDING = Binding(TENANT, "groq", "https://api.groq.com:443")
OLD, NEW = (base64.urlsafe_b64encode(letter * 32).decode() for letter in (b"o", b"n"))


def box(*keys: str) -> FernetSecretBox:
    """A box of operator's keys, the newest first."""
    return FernetSecretBox.from_keys([Secret(key) for key in keys])


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "canary-passphrase",
        "canary" * 7 + "ab",
        OLD[:-1],
        OLD + "=",
        OLD + "\n",
        " " + OLD,
        "!" + OLD,
        OLD[:-2] + "/=",
        "+" + OLD[1:],
        "ñ" * 44,
    ],
)
def test_what_is_no_fernet_key_is_refused_without_being_told(wrong: str) -> None:
    """Never made into one; the place in the list is named."""
    for keys, place in (((wrong,), 1), ((OLD, wrong), 2)):
        with pytest.raises(SettingsError, match=f"AI_ENCRYPTION_KEY: key {place} is not") as caught:
            box(*keys)
        assert "canary" not in str(caught.value)
        assert OLD not in str(caught.value)
        assert caught.value.__context__ is None


def test_without_a_key_there_is_no_box() -> None:
    """The variable is named."""
    with pytest.raises(SettingsError, match="AI_ENCRYPTION_KEY is not set"):
        box()


def test_the_first_key_seals_and_any_opens() -> None:
    """So keys can be changed without an hour in which nothing works."""
    before = box(OLD).seal(Secret("gsk_1"), BINDING)
    both = box(NEW, OLD)

    assert both.open(before, BINDING).reveal() == "gsk_1"
    after = both.seal(Secret("gsk_2"), BINDING)
    assert box(NEW).open(after, BINDING).reveal() == "gsk_2"
    with pytest.raises(SecretUnreadable):
        box(OLD).open(after, BINDING)


def test_rotating_seals_the_same_content_under_the_newest_key() -> None:
    """Its timestamp is kept, and then the old key can go."""
    before = box(OLD).seal(Secret("gsk_1"), BINDING)
    after = box(NEW, OLD).rotate(before)

    assert box(NEW).open(after, BINDING).reveal() == "gsk_1"
    newest, oldest = Fernet(NEW), Fernet(OLD)
    assert newest.extract_timestamp(after) == oldest.extract_timestamp(before)
    with pytest.raises(SecretUnreadable) as caught:
        box(NEW).rotate(before)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "content",
    ["[]", "5", "nonsense", "{}", '{"v": 2}', '{"v": 1}', '{"v": 1, "key": 5}', '"text"'],
)
def test_content_of_another_form_is_unreadable(content: str) -> None:
    """Also when it was sealed with the right key."""
    with pytest.raises(SecretUnreadable):
        box(OLD).open(Fernet(OLD).encrypt(content.encode()).decode(), BINDING)


def test_nothing_of_a_refused_opening_holds_the_key() -> None:
    """Neither the error, nor what led to it, nor a local variable of a frame."""
    canary = "gsk_" + "canary" * 5
    token = box(OLD).seal(Secret(canary), BINDING)
    wrongs: list[tuple[FernetSecretBox, str, Binding]] = [
        (box(OLD), token, Binding(TENANT, "groq", "https://evil:443")),
        (box(NEW), token, BINDING),
        (box(OLD), token[:-4] + "AAA=", BINDING),
        (box(OLD), "ñ", BINDING),
    ]
    for sealed, text, binding in wrongs:
        with pytest.raises(Exception, match="org1/cli1") as caught:
            sealed.open(text, binding)
        error = caught.value
        trace = traceback.TracebackException.from_exception(error, capture_locals=True)
        shown: list[Any] = [frame.locals for frame in trace.stack if "src" in frame.filename]
        assert shown
        assert canary not in f"{error!r} {shown} {pickle.dumps(error)!r}"
        assert (error.__context__, error.__cause__) == (None, None)


def test_a_box_shows_and_pickles_no_operators_key() -> None:
    """It holds the keys of every client."""
    made = box(OLD)

    assert OLD not in repr(made)
    with pytest.raises(TypeError):
        pickle.dumps(made)
    with pytest.raises(TypeError):
        json.dumps(made)
