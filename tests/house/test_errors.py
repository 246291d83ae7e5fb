"""Every error has its own code and a Spanish sentence, and travels between processes."""

from __future__ import annotations

import pickle
import re

import pytest

import llama_marketing
from llama_marketing.domain import errors
from llama_marketing.domain.errors import LlamaMarketingError

SPANISH = re.compile(
    r"\b(el|la|los|las|de|del|en|no|se|un|una|este|ese|esa|para|con|y|o|su|al)\b", re.IGNORECASE
)


def tree(root: type[LlamaMarketingError]) -> list[type[LlamaMarketingError]]:
    """A class and all below it."""
    return [root, *(found for child in root.__subclasses__() for found in tree(child))]


# Test modules may define errors of their own; the rules are about the library's.
ERRORS = [
    error for error in tree(LlamaMarketingError) if error.__module__.startswith("llama_marketing.")
]


SAME_AS_PARENT = (errors.UnreadableRequest,)
"""What cannot be read is an invalid request too; only the HTTP status tells them apart."""


def test_all_errors_live_in_one_package() -> None:
    """Who handles errors reads one tree, and imports from one place."""
    strangers = [error for error in ERRORS if not error.__module__.startswith(errors.__name__)]

    assert strangers == []
    assert [error.__name__ for error in ERRORS if not hasattr(errors, error.__name__)] == []


def test_no_two_errors_share_a_code() -> None:
    """A code names exactly one error, and is written in the class itself."""
    own = [error for error in ERRORS if error not in SAME_AS_PARENT]
    codes = [error.__dict__.get("code") for error in own]

    assert len(set(codes)) == len(own)
    assert all(isinstance(code, str) and re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_speaks_spanish_to_the_client(error: type[LlamaMarketingError]) -> None:
    """The sentence that a client's user reads is there and is not the operator's English."""
    message = error("told in English").user_message

    assert SPANISH.search(message)
    assert message[0].isupper()
    assert "English" not in message


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_can_be_pickled(error: type[LlamaMarketingError]) -> None:
    """A worker process can hand its error to the one that waits for it."""
    original = error("what happened", user_message="Pasó algo.")

    copy = pickle.loads(pickle.dumps(original))

    assert type(copy) is error
    assert str(copy) == "what happened"
    assert copy.__dict__ == original.__dict__
    assert copy.user_message == "Pasó algo."


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_is_importable_from_the_top(error: type[LlamaMarketingError]) -> None:
    """Nobody needs to know where errors live in order to catch one."""
    assert getattr(llama_marketing, error.__name__) is error
    assert error.__name__ in llama_marketing.__all__


def test_the_tree_in_the_docstring_names_every_error() -> None:
    """The drawing at the head of the module is the whole tree."""
    drawn = set(re.findall(r"\b[A-Z][A-Za-z]+\b", errors.__doc__ or ""))

    assert [error.__name__ for error in ERRORS if error.__name__ not in drawn] == []
