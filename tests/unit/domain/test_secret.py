"""Secret: nothing shows a key but ``reveal()``."""

from __future__ import annotations

import copy
import json
import pickle
import traceback
from collections.abc import Callable

import attrs
import pytest

from llama_marketing.domain.chat.models import HostTarget
from llama_marketing.domain.secret import Secret
from tests.unit.domain.catalog.samples import host

CANARY = "gsk_canary-0123456789abcdef"


def test_no_text_form_shows_the_key() -> None:
    """Nor that of a value that holds it."""
    secret = Secret(CANARY)
    target = HostTarget(row=host("cloud"), base_url="https://h/v1", key=secret)
    shown = f"{secret} {secret!r} {secret!s} {[secret]} {target} {attrs.asdict(target)} %s" % secret

    assert CANARY not in shown
    assert len(set(map(repr, (secret, Secret("x"), Secret(""))))) == 1, "not even its length"


@pytest.mark.parametrize(
    "way",
    [
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        json.dumps,
        vars,
        lambda secret: pickle.dumps([secret]),
    ],
)
def test_a_secret_leaves_the_process_in_no_other_way(way: Callable[[Secret], object]) -> None:
    """It is neither pickled, copied nor turned into JSON."""
    with pytest.raises(TypeError) as caught:
        way(Secret(CANARY))
    assert CANARY not in str(caught.value)


def test_a_traceback_with_local_variables_shows_no_key() -> None:
    """Error trackers print the locals of every frame."""
    secret = Secret(CANARY)

    def fail(key: Secret) -> float:
        return 1 / len(str(key.reveal())[:0])

    with pytest.raises(ZeroDivisionError) as caught:
        fail(secret)
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert CANARY not in "".join(shown.format()).replace(f"CANARY = '{CANARY}'", "")


def test_only_reveal_gives_the_key() -> None:
    """An empty one is false, so that "has a key" is asked without opening it."""
    assert Secret(CANARY).reveal() == CANARY
    assert Secret("x")
    assert not Secret("")
