"""The fake hosts say what they are told."""

from __future__ import annotations

import time

import pytest

from llama_marketing.domain.chat.models import HostTarget, ServedModel
from llama_marketing.domain.deadline import Deadline
from llama_marketing.domain.errors import BadKey, HostUnreachable
from llama_marketing.domain.secret import Secret
from llama_marketing.testing.chat import CALL
from llama_marketing.testing.hosts import DEFAULT_USAGE, BreaksOff, FakeChatHosts
from tests.fake_host import host_row

TARGET = HostTarget(host_row(), "http://fake.test/v1", Secret("sk-CANARY"))
SOON = Deadline(time.monotonic() + 3600.0, time.monotonic)


def test_answers_come_in_order_and_then_the_usual_one() -> None:
    """Given at the start or later."""
    hosts = FakeChatHosts("uno", otherwise="otro")
    hosts.script("dos")

    assert [hosts.complete(TARGET, CALL, SOON).text for _ in range(4)] == [
        "uno",
        "dos",
        "otro",
        "otro",
    ]
    assert hosts.complete(TARGET, CALL, SOON).usage == DEFAULT_USAGE


def test_a_function_makes_the_answer_of_the_call() -> None:
    """A text, a reply, a fault, a break."""
    hosts = FakeChatHosts(
        lambda _target, call: f"eco de {call.model}",
        lambda target, _call: BadKey(target.base_url),
        lambda _target, _call: BreaksOff("x", HostUnreachable("")),
    )

    assert hosts.complete(TARGET, CALL, SOON).text == "eco de m"
    with pytest.raises(BadKey, match="fake"):
        hosts.complete(TARGET, CALL, SOON)
    with pytest.raises(HostUnreachable):
        list(hosts.stream(TARGET, CALL, SOON))


def test_the_calls_are_remembered_without_the_key() -> None:
    """In order, with how they were asked."""
    hosts = FakeChatHosts()
    hosts.complete(TARGET, CALL, SOON)
    stream = hosts.stream(TARGET, CALL, SOON)
    stream.close()
    hosts.models(TARGET, SOON)

    assert [seen.streamed for seen in hosts.calls] == [False, True]
    assert hosts.calls[0].call is CALL
    assert hosts.models_calls == [TARGET]
    assert hosts.closed_streams == 1
    assert "CANARY" not in repr(hosts.calls) + repr(hosts.models_calls)


def test_a_stream_comes_in_pieces_of_the_size_that_was_given() -> None:
    """The finish and the usage come by themselves."""
    deltas = list(FakeChatHosts("abcdefg", piece=3).stream(TARGET, CALL, SOON))

    assert [delta.text for delta in deltas] == ["abc", "def", "g", "", ""]


def test_a_fault_among_the_models_is_raised() -> None:
    """One object may be raised many times."""
    fault = BadKey("")
    hosts = FakeChatHosts(served=[ServedModel("a"), fault])

    for _ in range(2):
        with pytest.raises(BadKey) as caught:
            hosts.models(TARGET, SOON)
        assert caught.value.host == "self_hosted"
    assert fault.host == ""
